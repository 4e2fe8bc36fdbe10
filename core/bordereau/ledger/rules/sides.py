"""Debit and credit: on which side an amount stands, and how what is taken back is written (B62)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

ZERO = Decimal(0)


class Side(StrEnum):
    """The two sides of an entry."""

    DEBIT = "debit"
    CREDIT = "credit"


class ItemKind(StrEnum):
    """What an item of an entry stands for."""

    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    TAX = "tax"
    SUSPENSE = "suspense"


class CreditBooking(StrEnum):
    """How an administration books what is taken back.

    * debit: on the other side, as a positive amount
    * negative_credit: on its usual side, as a negative amount
    """

    DEBIT = "debit"
    NEGATIVE_CREDIT = "negative_credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An amount on an account; one of `debit` and `credit` is 0.

    Attributes:
        line_ids: the invoice lines whose revenue it is.
        tax_category: with `tax_rate`, the tax of a tax item (BT-118, BT-119).

    """

    kind: ItemKind
    account: str
    debit: Decimal
    credit: Decimal
    line_ids: Sequence[UUID] = ()
    tax_category: str = ""
    tax_rate: Decimal | None = None


def sides(amount: Decimal, usual: Side, booking: CreditBooking) -> tuple[Decimal, Decimal]:
    """Return debit and credit of an amount; a negative one was taken back.

    Args:
        amount: positive where it stands on its usual side.
        usual: the side where the amount stands if it is positive.
        booking: how a negative amount is written.

    """
    if amount < 0 and booking is CreditBooking.DEBIT:
        amount = -amount
        usual = Side.CREDIT if usual is Side.DEBIT else Side.DEBIT
    return (amount, ZERO) if usual is Side.DEBIT else (ZERO, amount)
