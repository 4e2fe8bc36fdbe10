"""Work is drawn from its block at once, and nothing undrawn is billed (rows A23, A57)."""

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
from tests.fixtures.statements import Counting

from bordereau.catalog.tables import Customer, Ticket
from bordereau.charges import (
    Action,
    Charge,
    TicketRecord,
    TimeEntryRecord,
    act_on_charges,
    delete_charge,
    is_ready,
    rate,
    reasons,
    release,
    reopen_ticket,
    reopen_written_off,
    reserve,
    resolve_ticket,
    save_tickets,
    save_time_entries,
    write_off,
)
from bordereau.charges.recording.moving import move_with_contracts
from bordereau.charges.tables import BlockPeriod
from bordereau.errors import Conflict
from bordereau.store import TenantSession

OCTOBER = date(2026, 10, 1)


def open_ticket(books: Books, session: TenantSession, other: Ticket) -> Ticket:
    """Return an open ticket of the same customer and contract."""
    made = books.ticket(books.customer(), None, status="Open")
    made.customer_id, made.contract_id = other.customer_id, other.contract_id
    session.flush()
    return made


def ready_overage(session: TenantSession) -> list[object]:
    query = select(Charge.net).where(Charge.kind == "overage", is_ready(TODAY))
    return list(session.scalars(query.order_by(Charge.net)))


@pytest.mark.row("A57")
def test_work_recorded_after_rating_is_drawn_at_once_and_its_overage_is_ready(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS)
    work(ticket, "2026-09-20T09:00", 9 * 60)
    rate(session, until=TODAY)
    work(ticket, "2026-09-21T09:00", 4 * 60)
    assert statements(session, contract)[0] == (0, 600, 780, 180, 0, 0)
    assert ready_overage(session) == [390]
    report = rate(session, until=TODAY)
    assert (report.created, report.changed, report.deleted) == (0, 0, 0)


def test_a_corrected_entry_is_drawn_anew_at_once(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS)
    work(ticket, "2026-09-20T09:00", 9 * 60, key="E")
    rate(session, until=TODAY)
    work(ticket, "2026-09-20T09:00", 15 * 60, key="E")
    assert statements(session, contract)[0] == (0, 600, 900, 300, 0, 0)
    assert ready_overage(session) == [650]


@pytest.mark.row("A57")
def test_work_resolved_after_its_period_was_billed_draws_from_the_current_balance_at_once(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS)
    waiting = open_ticket(books, session, ticket)
    work(ticket, "2026-09-20T09:00", 9 * 60)
    entry = work(waiting, "2026-09-21T09:00", 12 * 60)
    rate(session, until=TODAY)
    bill_september_but(session, entry)
    resolve_ticket(session, CLERK, waiting.id)
    assert [one[2:4] for one in statements(session, contract)] == [(540, 0), (720, 120), (0, 0)]
    assert (entry.late, entry.period_start, reasons(entry, TODAY)) == (True, OCTOBER, ())
    assert ready_overage(session) == [260]


def bill_september_but(session: TenantSession, entry: Charge) -> None:
    bill_september(session)
    release(session, Charge.id == entry.id)


@pytest.mark.row("A23")
def test_work_that_no_balance_counts_is_not_ready_until_its_block_is_rated(
    books: Books, session: TenantSession, work: Work, new_batch: NewBatch
) -> None:
    _, ticket = block(books, HOURS)
    entry = work(ticket, "2026-09-20T09:00", 9 * 60)
    [why] = reasons(entry, TODAY)
    assert (why.code, why.fix, why.text) == (
        "NOT_DRAWN",
        "rating",
        "Not drawn from the balance of its block yet.",
    )
    assert reserve(session, new_batch(), is_ready(TODAY)) == 0
    rate(session, until=TODAY)
    session.refresh(entry)
    assert reasons(entry, TODAY) == ()
    assert reserve(session, new_batch(), is_ready(TODAY) & (Charge.id == entry.id)) == 1


@pytest.mark.row("A23")
def test_late_work_to_be_adjusted_waits_for_the_restatement_whatever_people_approve(
    books: Books, session: TenantSession, work: Work
) -> None:
    _, ticket = block(books, HOURS, late_policy="adjust")
    work(ticket, "2026-09-20T09:00", 60)
    rate(session, until=TODAY)
    bill_september(session)
    late = work(ticket, "2026-09-05T09:00", 60)
    for action in (Action.CANCEL_REPORTING, Action.REPORT_READY):
        act_on_charges(session, CLERK, action, Charge.id == late.id)
    session.refresh(late)
    [why] = reasons(late, TODAY)
    assert (why.code, why.fix) == ("NOT_RESTATED", "restatement")
    assert not session.scalar(select(is_ready(TODAY)).where(Charge.id == late.id))


