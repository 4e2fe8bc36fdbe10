"""Booking spread revenue month by month, and changing parts in open periods (row B64)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Numeric,
    Row,
    Uuid,
    column,
    func,
    literal,
    or_,
    select,
    update,
)

from bordereau.invoices.plumbing import CHUNK, among
from bordereau.invoices.rules.distribution import Part, edited
from bordereau.invoices.tables import Invoice
from bordereau.ledger.rules.entries import Entry, brought_back
from bordereau.ledger.rules.periods import must_be_open
from bordereau.ledger.rules.sides import CreditBooking
from bordereau.ledger.spreading import checked_amounts
from bordereau.ledger.spreads import SPREAD_PREFIX, parts_of, read_spread
from bordereau.ledger.tables import RevenuePart, RevenueSpread
from bordereau.ledger.writing import hold_open, write_entries
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import TenantId, public_id
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


def change_parts(
    session: TenantSession, spread_id: UUID, amounts: Mapping[date, Decimal], *, actor: Actor
) -> Sequence[RevenuePart]:
    """Change the amounts of some parts, by the first day of their month; the sum stays the net.

    The difference of a part that is booked already is booked in the same period.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such spread.
        Refused: PERIOD_CLOSED, for a part whose period is closed.
        Invalid: UNKNOWN_PERIOD, DISTRIBUTION_SUM, AMOUNT_NOT_ROUND.

    """
    actor.must(Right.POST)
    made = read_spread(session, spread_id)
    seller = hold_open(session, [made.administration_id])[made.administration_id]
    rows = _locked_parts(session, RevenuePart.spread_id == spread_id)
    before = {row.period: round_amount(row.amount, made.currency) for row in rows}
    after = edited(
        [Part(period, amount) for period, amount in before.items()],
        checked_amounts(amounts, made.currency),
    )
    changed = {part.period: part.amount for part in after if part.amount != before[part.period]}
    touched = [row for row in rows if row.period in changed]
    for row in touched:
        must_be_open(row.entry_date, seller.closed_until)
    _set_amounts(session, {row.id: changed[row.period] for row in touched})
    entries = [
        _entry(row, changed[row.period] - before[row.period], seller, "adjustment")
        for row in touched
        if row.booked
    ]
    write_entries(session, entries, actor.name)
    details = {str(period): str(amount) for period, amount in changed.items()}
    subject = public_id(SPREAD_PREFIX, spread_id)
    record_audit(session, actor, "revenue.change_parts", subject, details)
    return parts_of(session, spread_id)


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
    rows = _locked_parts(session, *_due(until, administration_id), _is_open(), limit=limit)
    entries = [
        _entry(row, round_amount(row.amount, row.currency), sellers[row.administration_id])
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


def _locked_parts(
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


def _count_closed(session: TenantSession, until: date, administration_id: UUID | None) -> int:
    query = (
        select(func.count())
        .select_from(RevenuePart)
        .join(RevenueSpread, RevenueSpread.id == RevenuePart.spread_id)
        .join(Administration, Administration.id == RevenueSpread.administration_id)
        .where(*_due(until, administration_id), ~_is_open())
    )
    return session.scalars(query).one()


def _set_amounts(session: TenantSession, amounts: Mapping[UUID, Decimal]) -> None:
    """Change amounts in one statement, after which the database checks their sum."""
    new = (
        func.unnest(
            literal(list(amounts), ARRAY(Uuid())),
            literal(list(amounts.values()), ARRAY(Numeric())),
        )
        .table_valued(column("id", Uuid()), column("amount", Numeric()), name="new")
        .render_derived()
    )
    session.execute(
        update(RevenuePart).where(RevenuePart.id == new.c.id).values(amount=new.c.amount),
        execution_options={"synchronize_session": False},
    )


def _entry(row: Row[Any], amount: Decimal, seller: Administration, kind: str = "revenue") -> Entry:
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
