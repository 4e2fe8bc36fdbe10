"""Blocks of hours and money: drawn in order of work, split, carried, renewed, alerted."""

from datetime import date

import pytest
from sqlalchemy import select
from tests.charges.block import CLERK, HOURS, MONEY, TODAY, Work, block, nets, statements
from tests.fixtures.books import Books
from tests.fixtures.shop import amounts

from bordereau.charges import Charge, block_report, rate, resolve_ticket
from bordereau.store import TenantSession


@pytest.mark.row("A10")
@pytest.mark.parametrize(("rollover", "overage"), [(True, 130), (False, 650)])
def test_unused_hours_join_the_next_opening_or_are_lost(
    books: Books, session: TenantSession, work: Work, *, rollover: bool, overage: int
) -> None:
    contract, ticket = block(books, HOURS | {"commit_rollover": rollover})
    work(ticket, "2026-09-10T09:00", 6 * 60)
    work(ticket, "2026-10-10T09:00", 15 * 60)
    rate(session, until=date(2026, 10, 31))
    assert nets(session, "block") == [(date(2026, 9, 1), 1000), (date(2026, 10, 1), 1000)]
    assert nets(session, "overage") == [(date(2026, 10, 1), overage)]
    september, october = statements(session, contract)
    assert september == (0, 600, 360, 0, *((240, 0) if rollover else (0, 240)))
    assert october == (240 if rollover else 0, 600, 900, 60 if rollover else 300, 0, 0)


@pytest.mark.row("A10")
def test_the_entry_that_crosses_the_end_of_the_balance_is_split(
    books: Books, session: TenantSession, work: Work
) -> None:
    _, ticket = block(books, HOURS)
    second = work(ticket, "2026-09-11T09:00", 3 * 60, employee="Nadia")
    first = work(ticket, "2026-09-10T09:00", 8 * 60)
    rate(session, until=date(2026, 9, 30))
    session.expire_all()
    assert (first.quantity, first.net) == amounts("8 0")
    assert (second.quantity, second.net) == amounts("2 0")
    assert second.minutes == 180
    over = session.scalars(select(Charge).where(Charge.kind == "overage")).one()
    assert (over.quantity, over.unit_price, over.net) == amounts("1 130 130")
    assert (over.ticket_id, over.employee, over.minutes) == (ticket.id, "Nadia", None)
    assert over.ready_on == second.ready_on == date(2026, 10, 1)


@pytest.mark.row("A10")
def test_money_is_worked_off_at_the_rate_of_each_entry(
    books: Books, session: TenantSession, work: Work
) -> None:
    terms = MONEY | {"additional_rates": {"Night": "150"}, "commit_rollover": True}
    contract, ticket = block(books, terms)
    work(ticket, "2026-09-10T09:00", 4 * 60)
    work(ticket, "2026-09-11T22:00", 2 * 60, rate="Night")
    work(ticket, "2026-10-05T09:00", 14 * 60)
    rate(session, until=date(2026, 10, 31))
    assert nets(session, "block", "overage") == [
        (date(2026, 9, 1), 1000),
        (date(2026, 10, 1), 100),
        (date(2026, 10, 1), 1000),
    ]
    assert statements(session, contract)[0] == (0, 1000, 700, 0, 300, 0)


@pytest.mark.row("A10")
def test_a_block_that_renews_charges_whole_blocks_and_no_overage(
    books: Books, session: TenantSession, work: Work
) -> None:
    _, ticket = block(books, HOURS | {"on_exhausted": "renew"})
    work(ticket, "2026-09-10T09:00", 25 * 60)
    rate(session, until=date(2026, 9, 30))
    assert nets(session, "block", "overage") == [(date(2026, 9, 1), 1000), (date(2026, 9, 1), 2000)]
    assert rate(session, until=date(2026, 9, 30)).unchanged == 2


def test_alerts_are_kept_with_the_moment_they_were_reached(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS)
    work(ticket, "2026-09-10T09:00+00:00", 8 * 60)
    work(ticket, "2026-09-12T09:00+00:00", 2 * 60)
    rate(session, until=date(2026, 9, 30))
    [period] = block_report(session, contract.id)
    assert period.alerts == ["80 2026-09-10T09:00:00+00:00", "95 2026-09-12T09:00:00+00:00"]


@pytest.mark.row("A23")
def test_work_of_open_tickets_draws_nothing_until_they_are_resolved(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS)
    ticket.status = "Open"
    work(ticket, "2026-09-10T09:00", 12 * 60)
    rate(session, until=date(2026, 9, 30))
    assert statements(session, contract) == [(0, 600, 0, 0, 0, 600)]
    resolve_ticket(session, CLERK, ticket.id)
    rate(session, until=date(2026, 9, 30))
    assert statements(session, contract) == [(0, 600, 720, 120, 0, 0)]


def test_rating_blocks_again_changes_nothing(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS)
    entry = work(ticket, "2026-09-10T09:00", 12 * 60)
    rate(session, until=TODAY)
    first = [(one.id, one.version) for one in session.scalars(select(Charge))]
    report = rate(session, until=TODAY)
    session.expire_all()
    assert (report.created, report.changed, report.deleted) == (0, 0, 0)
    assert [(one.id, one.version) for one in session.scalars(select(Charge))] == first
    assert entry.block_period_id == block_report(session, contract.id)[0].id
