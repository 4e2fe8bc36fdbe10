"""What is ready, what is not and why: the gate, the boxes and the balances."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from tests.fixtures.books import Books

from bordereau.catalog import CustomerRecord, TaxCodeRecord, WorkTypeRecord
from bordereau.charges import (
    Charge,
    ParticipantRecord,
    balances,
    is_ready,
    rate,
    reasons,
    refresh_holds,
    release,
    reopen_ticket,
    reserve,
    resolve_ticket,
    save_customers,
    save_participants,
    save_tax_codes,
    save_work_types,
)
from bordereau.errors import Conflict, Forbidden
from bordereau.store import TenantSession
from bordereau.tenancy import Actor

TODAY = date(2026, 11, 21)
CLERK = Actor.installation("clerk")
MONTHLY = {"type": "Hourly", "billing_period": "Monthly", "terms": {"primary_rate": "90"}}
RETAINER = {
    "type": "RetainerFlatFee",
    "billing_period": "Monthly",
    "terms": {"quantity": "10", "rate": "15"},
}
Work = Callable[..., Charge]


def is_ready_now(session: TenantSession, charge: Charge, day: date = TODAY) -> bool:
    """Ask the gate, and see that the reasons say the same."""
    session.refresh(charge)
    ready = session.scalar(select(is_ready(day)).where(Charge.id == charge.id))
    assert ready == (reasons(charge, day) == ())
    return bool(ready)


def codes(session: TenantSession, charge: Charge, day: date = TODAY) -> list[str]:
    is_ready_now(session, charge, day)
    return [one.code for one in reasons(charge, day)]


@pytest.mark.row("A57", "A23")
def test_resolving_the_ticket_makes_its_work_ready_at_once(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer = books.customer()
    contract = books.contract(customer, books.administration(), **MONTHLY)
    ticket = books.ticket(customer, contract, status="Open")
    entry = work(ticket)
    assert codes(session, entry) == ["TICKET_OPEN"]
    resolve_ticket(session, CLERK, ticket.id)
    assert is_ready_now(session, entry)
    reopen_ticket(session, CLERK, ticket.id)
    assert codes(session, entry) == ["TICKET_OPEN"]


def test_a_ticket_whose_work_is_reserved_is_not_reopened(
    books: Books, session: TenantSession, work: Work, new_batch: Callable[[], Any]
) -> None:
    customer = books.customer()
    ticket = books.ticket(customer, books.contract(customer, books.administration(), **MONTHLY))
    entry = work(ticket)
    reserve(session, new_batch(), Charge.id == entry.id)
    with pytest.raises(Conflict) as refused:
        reopen_ticket(session, CLERK, ticket.id)
    assert refused.value.code == "TICKET_RESERVED"
    release(session, Charge.id == entry.id)
    reopen_ticket(session, CLERK, ticket.id)
    with pytest.raises(Forbidden):
        resolve_ticket(session, Actor("reader", frozenset({"read"})), ticket.id)


@pytest.mark.row("A23")
def test_an_open_period_says_when_it_ends(books: Books, session: TenantSession, work: Work) -> None:
    customer = books.customer()
    ticket = books.ticket(customer, books.contract(customer, books.administration(), **MONTHLY))
    entry = work(ticket, "2026-11-05T09:00")
    assert codes(session, entry) == ["PERIOD_OPEN"]
    [why] = reasons(entry, TODAY, "fr")
    assert why.ready_on == date(2026, 12, 1)
    assert why.text == "La période de facturation est encore ouverte. Prêt le 1 décembre 2026."
    assert is_ready_now(session, entry, date(2026, 12, 1))


@pytest.mark.row("A23", "A2")
def test_work_on_demand_waits_for_no_period(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer = books.customer()
    contract = books.contract(customer, books.administration(), billing_period="OnDemand")
    entry = work(books.ticket(customer, contract), "2026-11-20T09:00")
    assert is_ready_now(session, entry)


@pytest.mark.row("A23")
def test_a_contract_switched_off_holds_its_charges(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer = books.customer()
    contract = books.contract(customer, books.administration(), **MONTHLY)
    entry = work(books.ticket(customer, contract))
    contract.active = False
    assert refresh_holds(session, contract_ids=[contract.id]) == 1
    assert codes(session, entry) == ["CONTRACT_INACTIVE"]
    contract.active = True
    refresh_holds(session, contract_ids=[contract.id])
    assert is_ready_now(session, entry)


@pytest.mark.row("B22")
def test_a_customer_under_distance_selling_is_not_billed_automatically(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer = books.customer()
    entry = work(
        books.ticket(customer, books.contract(customer, books.administration(), **MONTHLY))
    )
    record = CustomerRecord(
        code=customer.code, name=customer.name, country="FR", distance_selling=True
    )
    assert save_customers(session, {1: record}).changed == 1
    assert codes(session, entry) == ["DISTANCE_SALE"]


@pytest.mark.row("B22")
def test_a_line_under_distance_selling_vat_is_not_billed_automatically(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer = books.customer(administration_id=books.administration().id)
    german = books.tax_code("19", country="DE")
    hourly = MONTHLY | {"tax_code_id": german.id, "billing_period": "OnDemand"}
    contract = books.contract(customer, books.administration(), **hourly)
    entry = work(books.ticket(customer, contract))
    work_type = books.work_type(tax_code_id=german.id)
    line = books.charge(books.project(customer, books.administration()), work_type_id=work_type.id)
    course = ParticipantRecord(
        key="1",
        customer=customer.code,
        day=date(2026, 10, 15),
        description="Anna",
        unit_price=Decimal(350),
        work_type=work_type.code,
    )
    save_participants(session, {1: course})
    items = session.scalars(select(Charge)).all()
    assert [codes(session, one) for one in (entry, line, *items)] == [[]] * 5
    oss = TaxCodeRecord(code=german.code, name="OSS", rate=Decimal(19), distance_selling=True)
    assert save_tax_codes(session, {1: oss}).changed == 1
    assert [codes(session, one) for one in items] == [["DISTANCE_SALE"]] * 3
    contract.taxable = False
    refresh_holds(session, contract_ids=[contract.id])
    assert codes(session, entry) == []


@pytest.mark.row("B22")
def test_a_charge_without_a_tax_follows_the_one_that_its_work_type_gets(
    books: Books, session: TenantSession
) -> None:
    work_type = books.work_type()
    charge = books.charge(
        books.project(books.customer(), books.administration()), work_type_id=work_type.id
    )
    afar = books.tax_code("19", distance_selling=True)
    record = WorkTypeRecord(code=work_type.code, name="W", tax_code=afar.code)
    assert save_work_types(session, {1: record}).changed == 1
    assert codes(session, charge) == ["DISTANCE_SALE"]


def test_all_reasons_show_together(books: Books, session: TenantSession, work: Work) -> None:
    customer = books.customer(distance_selling=True)
    contract = books.contract(customer, books.administration(), active=False, **MONTHLY)
    ticket = books.ticket(customer, contract, status="Pending")
    entry = work(ticket, "2026-11-05T09:00", chargeable=False)
    assert set(codes(session, entry)) == {
        "TICKET_OPEN",
        "PERIOD_OPEN",
        "NOT_CHARGEABLE",
        "DISTANCE_SALE",
        "CONTRACT_INACTIVE",
    }


@pytest.mark.row("A11", "A20", "A21", "A22")
def test_boxes_and_balances_of_contracts(books: Books, session: TenantSession, work: Work) -> None:
    administration = books.administration()

    def customer_with(start: date) -> tuple[Any, Any]:
        customer = books.customer()
        contract = books.contract(customer, administration, start=start, **RETAINER)
        return customer, contract

    _, black = customer_with(date(2026, 10, 1))
    _, lock = customer_with(date(2026, 11, 15))
    customer = books.customer()
    white = books.contract(customer, administration)
    work(books.ticket(customer, white), "2026-11-20T09:00", 20)
    empty = books.contract(customer, administration)
    rate(session, until=TODAY)
    found = {row.contract_id: row for row in session.execute(balances(TODAY))}
    boxes = {one: found[one].box for one in (black.id, lock.id, white.id)}
    assert boxes == {black.id: "black", lock.id: "lock", white.id: "white"}
    assert empty.id not in found
    assert (found[black.id].total_balance, found[black.id].ready_balance) == (300, 150)
    assert (found[lock.id].total_balance, found[lock.id].ready_balance) == (150, 0)
    assert (found[white.id].total_balance, found[white.id].minutes) == (Decimal(30), 20)
    tomorrow = {row.contract_id: row.box for row in session.execute(balances(date(2026, 12, 15)))}
    assert tomorrow[black.id] == tomorrow[lock.id] == "white"
