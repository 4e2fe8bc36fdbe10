"""Write off, delay, split, revalue and delete."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.fixtures.books import Books
from tests.fixtures.shop import amounts

from bordereau.charges import (
    Charge,
    delay,
    delete_charge,
    is_ready,
    is_unbilled,
    mark_billed,
    rate,
    reopen_written_off,
    reserve,
    resume,
    revalue,
    split_charge,
    write_off,
)
from bordereau.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.tenancy.tables import AuditEvent
from bordereau.values.ids import uuid7

TODAY = date(2026, 11, 21)
CLERK = Actor.installation("clerk")
Work = Callable[..., Charge]


@pytest.fixture
def charge(books: Books) -> Charge:
    return books.charge(books.contract(books.customer(), books.administration()), "100")


def count(session: TenantSession, *gates: object) -> int:
    query = select(func.count()).select_from(Charge)
    return session.scalar(query.where(*gates)) or 0  # type: ignore[arg-type]  # SQL expressions


def test_a_written_off_charge_is_never_billed_unless_reopened(
    session: TenantSession, charge: Charge
) -> None:
    [result] = write_off(session, CLERK, "Goodwill", Charge.id == charge.id)
    assert (result.code, result.state) == ("", "written_off")
    assert count(session, is_unbilled()) == 0
    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.details["reason"]) == ("charge.write_off", "Goodwill")
    reopen_written_off(session, CLERK, Charge.id == charge.id)
    assert count(session, is_ready(TODAY)) == 1


def test_writing_off_needs_a_reason_and_the_right(session: TenantSession, charge: Charge) -> None:
    with pytest.raises(Invalid):
        write_off(session, CLERK, "  ", Charge.id == charge.id)
    with pytest.raises(Forbidden):
        write_off(session, Actor("x", frozenset()), "Goodwill", Charge.id == charge.id)


def test_a_computed_fee_that_was_written_off_does_not_come_back(
    books: Books, session: TenantSession
) -> None:
    books.contract(
        books.customer(),
        books.administration(),
        type="RetainerFlatFee",
        billing_period="Monthly",
        start=date(2026, 11, 1),
        terms={"quantity": "1", "rate": "100"},
    )
    rate(session, until=TODAY)
    write_off(session, CLERK, "Free month", Charge.kind == "fee")
    rate(session, until=TODAY)
    assert count(session, is_unbilled()) == 0


def test_a_delayed_charge_comes_back_on_its_day(session: TenantSession, charge: Charge) -> None:
    delay(session, CLERK, date(2026, 12, 15), Charge.id == charge.id)
    assert count(session, is_ready(date(2026, 12, 14))) == 0
    assert count(session, is_ready(date(2026, 12, 15))) == 1
    assert count(session, is_unbilled()) == 1
    resume(session, CLERK, Charge.id == charge.id)
    assert count(session, is_ready(TODAY)) == 1


def test_what_is_reserved_or_billed_stays(
    session: TenantSession, charge: Charge, new_batch: Callable[[], UUID]
) -> None:
    reserve(session, new_batch(), Charge.id == charge.id)
    [reserved] = delay(session, CLERK, TODAY, Charge.id == charge.id)
    assert reserved.code == "RECORD_RESERVED"
    mark_billed(session, Charge.id == charge.id)
    [billed] = write_off(session, CLERK, "No", Charge.id == charge.id)
    assert billed.code == "TRANSITION_REFUSED"
    assert reopen_written_off(session, CLERK, Charge.id == charge.id) == []


def test_a_charge_is_split_to_the_cent_and_the_minute(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer = books.customer()
    contract = books.contract(customer, books.administration(), terms={"primary_rate": "100"})
    entry = work(books.ticket(customer, contract), minutes=100)
    first, second = split_charge(session, CLERK, entry.id, Decimal("0.5"))
    assert entry.state == "split"
    assert (first.net, second.net, first.net + second.net) == amounts("50 116.67 166.67")
    assert (first.minutes, second.minutes) == (30, 70)
    assert first.parent_id == second.parent_id == entry.id
    assert count(session, is_ready(TODAY)) == 2
    again, _ = split_charge(session, CLERK, first.id, Decimal("0.25"))
    assert again.source_key == "time:E1/1/1"


@pytest.mark.parametrize("quantity", ["0", "1", "2", "-0.5"])
def test_a_part_is_smaller_than_the_whole(
    session: TenantSession, charge: Charge, quantity: str
) -> None:
    with pytest.raises(Invalid) as refused:
        split_charge(session, CLERK, charge.id, Decimal(quantity))
    assert refused.value.code == "QUANTITY_OUTSIDE"


def test_a_charge_of_quantity_nil_has_no_parts(session: TenantSession, charge: Charge) -> None:
    charge.quantity = charge.net = Decimal(0)
    with pytest.raises(Invalid) as refused:
        split_charge(session, CLERK, charge.id, Decimal("0.5"))
    assert refused.value.code == "QUANTITY_OUTSIDE"


def test_what_is_billed_or_missing_is_not_split(session: TenantSession, charge: Charge) -> None:
    mark_billed(session, Charge.id == charge.id)
    with pytest.raises(Refused):
        split_charge(session, CLERK, charge.id, Decimal("0.5"))
    with pytest.raises(NotFound):
        split_charge(session, CLERK, uuid7(), Decimal("0.5"))


def test_revaluing_renews_the_rate_of_what_is_not_billed(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer = books.customer()
    contract = books.contract(customer, books.administration())
    ticket = books.ticket(customer, contract)
    first, second = work(ticket, minutes=60), work(ticket, minutes=90)
    mark_billed(session, Charge.id == first.id)
    contract.terms = {"primary_rate": "100"}
    session.flush()
    results = revalue(session, CLERK, Charge.contract_id == contract.id)
    assert sorted(one.code for one in results) == ["", "TRANSITION_REFUSED"]
    session.expire_all()
    assert (first.net, second.net) == amounts("90 150")
    event = session.scalars(select(AuditEvent)).one()
    assert event.action == "charge.revalue"


def test_cost_lines_are_revalued_at_a_price(books: Books, session: TenantSession) -> None:
    project = books.project(books.customer(), books.administration())
    line = books.charge(project, "100", quantity=Decimal(4), unit_price=Decimal(25))
    revalue(session, CLERK, Charge.id == line.id, unit_price=Decimal(30))
    session.expire_all()
    assert (line.unit_price, line.net) == amounts("30 120")


def test_deleting_is_refused_for_what_is_computed_or_billed(
    books: Books, session: TenantSession, charge: Charge
) -> None:
    fee = books.charge(books.contract(books.customer(), books.administration()), kind="fee")
    with pytest.raises(Refused) as computed:
        delete_charge(session, CLERK, fee.id)
    assert computed.value.code == "COMPUTED_CHARGE"
    mark_billed(session, Charge.id == charge.id)
    with pytest.raises(Conflict) as billed:
        delete_charge(session, CLERK, charge.id)
    assert billed.value.code == "RECORD_BILLED"
