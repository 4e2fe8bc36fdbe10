"""Instalments: a ready instalment makes exactly one invoice, alone (B57, AFAS Pro_Inv_TermInv)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from bordereau.errors import Invalid, Refused
from bordereau.values.money import round_amount


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a project's price that is billed on its own.

    Attributes:
        id: names it.
        amount: the net amount; its line has quantity 1.
        work_type: gives the VAT.
        ready: whether it may be billed.
        invoiced: whether an invoice has it.

    """

    id: UUID
    amount: Decimal
    work_type: str
    ready: bool = False
    invoiced: bool = False


def instalment_amounts(
    price: Decimal, percents: Sequence[Decimal], currency: str
) -> tuple[Decimal, ...]:
    """Return the amounts of instalments that share a price; the last takes what rounding left.

    Raises:
        Invalid: INSTALMENT_PERCENTS, they do not sum to 100.

    """
    if sum(percents, Decimal(0)) != 100:  # noqa: PLR2004 - per cent
        message = "The percentages of the instalments must sum to 100."
        raise Invalid("INSTALMENT_PERCENTS", message, where="percents")
    amounts = [round_amount(price * percent / 100, currency) for percent in percents[:-1]]
    return (*amounts, round_amount(price, currency) - sum(amounts, Decimal(0)))


def check_billable(instalment: Instalment) -> None:
    """Refuse an instalment that is not ready, or has its invoice already.

    Raises:
        Refused: INSTALMENT_NOT_READY or BILLED.

    """
    if instalment.invoiced:
        raise Refused("BILLED", "The instalment has its invoice already.")
    if not instalment.ready:
        message = "The instalment is not marked ready."
        raise Refused("INSTALMENT_NOT_READY", message, hint="Mark it ready first.")


def check_unmixed(instalments: int, other_lines: int) -> None:
    """Refuse an invoice of more than one instalment, or of instalments and cost lines together.

    Args:
        instalments: how many instalments the invoice would have.
        other_lines: how many cost lines it would have; lines typed by hand later do not count.

    Raises:
        Refused: INSTALMENT_MIXED.

    """
    if instalments > 1 or (instalments and other_lines):
        raise Refused(
            "INSTALMENT_MIXED",
            "An instalment stands alone on its invoice.",
            hint="Bill the instalment and the other lines apart.",
        )


def may_clear_flag(instalments: Sequence[Instalment]) -> bool:
    """Say whether a project may go back to no instalments; those it has are then deleted."""
    return not any(one.invoiced for one in instalments)
