"""What a period costs beyond what was billed of it is charged by itself, plus or minus."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from tests.charges.block import CLERK, HOURS, MONEY, TODAY, Work, bill_september, block, statements
from tests.fixtures.books import Books

from bordereau.catalog.tables import Contract
from bordereau.charges import Charge, rate, release, write_off
from bordereau.store import TenantSession

SEPTEMBER = date(2026, 9, 30)
CUT = {"end": date(2026, 9, 15), "prorate": "daily"}


def sums(session: TenantSession, *kinds: str) -> list[tuple[str, Any]]:
    """State and net of the charges of some kinds, the billed ones first."""
    query = select(Charge.state, Charge.net).where(Charge.kind.in_(kinds))
    found = session.execute(query.order_by(Charge.state, Charge.net))
    return [(state, net) for state, net in found]


def run_on(session: TenantSession, contract: Contract, end: date) -> None:
    """Let a contract end later, and rate it twice: the second time changes nothing."""
    contract.end = end
    session.flush()
    rate(session, until=TODAY)
    report = rate(session, until=TODAY)
    assert (report.created, report.changed, report.deleted) == (0, 0, 0)


@pytest.mark.parametrize(
    ("terms", "first", "second"), [(HOURS, 390, 130), (MONEY | {"overage_rate": "130"}, 390, 130)]
)
def test_late_work_of_the_last_period_bills_the_overage_that_it_displaced(
    books: Books,
    session: TenantSession,
    work: Work,
    terms: dict[str, Any],
    first: int,
    second: int,
) -> None:
    contract, ticket = block(books, terms, end=SEPTEMBER)
    work(ticket, "2026-09-20T09:00", 12 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    late = work(ticket, "2026-09-05T09:00", 3 * 60)
    assert sums(session, "overage") == [("billed", 260), ("closed", first)]
    assert statements(session, contract)[0][2:4] == ((900, 300) if terms is HOURS else (1500, 500))
    report = rate(session, until=TODAY)
    assert (report.created, report.changed, report.deleted) == (0, 0, 0)
    bill_september(session)
    work(ticket, "2026-09-04T09:00", 60)
    assert sums(session, "overage") == [("billed", 260), ("billed", first), ("closed", second)]
    session.refresh(late)
    assert late.state == "billed"


def test_a_correction_in_the_last_period_gives_billed_overage_back(
    books: Books, session: TenantSession, work: Work
) -> None:
    _, ticket = block(books, HOURS, end=SEPTEMBER)
    work(ticket, "2026-09-20T09:00", 12 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    taken_back = work(ticket, "2026-09-21T09:00", -3 * 60)
    assert sums(session, "overage") == [("billed", 260), ("closed", -260)]
    write_off(session, CLERK, "A mistake", Charge.id == taken_back.id)
    assert sums(session, "overage") == [("billed", 260)]


def test_late_work_of_the_last_period_bills_the_further_blocks_that_it_needs(
    books: Books, session: TenantSession, work: Work
) -> None:
    _, ticket = block(books, HOURS | {"on_exhausted": "renew"}, end=SEPTEMBER)
    work(ticket, "2026-09-20T09:00", 12 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    work(ticket, "2026-09-05T09:00", 20 * 60)
    assert sums(session, "block") == [("billed", 1000), ("billed", 1000), ("closed", 2000)]


def test_a_block_that_runs_on_past_a_billed_cut_period_charges_the_days_that_it_gained(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS, **CUT)
    work(ticket, "2026-09-10T09:00", 7 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    assert sums(session, "block", "overage") == [("billed", 260), ("billed", 500)]
    run_on(session, contract, date(2026, 9, 21))
    assert sums(session, "block", "overage")[2:] == [("closed", -260), ("closed", 200)]
    bill_september(session)
    run_on(session, contract, date(2026, 12, 31))
    found = sums(session, "block", "overage")
    assert [net for state, net in found if state == "billed"] == [-260, 200, 260, 500]
    assert [net for state, net in found if state == "closed"] == [300, 1000, 1000]
    assert statements(session, contract)[0] == (0, 600, 420, 0, 0, 180)


def test_a_cut_period_that_costs_its_whole_fee_costs_nothing_more_when_it_grows(
    books: Books, session: TenantSession
) -> None:
    contract, _ = block(books, HOURS, end=date(2026, 9, 15))
    rate(session, until=TODAY)
    bill_september(session)
    run_on(session, contract, SEPTEMBER)
    assert sums(session, "block") == [("billed", 1000)]


def test_a_fee_that_a_credit_gave_back_costs_less_what_stays_billed_of_its_period(
    books: Books, session: TenantSession
) -> None:
    contract, _ = block(books, HOURS, **CUT)
    rate(session, until=TODAY)
    bill_september(session)
    run_on(session, contract, SEPTEMBER)
    bill_september(session)
    assert sums(session, "block") == [("billed", 500), ("billed", 500)]
    release(session, Charge.period_end == date(2026, 9, 16), reopened=True)
    rate(session, until=TODAY)
    assert sums(session, "block") == [("billed", 500), ("closed", 500)]
