"""What posting reads of invoices: their state, their revenue per account, their taxes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Uuid, and_, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from bordereau.catalog.tables import WorkType
from bordereau.contract import Fact
from bordereau.invoices.tables import Invoice, InvoiceFact, InvoiceLine, InvoiceTax
from bordereau.ledger.rules.entries import Revenue, Tax
from bordereau.ledger.tables import EntryDate
from bordereau.store import TenantSession, among
from bordereau.tenancy.tables import Administration
from bordereau.values.money import round_amount


def is_posted() -> ColumnElement[bool]:
    """Match invoices that are posted, by whichever service."""
    return exists(
        select(InvoiceFact.id).where(
            InvoiceFact.tenant_id == Invoice.tenant_id,
            InvoiceFact.invoice_id == Invoice.id,
            InvoiceFact.kind == Fact.POSTED.value,
        )
    )


def entry_date_of() -> ColumnElement[date]:
    """Give the entry date of an invoice that is not posted: its own, else the invoice date."""
    return func.coalesce(EntryDate.entry_date, Invoice.issue_date)


def own_entry_date() -> ColumnElement[bool]:
    """Join an invoice with its entry date."""
    return and_(EntryDate.tenant_id == Invoice.tenant_id, EntryDate.invoice_id == Invoice.id)


def lock_invoices(session: TenantSession, invoice_ids: Collection[UUID]) -> None:
    """Hold invoices until the commit, in the order in which everybody locks them."""
    session.execute(
        select(Invoice.id)
        .where(among(Invoice.id, invoice_ids))
        .order_by(Invoice.id)
        .with_for_update()
    ).all()


def read_headers(session: TenantSession, invoice_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Read what decides whether and when an invoice is posted."""
    query: Any = (
        select(
            Invoice.id,
            Invoice.kind,
            Invoice.state,
            Invoice.number,
            Invoice.administration_id,
            Invoice.issue_date,
            Invoice.currency,
            Invoice.total,
            entry_date_of().label("entry_date"),
            is_posted().label("posted"),
        )
        .outerjoin(EntryDate, own_entry_date())
        .where(among(Invoice.id, invoice_ids))
    )
    return {row.id: row for row in session.execute(query)}


def revenue_account() -> ColumnElement[str]:
    """Give the account of a line: its own, its work type's, else the administration's."""
    return func.coalesce(
        func.nullif(InvoiceLine.account, ""),
        func.nullif(WorkType.account, ""),
        Administration.revenue_account,
    )


def read_revenues(
    session: TenantSession, invoice_ids: Collection[UUID]
) -> dict[UUID, Sequence[Revenue]]:
    """Read the revenue of invoices per account."""
    account = revenue_account()
    lines = func.array_agg(
        aggregate_order_by(InvoiceLine.id, InvoiceLine.position), type_=ARRAY(Uuid())
    )
    first = func.min(InvoiceLine.position)
    query = (
        select(
            InvoiceLine.invoice_id,
            Invoice.currency,
            account.label("account"),
            func.sum(InvoiceLine.net).label("net"),
            lines.label("line_ids"),
            first.label("position"),
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Administration, Administration.id == Invoice.administration_id)
        .outerjoin(
            WorkType,
            and_(
                WorkType.tenant_id == InvoiceLine.tenant_id,
                WorkType.code == InvoiceLine.item_code,
                InvoiceLine.item_code != "",
            ),
        )
        .where(among(InvoiceLine.invoice_id, invoice_ids), InvoiceLine.net != 0)
        .group_by(InvoiceLine.invoice_id, Invoice.currency, account)
        .order_by(InvoiceLine.invoice_id, first)
    )
    found: dict[UUID, list[Revenue]] = defaultdict(list)
    for row in session.execute(query):
        net = round_amount(row.net, row.currency)
        found[row.invoice_id].append(Revenue(row.account, net, row.line_ids, row.position))
    return dict(found)


def read_taxes(session: TenantSession, invoice_ids: Collection[UUID]) -> dict[UUID, Sequence[Tax]]:
    """Read the taxes of invoices."""
    query = (
        select(
            InvoiceTax.invoice_id,
            InvoiceTax.category,
            InvoiceTax.rate,
            InvoiceTax.tax,
            Invoice.currency,
        )
        .join(Invoice, Invoice.id == InvoiceTax.invoice_id)
        .where(among(InvoiceTax.invoice_id, invoice_ids))
        .order_by(InvoiceTax.invoice_id, InvoiceTax.category, InvoiceTax.rate)
    )
    found: dict[UUID, list[Tax]] = defaultdict(list)
    for row in session.execute(query):
        tax = round_amount(row.tax, row.currency)
        found[row.invoice_id].append(Tax(row.category, row.rate, tax))
    return dict(found)