def test_work_that_stops_counting_gives_its_hours_back_at_once(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS)
    entries = [work(ticket, f"2026-09-2{day}T09:00", 5 * 60) for day in range(3)]
    rate(session, until=TODAY)

    def september() -> tuple[int, int]:
        _, _, used, over, _, _ = statements(session, contract)[0]
        return int(used), int(over)

    write_off(session, CLERK, "A gift", Charge.id == entries[0].id)
    assert (september(), ready_overage(session)) == ((600, 0), [])
    reopen_written_off(session, CLERK, Charge.id == entries[0].id)
    assert (september(), ready_overage(session)) == ((900, 300), [650])
    delete_charge(session, CLERK, entries[1].id)
    assert september() == (600, 0)
    act_on_charges(session, CLERK, Action.CANCEL_REPORTING, Charge.id == entries[0].id)
    assert september() == (300, 0)
    act_on_charges(session, CLERK, Action.REPORT_READY, Charge.id == entries[0].id)
    assert september() == (600, 0)
    reopen_ticket(session, CLERK, ticket.id)
    assert september() == (0, 0)
    resolve_ticket(session, CLERK, ticket.id)
    assert september() == (600, 0)


def test_work_that_moves_with_its_ticket_leaves_one_balance_and_draws_from_the_other(
    books: Books, session: TenantSession, work: Work
) -> None:
    old, ticket = block(books, HOURS)
    new, _ = block(books, HOURS)
    new.customer_id = old.customer_id
    session.flush()
    work(ticket, "2026-09-20T09:00", 15 * 60)
    rate(session, until=TODAY)
    code = session.scalar(select(Customer.code).where(Customer.id == old.customer_id))
    assert code
    record = TicketRecord(
        code=ticket.code,
        title="Moved",
        customer=code,
        contract=new.code,
        status="Resolved",
    )
    assert save_tickets(session, {1: record}).faults == []
    assert [statements(session, one)[0][2] for one in (old, new)] == [0, 900]
    assert nets(session, "overage") == [(date(2026, 9, 1), 650)]


def test_work_that_a_billed_balance_counts_can_be_neither_changed_nor_deleted(
    books: Books, session: TenantSession, work: Work
) -> None:
    _, ticket = block(books, HOURS)
    work(ticket, "2026-09-20T09:00", 60)
    kept = work(ticket, "2026-09-21T09:00", 60, key="KEPT")
    rate(session, until=TODAY)
    bill_september_but(session, kept)
    record = TimeEntryRecord.model_validate(
        {
            "key": "KEPT",
            "ticket": ticket.code,
            "starts_at": "2026-09-21T09:00",
            "minutes": 240,
        }
    )
    saved = save_time_entries(session, {1: record})
    assert [one.code for one in saved.faults] == ["RECORD_SETTLED"]
    with pytest.raises(Conflict) as refused:
        delete_charge(session, CLERK, kept.id)
    assert refused.value.code == "RECORD_SETTLED"


def test_work_that_a_settled_balance_counts_is_not_drawn_again_when_its_contract_changes(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS)
    work(ticket, "2026-09-20T09:00", 60)
    kept = work(ticket, "2026-09-21T09:00", 60)
    rate(session, until=TODAY)
    bill_september_but(session, kept)
    rate(session, until=TODAY)
    move_with_contracts(session, [contract.id], repriced=[])
    rate(session, until=TODAY)
    assert [one[2] for one in statements(session, contract)] == [120, 0, 0]


def test_a_deleted_batch_opens_the_statements_again_that_it_settled(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS)
    work(ticket, "2026-09-20T09:00", 8 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    rate(session, until=TODAY)
    release(session, Charge.state == "billed")
    settled = select(BlockPeriod.settled).order_by(BlockPeriod.period_start).limit(1)
    assert session.scalar(settled) is False
    entry = work(ticket, "2026-09-21T09:00", 2 * 60)
    assert (entry.late, statements(session, contract)[0]) == (False, (0, 600, 600, 0, 0, 0))


def test_a_thousand_entries_of_blocks_need_as_many_statements_as_ten(
    books: Books, session: TenantSession, counting: Counting
) -> None:
    tickets = [block(books, HOURS)[1] for _ in range(20)]
    rate(session, until=TODAY)

    def entries(start: int, number: int) -> dict[int, TimeEntryRecord]:
        return {
            n: TimeEntryRecord.model_validate(
                {
                    "key": f"E{n}",
                    "ticket": tickets[n % 20].code,
                    "starts_at": f"2026-10-{n % 28 + 1:02d}T09:00",
                    "minutes": n % 90 + 1,
                }
            )
            for n in range(start, start + number)
        }

    save_time_entries(session, entries(2_000, 1_500))  # every block is beyond its hours
    with counting() as few:
        assert save_time_entries(session, entries(0, 20)).created == 20
    with counting() as many:
        assert save_time_entries(session, entries(20, 1_000)).created == 1_000
    assert len(many) == len(few)
    assert len(few) <= 34
