"""The displayed status: derived from facts, or set by hand until the next fact (A49 to A55)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bordereau.contract.facts import Fact, Status
from bordereau.invoices.rules.facts import Happening, InvoiceFacts

ENDS_OVERRIDE = frozenset({Fact.EMAILED, Fact.EINVOICED, Fact.EXPORTED, Fact.PAID, Fact.REFUNDED})


class Mark(StrEnum):
    """What the status alone does not tell; marks stand beside it.

    * never_emailed: paid without any mail (A52)
    * unconfirmed: exported as a file that nobody confirmed (A50)
    * bounced: the mail came back (A51)
    * partly_paid, partly_refunded, credited, partly_credited: amounts on the way
    * voided: the number was cancelled; never to be read as paid
    """

    NEVER_EMAILED = "never_emailed"
    UNCONFIRMED = "unconfirmed"
    BOUNCED = "bounced"
    PARTLY_PAID = "partly_paid"
    PARTLY_REFUNDED = "partly_refunded"
    CREDITED = "credited"
    PARTLY_CREDITED = "partly_credited"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Override:
    """A status set by hand, with who, when and why (A54)."""

    status: Status
    user: str
    at: datetime
    reason: str


def derived_status(facts: InvoiceFacts) -> Status:
    """Return the first of Refunded, Paid, Sent, Exported and Draft that the facts bear out."""
    if facts.fully_refunded:
        return Status.REFUNDED
    if facts.fully_paid:
        return Status.PAID
    if Fact.EMAILED in facts.happened and not facts.bounced:
        return Status.SENT
    if Fact.EXPORTED in facts.happened:
        return Status.EXPORTED
    return Status.DRAFT


def display_status(
    facts: InvoiceFacts, override: Override | None, happenings: Iterable[Happening] = ()
) -> Status:
    """Return the status to show: the override while it holds, else the derived one."""
    if override is not None and override_holds(override, happenings):
        return override.status
    return derived_status(facts)


def override_holds(override: Override, happenings: Iterable[Happening]) -> bool:
    """Say whether no send, export, payment or refund has come after the override (A55)."""
    return not any(one.fact in ENDS_OVERRIDE and one.at > override.at for one in happenings)


def marks(facts: InvoiceFacts) -> tuple[Mark, ...]:
    """Return what must be shown beside the status."""
    shown = {
        Mark.NEVER_EMAILED: facts.fully_paid and Fact.EMAILED not in facts.happened,
        Mark.UNCONFIRMED: Fact.EXPORTED in facts.happened and facts.export_unconfirmed,
        Mark.BOUNCED: facts.bounced,
        Mark.PARTLY_PAID: facts.paid_amount != 0 and not facts.fully_paid,
        Mark.PARTLY_REFUNDED: facts.refunded_amount != 0 and not facts.fully_refunded,
        Mark.CREDITED: bool(facts.total) and not facts.left_to_credit,
        Mark.PARTLY_CREDITED: facts.credited_amount != 0 and bool(facts.left_to_credit),
        Mark.VOIDED: facts.voided,
    }
    return tuple(mark for mark, shows in shown.items() if shows)
