"""A charge is reserved once, freed or billed."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.fixtures.books import Books
from tests.fixtures.shop import amounts

from bordereau.batches.tables import Batch
from bordereau.charges import Charge, is_ready, mark_billed, rate, reasons, release, reserve
from bordereau.store import Database, TenantSession
from bordereau.values.ids import TenantId

TODAY = date(2026, 11, 21)
NewBatch = Callable[[], UUID]
Work = Callable[..., Charge]


def states(session: TenantSession) -> dict[str, int]:
    query = select(Charge.state, func.count()).group_by(Charge.state)
    return {state: number for state, number in session.execute(query)}  # noqa: C416 - typed


@pytest.mark.row("A37")
def test_only_ready_charges_are_reserved_and_only_once(
    books: Books, session: TenantSession, new_batch: NewBatch
) -> None:
    contract = books.contract(books.customer(), books.administration())
    books.charge(contract)
    books.charge(contract, ready_on=date(2026, 12, 1))
    first, second = new_batch(), new_batch()
    assert reserve(session, first, is_ready(TODAY)) == 1
    assert reserve(session, second, is_ready(TODAY)) == 0
    assert reserve(session, second, Charge.batch_id == first) == 0
    assert states(session) == {"reserved": 1, "closed": 1}


def test_a_held_charge_is_not_reserved_whatever_is_asked(
    books: Books, session: TenantSession, new_batch: NewBatch
) -> None:
    charge = books.charge(
        books.contract(books.customer(), books.administration()), holds=["TICKET_OPEN"]
    )
    assert reserve(session, new_batch(), Charge.id == charge.id) == 0


def test_released_charges_are_ready_again(
    books: Books, session: TenantSession, new_batch: NewBatch
) -> None:
    charge = books.charge(books.contract(books.customer(), books.administration()))
    batch = new_batch()
    reserve(session, batch, is_ready(TODAY))
    session.refresh(charge)
    assert [one.code for one in reasons(charge, TODAY)] == ["RESERVED"]
    assert release(session, Charge.batch_id == batch) == 1
    session.refresh(charge)
    assert (charge.state, charge.batch_id, reasons(charge, TODAY)) == ("closed", None, ())


def test_billed_charges_leave_the_list_and_come_back_when_given_back(
    books: Books, session: TenantSession, new_batch: NewBatch
) -> None:
    charge = books.charge(books.contract(books.customer(), books.administration()))
    batch = new_batch()
    reserve(session, batch, is_ready(TODAY))
    assert mark_billed(session, Charge.batch_id == batch) == 1
    session.refresh(charge)
    assert [one.code for one in reasons(charge, TODAY)] == ["BILLED"]
    release(session, Charge.id == charge.id)
    session.refresh(charge)
    assert reasons(charge, TODAY) == ()


@pytest.mark.row("A10")
def test_project_hours_are_billed_once_and_later_hours_are_spent(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer = books.customer()
    contract = books.contract(
        customer,
        books.administration(),
        type="ProjectHourlyRate",
        billing_period="EndOfContractDuration",
        end=date(2026, 10, 31),
    )
    ticket = books.ticket(customer, contract)
    first, second = work(ticket, "2026-10-05T09:00"), work(ticket, "2026-10-06T09:00")
    assert first.ready_on == date(2026, 11, 1)
    mark_billed(session, Charge.id == first.id)
    session.refresh(second)
    assert [one.code for one in reasons(second, TODAY)] == ["BILLED"]
    third = work(ticket, "2026-10-07T09:00")
    assert third.holds == ["BILLED"]
    release(session, Charge.id == first.id)
    session.refresh(second)
    assert reasons(second, TODAY) == ()
    mark_billed(session, Charge.id.in_([first.id, second.id]))
    release(session, Charge.id == second.id, reopened=True)
    session.refresh(second)
    session.refresh(third)
    assert (second.holds, third.holds) == ([], ["BILLED"])  # only what was credited comes back


@pytest.mark.row("A37")
def test_two_batches_at_once_do_not_reserve_the_same_charge(
    database: Database, tenant_id: TenantId
) -> None:
    with database.tenant(tenant_id) as session:
        books = Books(session)
        contract = books.contract(books.customer(), books.administration())
        for _ in range(50):
            books.charge(contract)
        batches = [
            Batch(as_of=TODAY, time_zone="Europe/Brussels", created_by="test") for _ in range(2)
        ]
        session.add_all(batches)
        session.flush()
        ids = [batch.id for batch in batches]
    barrier, reserved = threading.Barrier(2), list[int]()

    def run(batch_id: UUID) -> None:
        with database.tenant(tenant_id) as session:
            barrier.wait(10)
            reserved.append(reserve(session, batch_id, is_ready(TODAY)))

    threads = [threading.Thread(target=run, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(reserved) == [0, 50]


def test_a_delayed_charge_can_be_reserved_once_its_day_has_come(
    books: Books, session: TenantSession, new_batch: NewBatch
) -> None:
    contract = books.contract(books.customer(), books.administration())
    waiting: dict[str, Any] = {"state": "delayed", "delayed_until": date(2026, 12, 1)}
    charge = books.charge(contract, **waiting)
    assert [one.code for one in reasons(charge, TODAY)] == ["DELAYED"]
    assert reserve(session, new_batch(), is_ready(TODAY)) == 0
    assert reserve(session, new_batch(), is_ready(date(2026, 12, 1))) == 1


def test_rating_does_not_touch_what_is_reserved_or_billed(
    books: Books, session: TenantSession, new_batch: NewBatch
) -> None:
    contract = books.contract(
        books.customer(),
        books.administration(),
        type="RetainerFlatFee",
        billing_period="Monthly",
        start=date(2026, 9, 1),
        terms={"quantity": "1", "rate": "100"},
    )
    rate(session, until=TODAY)
    mark_billed(session, Charge.period_start == date(2026, 9, 1))
    reserve(session, new_batch(), Charge.period_start == date(2026, 10, 1))
    contract.terms = {"quantity": "1", "rate": "120"}
    session.flush()
    report = rate(session, until=TODAY)
    assert (report.created, report.changed, report.deleted) == (0, 1, 0)
    nets = session.scalars(select(Charge.net).order_by(Charge.period_start)).all()
    assert tuple(nets) == amounts("100 100 120")
