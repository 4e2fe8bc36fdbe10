"""Work that moves from one block to another takes its overage along."""

import pytest
from sqlalchemy import select
from tests.charges.block import HOURS, TODAY, Work, block
from tests.fixtures.books import Books

from bordereau.catalog.tables import Contract, Customer, Ticket
from bordereau.charges import Charge, TicketRecord, rate, save_tickets
from bordereau.store import TenantSession


@pytest.fixture
def two(books: Books, session: TenantSession) -> tuple[Ticket, Contract, Ticket, Ticket]:
    """A ticket with overage on one block, another block, and a ticket on each of them."""
    first, ticket = block(books, HOURS)
    customer = session.scalars(select(Customer).where(Customer.id == first.customer_id)).one()
    second = books.contract(
        customer,
        books.administration(),
        type=first.type,
        billing_period="Monthly",
        start=first.start,
        terms=HOURS,
    )
    return ticket, second, books.ticket(customer, first), books.ticket(customer, second)


def overage(session: TenantSession) -> list[tuple[object, object, object]]:
    session.expire_all()
    query = select(Charge).where(Charge.kind == "overage").order_by(Charge.net)
    return [(one.contract_id, one.ticket_id, one.net) for one in session.scalars(query)]


def test_the_overage_of_an_entry_follows_it_to_the_ticket_of_another_block(
    session: TenantSession, work: Work, two: tuple[Ticket, Contract, Ticket, Ticket]
) -> None:
    ticket, second, _, other = two
    work(ticket, "2026-09-20T09:00", 12 * 60, key="E")
    rate(session, until=TODAY)
    work(other, "2026-09-20T09:00", 12 * 60, key="E")
    assert overage(session) == [(second.id, other.id, 260)]


def test_the_overage_of_a_ticket_follows_it_to_another_block_and_stays_there(
    session: TenantSession, work: Work, two: tuple[Ticket, Contract, Ticket, Ticket]
) -> None:
    ticket, second, same, other = two
    work(ticket, "2026-09-20T09:00", 12 * 60)
    rate(session, until=TODAY)
    customer = session.scalars(select(Customer).where(Customer.id == ticket.customer_id)).one()
    record = TicketRecord(
        code=ticket.code,
        title=ticket.title,
        customer=customer.code,
        contract=second.code,
        status="Resolved",
    )
    assert save_tickets(session, {1: record}).changed == 1
    assert overage(session) == [(second.id, ticket.id, 260)]
    work(same, "2026-09-21T09:00", 60)
    work(other, "2026-09-21T09:00", 60)
    assert overage(session) == [(second.id, other.id, 130), (second.id, ticket.id, 260)]
