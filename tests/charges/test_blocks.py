"""Blocks of hours and money: drawn in order of work, split, carried, settled, restated."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.fixtures.books import Books
from tests.fixtures.shop import amounts

from bordereau.catalog.tables import Contract, Ticket
from bordereau.charges import (
    Charge,
    apply_restatement,
    block_report,
    is_ready,
    mark_billed,
    preview_restatement,
    rate,
    release,
    reserve,
    resolve_ticket,
)
from bordereau.charges.tables import BlockPeriod
from bordereau.errors import Conflict, Forbidden, Invalid, NotFound
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import uuid7

TODAY = date(2026, 11, 21)
CLERK = Actor.installation("clerk")
HOURS = {"hours_included": "10", "price_per_hour": "100", "overage_rate": "130"}
MONEY = {"contract_amount": "1000", "primary_rate": "100"}
Work = Callable[..., Charge]
NewBatch = Callable[[], UUID]


def block(books: Books, terms: dict[str, Any], **values: Any) -> tuple[Contract, Ticket]:
    customer = books.customer()
    kind = "BlockHours" if "hours_included" in terms else "BlockMoney"
    values = {"type": kind, "billing_period": "Monthly", "start": date(2026, 9, 1)} | values
    contract = books.contract(customer, books.administration(), terms=terms, **values)
    return contract, books.ticket(customer, contract)


def nets(session: TenantSession, *kinds: str) -> list[Any]:
    """Period and net of the charges of some kinds."""
    query = select(Charge.period_start, Charge.net).where(Charge.kind.in_(kinds))
    found = session.execute(query.order_by(Charge.period_start, Charge.net))
    return [(row.period_start, row.net) for row in found]


def statements(session: TenantSession, contract: Contract) -> list[Any]:
    """Opening, included, used, overage, carried and lost of each period."""
    session.expire_all()
    return [
        (one.opening, one.included, one.used, one.overage, one.carried, one.lost)
        for one in block_report(session, contract.id)
    ]


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


def bill_september(session: TenantSession) -> None:
    mark_billed(session, Charge.period_start == date(2026, 9, 1))


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


def adjusting(books: Books, session: TenantSession, work: Work) -> tuple[Contract, Charge]:
    contract, ticket = block(books, HOURS | {"commit_rollover": True}, late_policy="adjust")
    work(ticket, "2026-09-10T09:00", 6 * 60)
    work(ticket, "2026-10-10T09:00", 14 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    mark_billed(session, Charge.period_start == date(2026, 10, 1))
    late = work(ticket, "2026-09-05T09:00", 3 * 60)
    rate(session, until=TODAY)
    return contract, late


def test_a_restatement_is_shown_then_billed_as_one_adjustment(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, late = adjusting(books, session, work)
    assert late.state == "open"
    shown = preview_restatement(session, contract.id)
    assert [(one.old.overage, one.new.overage) for one in shown.changes] == [
        amounts("0 0"),
        amounts("0 180"),
    ]
    assert shown.difference == 390
    assert nets(session, "adjustment") == []
    assert apply_restatement(session, CLERK, contract.id) == shown
    [(start, net)] = nets(session, "adjustment")
    assert (start, net) == (date(2026, 9, 1), 390)
    session.expire_all()
    assert (late.state, late.net, late.quantity) == ("closed", *amounts("0 3"))
    revisions = session.execute(
        select(BlockPeriod.period_start, BlockPeriod.revision, BlockPeriod.created_by).order_by(
            BlockPeriod.period_start, BlockPeriod.revision
        )
    ).all()
    assert [tuple(row) for row in revisions][:4] == [
        (date(2026, 9, 1), 1, ""),
        (date(2026, 9, 1), 2, "clerk"),
        (date(2026, 10, 1), 1, ""),
        (date(2026, 10, 1), 2, "clerk"),
    ]
    assert preview_restatement(session, contract.id).changes == ()
    report = rate(session, until=TODAY)
    assert (report.created, report.deleted) == (0, 0)


def test_a_restatement_needs_the_terms_of_the_day_and_the_right(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, _ = adjusting(books, session, work)
    with pytest.raises(Forbidden):
        apply_restatement(session, Actor("reader", frozenset({"read"})), contract.id)
    contract.terms = HOURS | {"hours_included": "2"}
    session.flush()
    with pytest.raises(Conflict) as refused:
        preview_restatement(session, contract.id)
    assert refused.value.code == "TERMS_CHANGED"
    with pytest.raises(NotFound):
        preview_restatement(session, uuid7())
    other = books.contract(books.customer(), books.administration())
    with pytest.raises(Invalid):
        preview_restatement(session, other.id)
