"""What of an invoice can still be credited: per line, per item behind it, and in all.

Credit notes count from the moment they are drafted, so that two people cannot credit the same.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from bordereau.errors import Refused
from bordereau.invoices.composing.amounts import Sums
from bordereau.invoices.composing.proposal import NewInvoice, NewLine, NewTax
from bordereau.invoices.rules.credit import Credited
from bordereau.invoices.stored import load
from bordereau.invoices.tables import Allocation, CreditedItem, Invoice, InvoiceLine, InvoiceTax
from bordereau.store import TenantSession, among

_COUNTED = ("draft", "issued")


@dataclass(slots=True)
class Creditable:
    """An invoice with everything that earlier credit notes took off it.

    Attributes:
        items: what can be picked: an allocation each, or a whole line that has no charge behind
            it, named by the id of the line.
        line_of: the line of each item.
        line_left: what is left of each line.
        net, total: what is left of the invoice.
        taxes: the taxes credited before, by category and rate.
        earlier: the numbers of the credit notes, empty for one that is still a draft.

    """

    invoice: NewInvoice
    items: list[Credited] = field(default_factory=list)
    line_of: dict[UUID, UUID] = field(default_factory=dict)
    line_left: dict[UUID, Decimal] = field(default_factory=dict)
    net: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    taxes: dict[tuple[str, Decimal], NewTax] = field(default_factory=dict)
    earlier: list[str] = field(default_factory=list)


def creditable(
    session: TenantSession, invoice_id: UUID, *, without: UUID | None = None
) -> Creditable:
    """Return what is left of an invoice, not counting the credit note `without`."""
    invoice = load(session, [invoice_id])[invoice_id]
    notes = session.execute(
        select(Invoice.id, Invoice.number, Invoice.net, Invoice.total).where(
            Invoice.original_id == invoice_id,
            Invoice.state.in_(_COUNTED),
            Invoice.id.is_distinct_from(without),
        )
    ).all()
    ids = [note.id for note in notes]
    found = Creditable(
        invoice,
        net=invoice.net - sum((note.net for note in notes), Decimal(0)),
        total=invoice.total - sum((note.total for note in notes), Decimal(0)),
        taxes=_taxes(session, ids),
        earlier=[note.number or "" for note in notes],
    )
    _add_items(session, found, ids)
    return found


def _add_items(session: TenantSession, found: Creditable, notes: Sequence[UUID]) -> None:
    by_line = _by_line(session, notes)
    by_item = credited_by_item(session, notes)
    allocations = defaultdict(list)
    rows = session.execute(
        select(
            Allocation.id,
            Allocation.line_id,
            Allocation.charge_id,
            Allocation.amount,
            Allocation.live,
            Allocation.surcharge_percent,
        )
        .where(Allocation.invoice_id == found.invoice.id)
        .order_by(Allocation.id)
    )
    for row in rows:
        allocations[row.line_id].append(row)
    for line in found.invoice.lines:
        if line.id is None:
            continue
        found.line_left[line.id] = line.net - by_line.get(line.id, Decimal(0))
        items = [
            Credited(
                row.id,
                row.charge_id,
                row.amount,
                by_item.get(row.id, Decimal(0)),
                row.surcharge_percent,
                row.live,
            )
            for row in allocations[line.id]
        ] or [
            Credited(
                line.id,
                None,
                line.net,
                by_line.get(line.id, Decimal(0)),
                line.surcharge_percent,
            )
        ]
        found.items += items
        found.line_of |= {item.allocation_id: line.id for item in items}


def _by_line(session: TenantSession, notes: Sequence[UUID]) -> dict[UUID | None, Decimal]:
    rows = session.execute(
        select(InvoiceLine.credits_line_id, func.sum(InvoiceLine.net))
        .where(InvoiceLine.invoice_id.in_(notes))
        .group_by(InvoiceLine.credits_line_id)
    )
    return {row[0]: row[1] for row in rows}


def credited_by_item(session: TenantSession, notes: Sequence[UUID]) -> dict[UUID, Decimal]:
    """Return what credit notes take back of each allocation."""
    rows = session.execute(
        select(CreditedItem.allocation_id, func.sum(CreditedItem.amount))
        .where(CreditedItem.invoice_id.in_(notes))
        .group_by(CreditedItem.allocation_id)
    )
    return {row[0]: row[1] for row in rows}


def _taxes(session: TenantSession, notes: Sequence[UUID]) -> dict[tuple[str, Decimal], NewTax]:
    rows = session.execute(
        select(
            InvoiceTax.category,
            InvoiceTax.rate,
            func.sum(InvoiceTax.taxable),
            func.sum(InvoiceTax.tax),
        )
        .where(InvoiceTax.invoice_id.in_(notes))
        .group_by(InvoiceTax.category, InvoiceTax.rate)
    )
    return {(row[0], row[1]): NewTax(row[0], row[1], row[2], row[3], "") for row in rows}


def check_left(found: Creditable, lines: Sequence[NewLine], totals: Sums) -> None:
    """Refuse a credit note that takes back more than is left of the invoice or of a line.

    Raises:
        Refused: CREDIT_TOO_LARGE, or CREDIT_NEGATIVE.

    """
    for line in lines:
        left = found.line_left.get(line.credits_line_id) if line.credits_line_id else None
        if left is not None:
            check_item(line, line.net, left)
    if totals.net < 0 <= found.net or totals.total < 0 <= found.total:
        raise Refused(
            "CREDIT_NEGATIVE",
            f"These items come to {totals.net} before tax and {totals.total} with it: "
            "a credit note gives money back.",
            hint="Credit the items that they reduce together with them, or write a new invoice.",
        )
    if totals.total > found.total or totals.net > found.net:
        raise _too_large(f"Of the invoice {found.total} is left, not {totals.total}.")


def check_item(line: NewLine, amount: Decimal, left: Decimal) -> None:
    """Refuse to take more back of a line, or of an item behind it, than is left of that.

    Raises:
        Refused: CREDIT_TOO_LARGE.

    """
    if amount and (not left or not 0 < amount / left <= 1):
        raise _too_large(f"Of the line {line.name!r} {left} is left, not {amount}.")


def refuse_drafted(session: TenantSession, allocation_ids: Collection[UUID]) -> None:
    """Refuse to reopen, or to void a credit of, what a credit note without a number takes back.

    One of the two may still go; a part would then stay billed on a charge that is billable again.

    Raises:
        Refused: CREDIT_DRAFTED.

    """
    drafted = (
        select(CreditedItem.id)
        .join(Invoice, Invoice.id == CreditedItem.invoice_id)
        .where(among(CreditedItem.allocation_id, allocation_ids), Invoice.state == "draft")
    )
    if session.scalar(drafted.limit(1)) is not None:
        raise Refused(
            "CREDIT_DRAFTED",
            "Another credit note of the same items is being written.",
            hint="Give it its number, or delete it first.",
        )


def _too_large(message: str) -> Refused:
    return Refused("CREDIT_TOO_LARGE", message, hint="Lower the amount.")
