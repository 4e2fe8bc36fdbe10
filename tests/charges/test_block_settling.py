"""Billed periods of blocks are settled: late work, credits, and periods that wait for a batch."""

from datetime import date

import pytest
from sqlalchemy import select
from tests.charges.block import (
    CLERK,
    HOURS,
    TODAY,
    NewBatch,
    Work,
    bill_september,
    block,
    nets,
    statements,
)
from tests.fixtures.books import Books

from bordereau.charges import Charge, is_ready, mark_billed, rate, release, reserve, resolve_ticket
from bordereau.charges.tables import BlockPeriod
from bordereau.store import TenantSession


def test_a_billed_period_is_settled_and_late_work_draws_from_the_current_balance(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS | {"commit_rollover": True})
    work(ticket, "2026-09-10T09:00", 6 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    late = work(ticket, "2026-09-20T09:00", 16 * 60)
    assert (late.late, late.worked_on, late.period_start) == (
        True,
        date(2026, 9, 20),
        date(2026, 10, 1),
    )
    rate(session, until=TODAY)
    assert statements(session, contract)[:2] == [
        (0, 600, 360, 0, 240, 0),
        (240, 600, 960, 120, 0, 0),
    ]
    assert nets(session, "overage") == [(date(2026, 10, 1), 260)]
    settled = session.scalars(select(BlockPeriod.settled).order_by(BlockPeriod.period_start))
    assert settled.all() == [True, False, False]


def test_work_whose_ticket_is_resolved_too_late_is_late_too(
    books: Books, session: TenantSession, work: Work
) -> None:
    _, ticket = block(books, HOURS)
    waiting = books.ticket(books.customer(), None, status="Open")
    waiting.customer_id, waiting.contract_id = ticket.customer_id, ticket.contract_id
    session.flush()
    work(ticket, "2026-09-10T09:00", 60)
    entry = work(waiting, "2026-09-12T09:00", 60)
    rate(session, until=TODAY)
    bill_september(session)
    mark = Charge.id == entry.id
    release(session, mark)
    assert not session.scalar(select(Charge.late).where(mark))
    resolve_ticket(session, CLERK, waiting.id)
    rate(session, until=TODAY)
    assert session.execute(select(Charge.late, Charge.period_start).where(mark)).one() == (
        True,
        date(2026, 10, 1),
    )


@pytest.mark.row("B61")
def test_a_credit_of_all_that_was_billed_of_a_period_restores_its_balance(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS | {"commit_rollover": True})
    entry = work(ticket, "2026-09-10T09:00", 6 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    release(session, Charge.id == entry.id, reopened=True)  # the block itself stays billed
    work(ticket, "2026-09-20T09:00", 60)
    rate(session, until=TODAY)
    assert [one[2] for one in statements(session, contract)] == [360, 60, 0]
    release(session, Charge.state == "billed", reopened=True)
    rate(session, until=TODAY)
    assert statements(session, contract)[:2] == [
        (0, 600, 360, 0, 240, 0),
        (240, 600, 60, 0, 780, 0),
    ]
    session.refresh(entry)
    entry.billable_minutes = 120  # corrected: it was credited because it was wrong
    session.flush()
    rate(session, until=TODAY)
    assert statements(session, contract)[0] == (0, 600, 120, 0, 480, 0)


def test_late_work_can_be_written_off(books: Books, session: TenantSession, work: Work) -> None:
    _, ticket = block(books, HOURS, late_policy="write_off")
    work(ticket, "2026-09-10T09:00", 60)
    rate(session, until=TODAY)
    bill_september(session)
    late = work(ticket, "2026-09-20T09:00", 60)
    assert (late.state, late.late) == ("written_off", True)


def test_while_a_batch_reserves_a_period_its_statement_waits(
    books: Books, session: TenantSession, work: Work, new_batch: NewBatch
) -> None:
    contract, ticket = block(books, HOURS)
    work(ticket, "2026-09-10T09:00", 12 * 60)
    rate(session, until=date(2026, 10, 31))
    batch = new_batch()
    assert reserve(session, batch, is_ready(date(2026, 10, 15))) == 3
    entry = work(ticket, "2026-09-05T09:00", 60)
    rate(session, until=date(2026, 10, 31))
    assert statements(session, contract)[0] == (0, 600, 720, 120, 0, 0)
    release(session, Charge.batch_id == batch)
    rate(session, until=date(2026, 10, 31))
    assert statements(session, contract)[0] == (0, 600, 780, 180, 0, 0)
    assert nets(session, "overage") == [(date(2026, 9, 1), 390)]
    session.refresh(entry)
    assert not entry.late


def test_rating_up_to_an_earlier_day_takes_back_nothing_that_was_rated(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS)
    for day in ("2026-09-20T09:00", "2026-10-20T09:00"):
        work(ticket, day, 12 * 60)
    rate(session, until=TODAY)
    before = statements(session, contract)
    rate(session, until=date(2026, 9, 15))
    assert statements(session, contract) == before
    mark_billed(session, is_ready(TODAY))
    rate(session, until=TODAY)
    assert nets(session, "overage") == [(date(2026, 9, 1), 260), (date(2026, 10, 1), 260)]
