"""Recorded work that finds its contract later, or follows it when that changes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from tests.fixtures.books import Books

from bordereau.catalog import by_code
from bordereau.catalog.tables import Contract
from bordereau.charges import (
    Charge,
    ContractRecord,
    ProductRecord,
    TicketRecord,
    save_contracts,
    save_items,
    save_tickets,
    split_charge,
)
from bordereau.store import TenantSession
from bordereau.tenancy import Actor

HOURLY = {"primary_rate": "90", "additional_rates": {"Night": "135"}}
MONTHLY = {"type": "Hourly", "billing_period": "Monthly", "terms": HOURLY}
Work = Callable[..., Charge]


@pytest.mark.row("A23")
def test_work_without_a_contract_waits_until_its_ticket_gets_one(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer, administration = books.customer(), books.administration()
    ticket = books.ticket(customer, None)
    entry = work(ticket, minutes=120)
    assert (entry.holds, entry.net, entry.contract_id) == (["NO_CONTRACT"], Decimal(0), None)
    contract = books.contract(customer, administration, **MONTHLY)
    record = TicketRecord(
        code=ticket.code,
        title=ticket.title,
        customer=customer.code,
        contract=contract.code,
        status="Resolved",
    )
    assert save_tickets(session, {1: record}).changed == 1
    session.expire_all()
    assert (entry.holds, entry.net, entry.contract_id) == ([], Decimal(180), contract.id)
    assert entry.ready_on == date(2026, 11, 1)


def test_a_contract_that_cannot_take_the_work_leaves_it_without_one(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer, administration = books.customer(), books.administration()
    first = books.contract(customer, administration, **MONTHLY)
    other = books.contract(customer, administration)
    ticket = books.ticket(customer, first)
    day, night = work(ticket), work(ticket, rate="Night")
    move = TicketRecord(
        code=ticket.code,
        title=ticket.title,
        customer=customer.code,
        contract=other.code,
        status="Resolved",
    )
    save_tickets(session, {1: move})
    session.expire_all()
    assert (day.contract_id, day.period_start) == (other.id, None)
    assert (night.contract_id, night.holds) == (None, ["NO_CONTRACT"])


def test_the_parts_of_a_split_thing_are_worth_the_whole_on_another_contract(
    books: Books, session: TenantSession
) -> None:
    customer, administration = books.customer(), books.administration()
    first, other = (books.contract(customer, administration) for _ in range(2))
    ticket = books.ticket(customer, first)
    thing = ProductRecord(
        key="P1",
        ticket=ticket.code,
        day=date(2026, 10, 5),
        description="Cable",
        quantity=Decimal(1),
        unit_price=Decimal("17.49"),
    )
    save_items(session, {1: thing})
    whole = session.scalars(select(Charge)).one()
    parts = split_charge(session, Actor.installation("clerk"), whole.id, Decimal("0.5"))
    move = TicketRecord(
        code=ticket.code,
        title=ticket.title,
        customer=customer.code,
        contract=other.code,
        status="Resolved",
    )
    save_tickets(session, {1: move})
    session.expire_all()
    assert [one.contract_id for one in parts] == [other.id] * 2
    assert sum(one.net for one in parts) == Decimal("17.49")


@pytest.mark.row("A23")
def test_recorded_work_follows_its_contract(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer, administration, tax = books.customer(), books.administration(), books.tax_code()
    values = {
        "code": "K1",
        "name": "Support",
        "customer": customer.code,
        "administration": administration.code,
        "taxable": False,
        "start": "2026-01-01",
        **MONTHLY,
    }
    save_contracts(session, {1: ContractRecord.model_validate(values)})
    entry = work(books.ticket(customer, by_code(session, Contract, "K1")))
    changed = values | {"taxable": True, "tax_code": tax.code, "billing_period": "Quarterly"}
    assert save_contracts(session, {1: ContractRecord.model_validate(changed)}).changed == 1
    session.refresh(entry)
    assert (entry.tax_code_id, entry.period_end) == (tax.id, date(2027, 1, 1))
    off = ContractRecord.model_validate(changed | {"active": False})
    assert save_contracts(session, {1: off}).changed == 1
    session.refresh(entry)
    assert entry.holds == ["CONTRACT_INACTIVE"]


@pytest.mark.row("A10")
def test_a_corrected_end_brings_work_back_and_an_hour_keeps_its_price(
    books: Books, session: TenantSession, work: Work
) -> None:
    customer, administration = books.customer(), books.administration()
    values = {
        "code": "K1",
        "name": "Support",
        "customer": customer.code,
        "administration": administration.code,
        "taxable": False,
        "start": "2026-01-01",
        **MONTHLY,
    }

    def save(**changed: Any) -> None:
        record = ContractRecord.model_validate(values | changed)
        assert save_contracts(session, {1: record}).changed <= 1
        session.expire_all()

    save()
    contract = by_code(session, Contract, "K1")
    entry = work(books.ticket(customer, contract), minutes=120)
    save(end="2026-01-31")
    assert (entry.contract_id, entry.holds) == (None, ["NO_CONTRACT"])
    save(end="2027-12-31")
    assert (entry.contract_id, entry.holds, entry.net) == (contract.id, [], Decimal(180))
    dearer = {"primary_rate": "120"}
    save(end="2027-12-31", terms=dearer)
    save(end="2028-12-31", terms=dearer)
    assert (entry.unit_price, entry.net) == (Decimal(90), Decimal(180))  # until it is revalued
