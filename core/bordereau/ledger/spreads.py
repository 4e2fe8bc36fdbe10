"""Spread revenue as it stands: read by itself, by invoice, month by month."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from bordereau.errors import NotFound
from bordereau.ledger.tables import RevenuePart, RevenueSpread
from bordereau.store import TenantSession
from bordereau.values.ids import public_id

SPREAD_PREFIX = "spr"


def read_spread(session: TenantSession, spread_id: UUID) -> RevenueSpread:
    """Return spread revenue.

    Raises:
        NotFound: there is none of this id.

    """
    found = session.scalars(
        select(RevenueSpread).where(RevenueSpread.id == spread_id)
    ).one_or_none()
    if found is None:
        raise NotFound("revenue spread", public_id(SPREAD_PREFIX, spread_id))
    return found


def spreads_of(session: TenantSession, invoice_id: UUID) -> Sequence[RevenueSpread]:
    """Return the spread revenue of an invoice, in the order in which it was spread."""
    return session.scalars(
        select(RevenueSpread)
        .where(RevenueSpread.invoice_id == invoice_id)
        .order_by(RevenueSpread.id)
    ).all()


def parts_of(session: TenantSession, spread_id: UUID) -> Sequence[RevenuePart]:
    """Return the parts of spread revenue by month."""
    return session.scalars(
        select(RevenuePart).where(RevenuePart.spread_id == spread_id).order_by(RevenuePart.period),
        execution_options={"populate_existing": True},
    ).all()
