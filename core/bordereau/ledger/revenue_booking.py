"""Booking spread revenue month by month: parts come back from the suspense account (row B64)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update

from bordereau.invoices.plumbing import CHUNK
from bordereau.ledger.revenue_parts import locked_parts, part_entry
from bordereau.ledger.tables import RevenuePart, RevenueSpread
from bordereau.ledger.writing import hold_open, write_entries
from bordereau.store import Database, TenantSession, among
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import TenantId
from bordereau.values.money import round_amount


@dataclass(frozen=True, slots=True)
class BookedRevenue:
    """What booking did.

    Attributes:
        booked: how many parts came back from the suspense account.
        closed: how many lie in a closed period and wait until they are carried forward.

    """

    booked: int
    closed: int


def book_revenue(
    database: Database,
    tenant_id: TenantId,
    *,
    until: date,
    actor: Actor,
    administration_id: UUID | None = None,
    chunk: int = CHUNK,
) -> BookedRevenue:
    """Bring back from suspense every part whose entry date is reached.

    Each chunk is a transaction of its own; repeating books nothing twice.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    actor.must(Right.POST)
    booked = 0
    while True:
        with database.tenant(tenant_id) as session:
            done = _book_chunk(session, until, administration_id, actor, chunk)
            booked += done
            if not done:
                closed = _count_closed(session, until, administration_id)
                return BookedRevenue(booked, closed)


def _book_chunk(
    session: TenantSession, until: date, administration_id: UUID | None, actor: Actor, limit: int
) -> int:
    sellers = hold_open(session, _administrations(session, administration_id))
    rows = locked_parts(session, *_due(until, administration_id), _is_open(), limit=limit)
    entries = [
        part_entry(row, round_amount(row.amount, row.currency), sellers[row.administration_id])
        for row in rows
        if row.amount
    ]
    write_entries(session, entries, actor.name)
    session.execute(
        update(RevenuePart)
        .where(among(RevenuePart.id, [row.id for row in rows]))
        .values(booked=True),
        execution_options={"synchronize_session": False},
    )
    if rows:
        details = {"until": str(until), "parts": len(rows)}
        record_audit(session, actor, "revenue.book", str(until), details)
    return len(rows)


def _administrations(session: TenantSession, administration_id: UUID | None) -> Sequence[UUID]:
    if administration_id is not None:
        return [administration_id]
    return session.scalars(select(Administration.id)).all()


def _due(until: date, administration_id: UUID | None) -> list[ColumnElement[bool]]:
    due = [~RevenuePart.booked, RevenuePart.entry_date <= until]
    if administration_id is not None:
        due.append(RevenueSpread.administration_id == administration_id)
    return due


def _is_open() -> ColumnElement[bool]:
    closed = Administration.closed_until
    return or_(closed.is_(None), RevenuePart.entry_date > closed)


def _count_closed(session: TenantSession, until: date, administration_id: UUID | None) -> int:
    query = (
        select(func.count())
        .select_from(RevenuePart)
        .join(RevenueSpread, RevenueSpread.id == RevenuePart.spread_id)
        .join(Administration, Administration.id == RevenueSpread.administration_id)
        .where(*_due(until, administration_id), ~_is_open())
    )
    return session.scalars(query).one()
