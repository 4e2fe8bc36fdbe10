"""The surcharge that goes back with the items it was computed from (rows B51, B29).

An item that is billed again brings its surcharge along; so the credit takes it back with the item.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from bordereau.contract import LineType
from bordereau.invoices.composing.amounts import ONE, positive
from bordereau.invoices.composing.proposal import NewLine
from bordereau.invoices.credits.left import Creditable
from bordereau.invoices.rules.credit import Credited, CreditLine
from bordereau.invoices.rules.surcharge import surcharge_share
from bordereau.values.money import round_amount

Taken = Mapping[UUID, Decimal]


def with_surcharges(found: Creditable, picked: Sequence[CreditLine]) -> tuple[CreditLine, ...]:
    """Return the picked items and their share of each surcharge line that was not picked itself."""
    taken = {one.allocation_id: one.amount for one in picked}
    added = []
    for line, behind in _bases(found).items():
        if line not in taken and any(one.allocation_id in taken for one in behind):
            share = _share(found, line, behind, taken)
            added += [CreditLine(line, share, None)] if share else []
    return (*picked, *added)


def with_shares(
    found: Creditable, lines: Iterable[NewLine], before: Taken, now: Taken
) -> list[NewLine]:
    """Return the lines of a changed credit note: surcharges go on following their items.

    One that was credited by itself, or was typed, stays as it is.

    Args:
        found: what is left of the invoice without this credit note.
        lines: the lines as typed.
        before: what the credit note took back until now, by item.
        now: what it takes back with these lines.

    """
    bases, followed = _bases(found), []
    for line in lines:
        of, share = line.credits_line_id, line.net
        if of in bases and now[of] == before.get(of) == _share(found, of, bases[of], before):
            share = round_amount(_share(found, of, bases[of], now), found.invoice.currency)
        followed.append(line if share == line.net else _at(line, share))
    return followed


def _at(line: NewLine, net: Decimal) -> NewLine:
    quantity, price, discount = positive(ONE, net, Decimal(0))
    return replace(line, quantity=quantity, unit_price=price, discount=discount, net=net)


def _bases(found: Creditable) -> dict[UUID, list[Credited]]:
    """Return the items that each surcharge line of the invoice was computed from."""
    lines = {line.id: line for line in found.invoice.lines if line.id}
    bases: dict[tuple[str, str, Decimal], list[Credited]] = defaultdict(list)
    for one in found.items:
        if one.surcharge_percent:
            bases[_tax_of(lines[found.line_of[one.allocation_id]])].append(one)
    return {
        line_id: bases[_tax_of(line)]
        for line_id, line in lines.items()
        if line.type is LineType.SURCHARGE
    }


def _share(found: Creditable, line_id: UUID, behind: Sequence[Credited], taken: Taken) -> Decimal:
    percents = {one.allocation_id: one.surcharge_percent or Decimal(0) for one in behind}
    whole = sum((one.amount * percents[one.allocation_id] for one in behind), Decimal(0))
    credited = sum(
        (
            (one.credited + taken.get(one.allocation_id, 0)) * percents[one.allocation_id]
            for one in behind
        ),
        Decimal(0),
    )
    net = next(line.net for line in found.invoice.lines if line.id == line_id)
    left = found.line_left[line_id]
    return surcharge_share(net, left, whole, credited, found.invoice.currency)


def _tax_of(line: NewLine) -> tuple[str, str, Decimal]:
    return line.tax_code, line.tax_category, line.tax_rate
