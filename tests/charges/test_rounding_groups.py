"""Time that is rounded over a ticket or a day: whoever leaves, the rest is rounded anew."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.charges.block import CLERK, Work
from tests.fixtures.books import Books

from bordereau.catalog.tables import Ticket
from bordereau.charges import (
    Charge,
    TicketRecord,
    delete_charge,
    mark_billed,
    save_tickets,
    split_charge,
)
from bordereau.store import TenantSession

SCOPES = pytest.mark.parametrize("scope", ["ticket", "day"])
HOURLY = {"type": "Hourly", "billing_period": "Monthly", "start": date(2026, 1, 1)}


def ticket_of(books: Books, scope: str) -> Ticket:
    customer = books.customer()
    contract = books.contract(
        customer,
        books.administration(),
        **HOURLY,
        terms={"primary_rate": "60"},
        time_step=15,
        time_scope=scope,
    )
    return books.ticket(customer, contract)


def beside(books: Books, session: TenantSession, ticket: Ticket, *, paid: bool = True) -> Ticket:
    """Another ticket of the customer, on the same contract or on none."""
    other = books.ticket(books.customer(), None)
    other.customer_id = ticket.customer_id
    other.contract_id = ticket.contract_id if paid else None
    session.flush()
    return other


def minutes(session: TenantSession) -> dict[str, int | None]:
    """Billable minutes by entry, without what was split."""
    session.expire_all()
    query = select(Charge.source_key, Charge.billable_minutes).where(Charge.state != "split")
    return {key.removeprefix("time:"): found for key, found in session.execute(query)}


@SCOPES
def test_a_group_is_rounded_again_when_an_entry_is_deleted(
    books: Books, session: TenantSession, work: Work, scope: str
) -> None:
    ticket = ticket_of(books, scope)
    work(ticket, "2026-10-05T09:00", 5, key="A")
    last = work(ticket, "2026-10-05T10:00", 5, key="B")
    assert minutes(session) == {"A": 5, "B": 10}
    delete_charge(session, CLERK, last.id)
    assert minutes(session) == {"A": 15}


@SCOPES
def test_a_group_is_rounded_again_when_an_entry_goes_to_another_day_or_ticket(
    books: Books, session: TenantSession, work: Work, scope: str
) -> None:
    ticket = ticket_of(books, scope)
    work(ticket, "2026-10-05T09:00", 5, key="A")
    work(ticket, "2026-10-05T10:00", 5, key="B")
    if scope == "day":
        work(ticket, "2026-10-06T10:00", 5, key="B")
    else:
        work(beside(books, session, ticket), "2026-10-05T10:00", 5, key="B")
    assert minutes(session) == {"A": 15, "B": 15}


def test_a_day_is_rounded_again_when_a_ticket_leaves_the_contract(
    books: Books, session: TenantSession, work: Work
) -> None:
    ticket = ticket_of(books, "day")
    leaving = beside(books, session, ticket)
    work(ticket, "2026-10-05T09:00", 5, key="A")
    work(leaving, "2026-10-05T10:00", 5, key="B")
    customer = books.customer()
    values = {"code": leaving.code, "title": "Moved", "customer": customer.code}
    record = TicketRecord.model_validate(values | {"contract": None, "status": "Resolved"})
    assert save_tickets(session, {1: record}).faults == []
    assert minutes(session) == {"A": 15, "B": 5}


@SCOPES
def test_the_parts_of_a_split_entry_count_in_its_group(
    books: Books, session: TenantSession, work: Work, scope: str
) -> None:
    ticket = ticket_of(books, scope)
    whole = work(ticket, "2026-10-05T09:00", 50, key="A")
    split_charge(session, CLERK, whole.id, Decimal("0.5"))
    mark_billed(session, Charge.parent_id.is_not(None))
    work(ticket, "2026-10-05T10:00", 5, key="B")
    assert minutes(session) == {"A/1": 30, "A/2": 30, "B": 0}
