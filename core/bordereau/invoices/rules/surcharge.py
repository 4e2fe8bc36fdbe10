"""Surcharge lines of automatic project invoices (B51 to B56, AFAS *factuurtoeslag*).

They need a line with a surcharge percentage and a work type for the surcharge; drafts make none
(`Plan.surcharge`). The base is the net amount after discount of the details, taken before
compression, so that compressing never changes the surcharge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bordereau.contract.document import LineType
from bordereau.values.money import round_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class SurchargeBase:
    """A detail of the invoice as the surcharge sees it.

    Attributes:
        net: the amount after discount.
        percent: the surcharge percentage; None or 0 if the field is not filled.
        tax_group: the code of its VAT rate group.
        line_type: a surcharge line is never the base of another.

    """

    net: Decimal
    percent: Decimal | None
    tax_group: str
    line_type: LineType = LineType.ITEM


@dataclass(frozen=True, slots=True, kw_only=True)
class SurchargeLine:
    """A generated line; it takes its VAT from its group."""

    work_type: str
    tax_group: str
    amount: Decimal
    line_type: LineType = LineType.SURCHARGE


def surcharge_lines(
    details: Iterable[SurchargeBase], work_type: str | None, currency: str
) -> tuple[SurchargeLine, ...]:
    """Return one line per VAT rate group with a surcharge, in order of the group.

    Args:
        details: the lines of the invoice before compression.
        work_type: the setting *work type for invoice surcharge*; None or empty makes no line.
        currency: each group is rounded once to its minor unit.

    """
    if not work_type:
        return ()
    groups: dict[str, Decimal] = {}
    for one in details:
        if one.percent and one.line_type is not LineType.SURCHARGE:
            exact = groups.get(one.tax_group, Decimal(0)) + one.net * one.percent / 100
            groups[one.tax_group] = exact
    return tuple(
        SurchargeLine(
            work_type=work_type, tax_group=group, amount=round_amount(groups[group], currency)
        )
        for group in sorted(groups)
    )


def surcharge_share(
    amount: Decimal, left: Decimal, whole: Decimal, credited: Decimal, currency: str
) -> Decimal:
    """Return what of a surcharge line goes back with the items that it was computed from.

    The line follows its base: shares of several credits sum to it exactly.

    Args:
        amount: the surcharge line.
        left: what no credit note has taken of it.
        whole: its base, each amount times its percentage.
        credited: what of the base is credited, this credit included.
        currency: the share is rounded to its minor unit.

    """
    if not left or not whole:
        return Decimal(0)
    share = round_amount(amount * credited / whole, currency) - (amount - left)
    part = share / left
    return left if part > 1 else share if part > 0 else Decimal(0)
