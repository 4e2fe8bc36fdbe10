"""What the lines of a changed credit note take back of the items behind the lines of its invoice.

A credit note may be lowered until it gets its number, and raised again within what is left.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from bordereau.errors import Refused
from bordereau.invoices.composing.proposal import NewLine
from bordereau.invoices.composing.shares import shared_out
from bordereau.invoices.credits.left import Creditable, check_item
from bordereau.invoices.credits.notes import Item
from bordereau.invoices.tables import CreditedItem
from bordereau.store import TenantSession


def credited_items(
    session: TenantSession, note_id: UUID, lines: Iterable[NewLine], found: Creditable
) -> list[Item]:
    """Return the items of a credit note at the amounts that its lines have now.

    A line that came to nothing before takes back of all that is left behind it.

    Args:
        session: the tenant's session.
        note_id: the credit note, a draft.
        lines: its lines as they are to be.
        found: what is left of the invoice without this credit note.

    Raises:
        Refused: REOPEN_NEEDS_WHOLE, or CREDIT_TOO_LARGE.

    """
    rows: dict[UUID, list[Item]] = defaultdict(list)
    query = select(
        CreditedItem.line_id,
        CreditedItem.allocation_id,
        CreditedItem.amount,
        CreditedItem.reopen,
    ).where(CreditedItem.invoice_id == note_id)
    for row in session.execute(query):
        rows[row.line_id].append(Item._make(row))
    return [
        item for line in lines if line.id for item in _taken(line.id, line, rows[line.id], found)
    ]


def _taken(
    line_id: UUID, line: NewLine, before: Sequence[Item], found: Creditable
) -> Iterable[Item]:
    """Return the items of a line: as they were if it comes to the same, else shares of it."""
    if before and line.net == sum(one.amount for one in before):
        return before
    return _shares(line, before or _left_behind(line_id, line, found), found)


def _left_behind(line_id: UUID, line: NewLine, found: Creditable) -> list[Item]:
    return [
        Item(line_id, one.allocation_id, one.left, reopen=False)
        for one in found.items
        if one.charge_id and one.left and found.line_of[one.allocation_id] == line.credits_line_id
    ]


def _shares(line: NewLine, items: Sequence[Item], found: Creditable) -> Iterator[Item]:
    """Share a line out over its items: each keeps its part, or grows within what is left of it."""
    left = {one.allocation_id: one.left for one in found.items}
    parts = [one.amount for one in items]
    if abs(line.net) > abs(sum(parts, Decimal(0))):
        parts = [left[one.allocation_id] for one in items]
    shares = shared_out(parts, line.net, found.invoice.currency)
    for one, share in zip(items, shares, strict=True):
        if one.reopen and share != one.amount:
            raise Refused(
                "REOPEN_NEEDS_WHOLE",
                "A charge that becomes billable again is credited as a whole.",
                hint="Leave the amount, or draft the credit note again without reopening.",
            )
        check_item(line, share, left[one.allocation_id])
        if share or one.reopen:
            yield one._replace(amount=share)
