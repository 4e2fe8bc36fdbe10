"""Surcharge lines of automatic project invoices (B51 to B56, AFAS *factuurtoeslag*).

They need a line with a surcharge percentage and a work type for the surcharge, and are never made
when invoicing goes through drafts. The base is the net amount after discount of the details, taken
before compression, so that compressing never changes the surcharge.
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
    details: Iterable[SurchargeBase], work_type: str | None, currency: str, *, via_draft: bool
) -> tuple[SurchargeLine, ...]:
    """Return one line per VAT rate group with a surcharge, in order of the group.

    Args:
        details: the lines of the invoice before compression.
        work_type: the setting *work type for invoice surcharge*; None or empty makes no line.
        currency: each group is rounded once to its minor unit.
        via_draft: whether the invoice comes from a draft (pro forma), which makes no line.

    """
    if via_draft or not work_type:
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
