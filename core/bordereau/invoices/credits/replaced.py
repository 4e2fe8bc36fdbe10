"""What ties a replaced invoice, its credit note and its copy together (row B21).

Whoever pays owes the same once: the copy gets its number only where the first invoice is credited,
and the credit note stays as long as there is a copy.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from bordereau.contract import DocumentKind
from bordereau.errors import Refused
from bordereau.invoices.composing.proposal import Billed
from bordereau.invoices.composing.shares import shared_out
from bordereau.invoices.credits.left import creditable
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.plumbing import ordered_ids
from bordereau.invoices.tables import Allocation, Invoice, InvoiceLine
from bordereau.store import TenantSession, among, copy_rows
from bordereau.values.ids import public_id


def refuse_replaced(session: TenantSession, invoice_id: UUID) -> None:
    """Refuse what goes only with an invoice that no other one takes the place of.

    Raises:
        Refused: INVOICE_REPLACED, with the copy in its details.

    """
    if copy := _copy_of(session, invoice_id):
        raise Refused(
            "INVOICE_REPLACED",
            "Another invoice takes the place of this one.",
            hint="Change or credit that one; or delete it first.",
            details={"replacement": public_id(PREFIX, copy)},
        )


def refuse_without_copy(session: TenantSession, note: Invoice) -> None:
    """Refuse to take away a credit note whose invoice was written again.

    Raises:
        Refused: REPLACEMENT_EXISTS, with the copy in its details.

    """
    if note.original_id and (copy := _copy_of(session, note.original_id)):
        raise Refused(
            "REPLACEMENT_EXISTS",
            "The credited invoice was written again, and without this credit note both are owed.",
            hint="Delete the new invoice first; void it if it has a number.",
            details={"replacement": public_id(PREFIX, copy)},
        )


def _copy_of(session: TenantSession, invoice_id: UUID) -> UUID | None:
    copies = select(Invoice.id).where(Invoice.replaces_id == invoice_id, Invoice.state != "voided")
    return session.scalar(copies.limit(1))


def refuse_uncredited(
    session: TenantSession, copies: dict[UUID, UUID], drafts: Collection[UUID]
) -> None:
    """Refuse a number for copies of invoices that are still owed.

    Args:
        session: the tenant's session.
        copies: the invoices that are replaced, by their copies.
        drafts: all that get their numbers together, credit notes among them.

    Raises:
        Refused: REPLACED_NOT_CREDITED, with the first invoice in its details.

    """
    for copy, original in copies.items():
        notes = session.execute(
            select(Invoice.id, Invoice.state).where(
                Invoice.original_id == original, Invoice.state.in_(("draft", "issued"))
            )
        ).all()
        waiting = [one for one in notes if one.state == "draft" and one.id not in drafts]
        left = [one for one in creditable(session, original).items if one.left]
        if waiting or left or not notes:
            raise Refused(
                "REPLACED_NOT_CREDITED",
                "This invoice takes the place of another one, which is not credited yet.",
                hint="Give the credit note of the whole first invoice its number first.",
                details={
                    "invoice": public_id(PREFIX, copy),
                    "replaces": public_id(PREFIX, original),
                },
            )


def take_charges_over(session: TenantSession, copies: Collection[UUID]) -> None:
    """Tie the charges behind replaced lines to the lines that took their place.

    From then on a credit of the copy can make them billable again. The charges of a line that the
    copy leaves out stay billed by the first invoice.
    """
    tied: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(_tied(copies)):
        tied[row.line_id].append(row)
    gone = [one.id for rows in tied.values() for one in rows]
    session.execute(
        update(Allocation).where(among(Allocation.id, gone)).values(live=False),
        execution_options={"synchronize_session": False},
    )
    ids = ordered_ids()
    made = (
        (next(ids), one.invoice_id, one.line_id, *Billed(one.charge_id, amount, one.percent))
        for rows in tied.values()
        for one, amount in zip(rows, _amounts(rows), strict=True)
    )
    columns = ("id", "invoice_id", "line_id", *Billed._fields)
    copy_rows(session, Allocation, columns, made)


def _tied(copies: Collection[UUID]) -> Any:
    return (
        select(
            Allocation.id,
            Allocation.charge_id,
            Allocation.amount,
            Allocation.surcharge_percent.label("percent"),
            InvoiceLine.invoice_id,
            InvoiceLine.id.label("line_id"),
            InvoiceLine.net,
            Invoice.kind,
            Invoice.currency,
        )
        .join(InvoiceLine, InvoiceLine.replaces_line_id == Allocation.line_id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(among(Invoice.id, copies), Allocation.live)
        .order_by(InvoiceLine.id, Allocation.id)
    )


def _amounts(rows: Sequence[Row[Any]]) -> list[Decimal]:
    """Return what each charge behind a line adds to it, as changed as the line was."""
    line, amounts = rows[0], [one.amount for one in rows]
    net = -line.net if line.kind == DocumentKind.CREDIT_NOTE else line.net
    return amounts if sum(amounts) == net else shared_out(amounts, net, line.currency)
