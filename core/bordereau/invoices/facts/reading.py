"""What happened to invoices, read for the rules of status, change and credit."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from bordereau.contract import Fact
from bordereau.invoices.rules.facts import BOUNCED, InvoiceFacts
from bordereau.invoices.tables import Invoice, InvoiceFact
from bordereau.store import TenantSession, among


def facts_of(session: TenantSession, invoice_ids: Collection[UUID]) -> dict[UUID, InvoiceFacts]:
    """Return what happened to each invoice, as the rules of status, change and credit see it."""
    credit = aliased(Invoice)
    credited = (
        select(credit.original_id, func.sum(credit.total).label("amount"))
        .where(among(credit.original_id, invoice_ids), credit.state == "issued")
        .group_by(credit.original_id)
        .subquery()
    )
    facts = _aggregated(invoice_ids)
    query = (
        select(
            Invoice.id,
            Invoice.total,
            Invoice.number,
            Invoice.state,
            Invoice.origin,
            func.coalesce(credited.c.amount, 0).label("credited"),
            facts,
        )
        .outerjoin(credited, credited.c.original_id == Invoice.id)
        .outerjoin(facts, facts.c.invoice_id == Invoice.id)
        .where(among(Invoice.id, invoice_ids))
    )
    return {row[0]: _facts(row) for row in session.execute(query)}


def _aggregated(invoice_ids: Collection[UUID]) -> Any:
    """Select what happened to each invoice in one row."""
    is_mail = InvoiceFact.kind.in_((Fact.EMAILED.value, BOUNCED))
    exported = InvoiceFact.kind == Fact.EXPORTED.value

    def amount(kind: Fact) -> Any:
        mine = InvoiceFact.kind == kind.value
        return func.coalesce(func.sum(InvoiceFact.amount).filter(mine), 0)

    return (
        select(
            InvoiceFact.invoice_id,
            func.array_agg(InvoiceFact.kind.distinct()).label("kinds"),
            amount(Fact.PAID).label("paid"),
            amount(Fact.REFUNDED).label("refunded"),
            func.bool_and(InvoiceFact.unconfirmed).filter(exported).label("unconfirmed"),
            func.max(case((is_mail, InvoiceFact.at))).label("mailed_at"),
            func.max(case((InvoiceFact.kind == BOUNCED, InvoiceFact.at))).label("bounced_at"),
        )
        .where(among(InvoiceFact.invoice_id, invoice_ids))
        .group_by(InvoiceFact.invoice_id)
        .subquery()
    )


def _facts(row: Any) -> InvoiceFacts:
    kinds = {kind for kind in row.kinds or () if kind != BOUNCED}
    return InvoiceFacts(
        total=row.total,
        number=row.number or "",
        happened=frozenset(map(Fact, kinds)),
        paid_amount=row.paid or Decimal(0),
        refunded_amount=row.refunded or Decimal(0),
        credited_amount=row.credited,
        voided=row.state == "voided",
        export_unconfirmed=bool(row.unconfirmed),
        bounced=row.bounced_at is not None and row.bounced_at >= row.mailed_at,
        automatic=row.origin in {"batch", "project"},
    )
