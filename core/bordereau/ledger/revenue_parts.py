"""Parts of spread revenue: held until the commit, and the entries that book them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from bordereau.invoices.tables import Invoice
from bordereau.ledger.rules.entries import Entry, brought_back
from bordereau.ledger.rules.sides import CreditBooking
from bordereau.ledger.tables import RevenuePart, RevenueSpread
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration


def locked_parts(
    session: TenantSession, *where: ColumnElement[bool], limit: int | None = None
) -> Sequence[Row[Any]]:
    """Hold parts until the commit, with what their entries need."""
    query: Any = (
        select(
            RevenuePart.id,
            RevenuePart.period,
            RevenuePart.amount,
            RevenuePart.entry_date,
            RevenuePart.booked,
            RevenuePart.spread_id,
            RevenueSpread.line_id,
            RevenueSpread.invoice_id,
            RevenueSpread.administration_id,
            RevenueSpread.account,
            RevenueSpread.suspense_account,
            RevenueSpread.currency,
            Invoice.issue_date,
        )
        .join(RevenueSpread, RevenueSpread.id == RevenuePart.spread_id)
        .join(Invoice, Invoice.id == RevenueSpread.invoice_id)
        .join(Administration, Administration.id == RevenueSpread.administration_id)
        .where(*where)
        .order_by(RevenuePart.entry_date, RevenuePart.id)
        .limit(limit)
        .with_for_update(of=RevenuePart)
    )
    return session.execute(query).all()


def part_entry(
    row: Row[Any], amount: Decimal, seller: Administration, kind: str = "revenue"
) -> Entry:
    """Return the entry that takes an amount of a part from the suspense account to its own."""
    return Entry(
        kind=kind,
        administration_id=row.administration_id,
        invoice_id=row.invoice_id,
        spread_id=row.spread_id,
        part_id=row.id,
        entry_date=row.entry_date,
        document_date=row.issue_date,
        currency=row.currency,
        items=brought_back(
            amount,
            row.account,
            row.suspense_account,
            row.line_id,
            CreditBooking(seller.credit_booking),
        ),
    )
