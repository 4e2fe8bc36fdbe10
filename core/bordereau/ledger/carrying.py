"""Carrying forward: what is not booked leaves closed periods for the first open day (row B65).

Invoice date, number, amounts and tax stay; only the entry date moves. The run lists what moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bordereau.errors import NotFound, Refused
from bordereau.invoices.tables import Invoice
from bordereau.ledger.reading import entry_date_of, is_posted, own_entry_date
from bordereau.ledger.rules.entries import CREDIT_NOTE
from bordereau.ledger.rules.periods import first_open_day
from bordereau.ledger.tables import (
    CarriedForward,
    CarryForward,
    EntryDate,
    RevenuePart,
    RevenueSpread,
)
from bordereau.ledger.writing import ADMINISTRATION_PREFIX, hold_open
from bordereau.store import TenantSession, copy_rows
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id, uuid7
from bordereau.values.money import round_amount

RUN_PREFIX = "cfw"


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of the report: an invoice that is not posted, or a part of its spread revenue.

    Attributes:
        position: its place in the report.
        period: the month of the part; None for an invoice.
        amount: the total of the invoice, or the part; taken back where it is negative.

    """

    position: int
    invoice_id: UUID
    number: str
    issue_date: date
    period: date | None
    amount: Decimal
    currency: str
    moved_from: date
    moved_to: date


def carry_forward(session: TenantSession, administration_id: UUID, *, actor: Actor) -> CarryForward:
    """Move what is not booked out of the closed periods of an administration.

    Issued invoices that are not posted and parts of spread revenue that are not booked move to
    the first open day. Repeating moves nothing more.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such administration.
        Refused: NOTHING_CLOSED.

    """
    actor.must(Right.POST)
    seller = hold_open(session, [administration_id]).get(administration_id)
    if seller is None:
        raise NotFound("administration", public_id(ADMINISTRATION_PREFIX, administration_id))
    if seller.closed_until is None:
        raise Refused("NOTHING_CLOSED", "No period of the administration is closed.")
    moved_to = first_open_day(seller.closed_until)
    invoices = session.execute(_late_invoices(seller.id, seller.closed_until)).all()
    parts = session.execute(_late_parts(seller.id, seller.closed_until)).all()
    run = CarryForward(
        id=uuid7(),
        administration_id=seller.id,
        closed_until=seller.closed_until,
        moved_to=moved_to,
        invoices=len(invoices),
        parts=len(parts),
        actor=actor.name,
    )
    session.add(run)
    moves = chain(((row.id, None, row[1]) for row in invoices), ((None, *row) for row in parts))
    copy_rows(
        session,
        CarriedForward,
        ("run_id", "position", "invoice_id", "part_id", "moved_from", "moved_to"),
        ((run.id, place, *move, moved_to) for place, move in enumerate(moves, 1)),
    )
    _move(session, run.id)
    details = {"invoices": run.invoices, "parts": run.parts, "moved_to": str(moved_to)}
    record_audit(session, actor, "ledger.carry_forward", public_id(RUN_PREFIX, run.id), details)
    return run


def read_run(session: TenantSession, run_id: UUID) -> CarryForward:
    """Return a run of carrying forward.

    Raises:
        NotFound: there is no such run.

    """
    found = session.get(CarryForward, (session.tenant_id, run_id))
    if found is None:
        raise NotFound("carry forward", public_id(RUN_PREFIX, run_id))
    return found


def carried(
    session: TenantSession, run_id: UUID, *, after: int = 0, limit: int = 100
) -> Sequence[Moved]:
    """Return what a run moved, in its order, beginning after a position.

    Raises:
        NotFound: there is no such run.

    """
    read_run(session, run_id)
    mine = func.coalesce(CarriedForward.invoice_id, RevenueSpread.invoice_id)
    query = (
        select(
            CarriedForward.position,
            Invoice.id,
            Invoice.number,
            Invoice.issue_date,
            RevenuePart.period,
            case((RevenuePart.id.is_(None), signed_total()), else_=RevenuePart.amount),
            Invoice.currency,
            CarriedForward.moved_from,
            CarriedForward.moved_to,
        )
        .outerjoin(RevenuePart, RevenuePart.id == CarriedForward.part_id)
        .outerjoin(RevenueSpread, RevenueSpread.id == RevenuePart.spread_id)
        .join(Invoice, Invoice.id == mine)
        .where(CarriedForward.run_id == run_id, CarriedForward.position > after)
        .order_by(CarriedForward.position)
        .limit(limit)
    )
    moved = (Moved(*row) for row in session.execute(query))
    return [replace(one, amount=round_amount(one.amount, one.currency)) for one in moved]


def signed_total() -> ColumnElement[Decimal]:
    """Give the total of an invoice, negative for a credit note."""
    return case((Invoice.kind == CREDIT_NOTE, -Invoice.total), else_=Invoice.total)


def _late_invoices(administration_id: UUID, closed_until: date) -> Select[UUID, date]:
    return (
        select(Invoice.id, entry_date_of())
        .outerjoin(EntryDate, own_entry_date())
        .where(
            Invoice.administration_id == administration_id,
            Invoice.state == "issued",
            entry_date_of() <= closed_until,
            ~is_posted(),
        )
        .order_by(Invoice.id)
        .with_for_update(of=Invoice)
    )


def _late_parts(administration_id: UUID, closed_until: date) -> Select[UUID, date]:
    return (
        select(RevenuePart.id, RevenuePart.entry_date)
        .join(RevenueSpread, RevenueSpread.id == RevenuePart.spread_id)
        .where(
            RevenueSpread.administration_id == administration_id,
            ~RevenuePart.booked,
            RevenuePart.entry_date <= closed_until,
        )
        .order_by(RevenuePart.id)
        .with_for_update(of=RevenuePart)
    )


def _move(session: TenantSession, run_id: UUID) -> None:
    """Give what the run lists its new entry date."""
    mine = CarriedForward.run_id == run_id
    moved = select(
        CarriedForward.tenant_id, CarriedForward.invoice_id, CarriedForward.moved_to
    ).where(mine, CarriedForward.invoice_id.is_not(None))
    dates = upsert(EntryDate).from_select(["tenant_id", "invoice_id", "entry_date"], moved)
    session.execute(
        dates.on_conflict_do_update(
            index_elements=["tenant_id", "invoice_id"],
            set_={"entry_date": dates.excluded.entry_date},
        )
    )
    session.execute(
        update(RevenuePart)
        .where(RevenuePart.id == CarriedForward.part_id, mine)
        .values(entry_date=CarriedForward.moved_to),
        execution_options={"synchronize_session": False},
    )
