"""The surcharge that goes back with the items it was computed from (rows B51, B29).

An item that is billed again brings its surcharge along; so the credit takes it back with the item.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from bordereau.contract import LineType
from bordereau.invoices.composing.proposal import NewLine
from bordereau.invoices.credits.left import Creditable
from bordereau.invoices.rules.credit import Credited, CreditLine
from bordereau.invoices.rules.surcharge import surcharge_share


def with_surcharges(found: Creditable, picked: Sequence[CreditLine]) -> tuple[CreditLine, ...]:
    """Return the picked items and their share of each surcharge line that was not picked itself."""
    taken = {one.allocation_id: one.amount for one in picked}
    lines = {line.id: line for line in found.invoice.lines if line.id}
    bases: dict[tuple[str, str, Decimal], list[Credited]] = defaultdict(list)
    for one in found.items:
        if one.surcharge_percent:
            bases[_tax_of(lines[found.line_of[one.allocation_id]])].append(one)
    added = []
    for line_id, line in lines.items():
        if line.type is not LineType.SURCHARGE or line_id in taken:
            continue
        behind = bases[_tax_of(line)]
        if any(one.allocation_id in taken for one in behind):
            share = _share(line, found.line_left[line_id], behind, taken, found.invoice.currency)
            added += [CreditLine(line_id, share, None)] if share else []
    return (*picked, *added)


def _share(
    line: NewLine,
    left: Decimal,
    behind: Sequence[Credited],
    taken: dict[UUID, Decimal],
    currency: str,
) -> Decimal:
    percents = {one.allocation_id: one.surcharge_percent or Decimal(0) for one in behind}
    whole = sum((one.amount * percents[one.allocation_id] for one in behind), Decimal(0))
    credited = sum(
        (
            (one.credited + taken.get(one.allocation_id, 0)) * percents[one.allocation_id]
            for one in behind
        ),
        Decimal(0),
    )
    return surcharge_share(line.net, left, whole, credited, currency)


def _tax_of(line: NewLine) -> tuple[str, str, Decimal]:
    return line.tax_code, line.tax_category, line.tax_rate
