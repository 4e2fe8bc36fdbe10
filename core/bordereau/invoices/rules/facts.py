"""What happened to an invoice, as the rules of status, change and credit see it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bordereau.contract.facts import Fact

BOUNCED = "bounced"  # the mail came back: the one happening that is no success


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFacts:
    """The state of an invoice, and the facts recorded beside it.

    Attributes:
        total: with tax; negative where a credit is kept as a negative invoice.
        number: empty until it is issued.
        happened: every fact that was recorded.
        paid_amount: what is paid at present; a payment taken away is not counted.
        refunded_amount: what went back to the customer.
        credited_amount: what credit notes took off the total.
        voided: whether the number was cancelled.
        export_unconfirmed: whether every export so far was a file that nobody confirmed.
        bounced: whether the last mail came back.
        automatic: whether it was generated from cost lines, not typed by hand.

    """

    total: Decimal
    number: str = ""
    happened: Collection[Fact] = frozenset()
    paid_amount: Decimal = Decimal(0)
    refunded_amount: Decimal = Decimal(0)
    credited_amount: Decimal = Decimal(0)
    voided: bool = False
    export_unconfirmed: bool = False
    bounced: bool = False
    automatic: bool = False

    @property
    def fully_paid(self) -> bool:
        """Whether the payments cover the total; nothing to pay is not paid."""
        return covers(self.paid_amount, self.total)

    @property
    def fully_refunded(self) -> bool:
        """Whether the whole total went back."""
        return covers(self.refunded_amount, self.total)

    @property
    def left_to_credit(self) -> Decimal:
        """What no credit has taken off yet."""
        return self.total - self.credited_amount


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact with its moment, for rules that need to know what came first."""

    fact: Fact
    at: datetime


def covers(amount: Decimal, total: Decimal) -> bool:
    """Say whether an amount reaches a total of the same sign; a total of 0 is never reached."""
    return bool(total) and amount / total >= 1
