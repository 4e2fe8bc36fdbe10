"""Storing composed invoices, some hundred at a time, with four COPYs for each lot."""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from bordereau.invoices.composing.proposal import Billed, NewInvoice, NewLine
from bordereau.invoices.plumbing import HELD, chunked, ordered_ids
from bordereau.invoices.tables import Allocation, Invoice, InvoiceLine, InvoiceTax
from bordereau.store import TenantSession, copy_rows

_INVOICE = (
    "id", "kind", "origin", "administration_id", "customer_id", "contract_id", "project_id",
    "draft_id", "original_id", "replaces_id", "layout_id", "issue_date", "due_date",
    "period_start", "period_end", "currency", "language", "tax_policy", "net", "tax", "total",
    "buyer", "buyer_reference", "order_reference", "payment_split",
)  # fmt: skip
_LINE = (
    "type", "name", "description", "quantity", "unit", "unit_price", "discount", "net",
    "tax_code_id", "tax_code", "tax_category", "tax_rate", "exemption", "period_start",
    "period_end", "item_code", "account", "surcharge_percent", "credits_line_id",
    "replaces_line_id",
)  # fmt: skip
_invoice_values = attrgetter(*_INVOICE)
_line_values = attrgetter(*_LINE)


def store(
    session: TenantSession,
    invoices: Iterable[NewInvoice],
    *,
    state: str,
    batch_id: UUID | None = None,
) -> Iterator[str]:
    """Insert invoices with lines, taxes and allocations; yield the fingerprint of each.

    The invoices are taken from their source as they are stored, so that any number passes through.
    """
    ids = ordered_ids()
    for chunk in chunked(invoices, HELD):
        prints = [one.fingerprint() for one in chunk]
        rows = (
            (*_invoice_values(one), list(one.notes), state, batch_id, mark)
            for one, mark in zip(chunk, prints, strict=True)
        )
        tail = ("notes", "state", "batch_id", "proposal_hash")
        copy_rows(session, Invoice, (*_INVOICE, *tail), rows)
        store_parts(session, ((one.id, one.lines) for one in chunk), ids)
        store_taxes(session, chunk)
        yield from prints


def store_parts(
    session: TenantSession, invoices: Iterable[tuple[UUID, Sequence[NewLine]]], ids: Iterator[UUID]
) -> None:
    """Insert the lines of invoices and the allocations behind them."""
    lines: list[tuple[Any, ...]] = []
    allocations: list[tuple[Any, ...]] = []
    for invoice_id, parts in invoices:
        for position, line in enumerate(parts, 1):
            line_id = line.id or next(ids)
            headings = list(line.headings)
            lines.append((line_id, invoice_id, position, headings, *_line_values(line)))
            allocations += ((next(ids), invoice_id, line_id, *source) for source in line.sources)
    copy_rows(session, InvoiceLine, ("id", "invoice_id", "position", "headings", *_LINE), lines)
    columns = ("id", "invoice_id", "line_id", *Billed._fields)
    copy_rows(session, Allocation, columns, allocations)


def store_taxes(session: TenantSession, invoices: Iterable[NewInvoice]) -> None:
    """Insert the taxes of invoices."""
    rows = (
        (one.id, tax.category, tax.rate, tax.taxable, tax.tax, tax.exemption)
        for one in invoices
        for tax in one.taxes
    )
    columns = ("invoice_id", "category", "rate", "taxable", "tax", "exemption")
    copy_rows(session, InvoiceTax, columns, rows)
