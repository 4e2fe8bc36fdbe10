"""Rules about tickets: opened, resolved, reopened, linked to another contract."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import Base, some
from tests.machine.blocks import settled_entries
from tests.machine.desk import CLERK
from tests.machine.moving import move_ticket
from tests.machine.things import NOBODY, Item, Ticket
from tests.machine.world import CUSTOMERS

from bordereau.charges import (
    TicketRecord,
    reopen_ticket,
    resolve_ticket,
    save_tickets,
)

MOST = 6


class TicketRules(Base):
    """What a service desk does."""

    @precondition(lambda self: len(self.model.tickets) < MOST)
    @rule(
        customer=st.sampled_from(sorted(CUSTOMERS)),
        number=st.integers(0, MOST),
        resolved=st.booleans(),
    )
    def add_ticket(self, customer: str, number: int, *, resolved: bool) -> None:
        """Open a ticket on one of the customer's contracts, if there is one."""
        contracts = [one for one in self.model.contracts.values() if one.customer == customer]
        made = Ticket(
            code=self.model.code("T"),
            id=NOBODY,
            customer=customer,
            contract=contracts[number % len(contracts)].code if contracts else None,
            resolved=resolved,
        )
        self.save_ticket("", made)
        made.id = self.desk.id_of("ticket", made.code)
        self.model.tickets[made.code] = made

    def save_ticket(self, expected: str, one: Ticket) -> None:
        record = TicketRecord(
            code=one.code,
            title=f"About {one.code}",
            customer=one.customer,
            contract=one.contract,
            status="Resolved" if one.resolved else "Open",
        )
        self.desk.save(expected, lambda session: save_tickets(session, {1: record}))

    def work_of(self, ticket: Ticket) -> list[Item]:
        return [item for item in self.model.items.values() if item.ticket == ticket.code]

    @precondition(lambda self: self.model.tickets)
    @rule(code=some(lambda self: self.model.tickets))
    def resolve_or_reopen(self, code: str) -> None:
        """Turn the status round; a ticket with reserved work cannot be reopened."""
        ticket = self.model.tickets[code]
        reserved = any(item.state == "reserved" for item in self.work_of(ticket))
        expected = "TICKET_RESERVED" if reserved and ticket.resolved else ""
        change = reopen_ticket if ticket.resolved else resolve_ticket
        self.desk.do(expected, lambda session: change(session, CLERK, ticket.id))
        if not expected:
            ticket.resolved = not ticket.resolved
            self.model.refresh(self.work_of(ticket))

    @precondition(lambda self: self.model.tickets)
    @rule(code=some(lambda self: self.model.tickets), number=st.integers(0, MOST))
    def move_a_ticket(self, code: str, number: int) -> None:
        """Link a ticket to another contract of its customer, or to none."""
        ticket = self.model.tickets[code]
        codes = [
            one.code for one in self.model.contracts.values() if one.customer == ticket.customer
        ]
        to = [None, *codes][number % (len(codes) + 1)]
        states = {item.state for item in self.work_of(ticket)}
        expected = ""
        if to != ticket.contract:
            expected = "RECORD_BILLED" if "billed" in states else ""
            expected = "TICKET_RESERVED" if "reserved" in states else expected
        before, ticket.contract = ticket.contract, to
        self.save_ticket(expected, ticket)
        if expected:
            ticket.contract = before
        elif to != before:
            self.model.rewrite(before)
            move_ticket(self.model, ticket, before, settled_entries(self.desk))
        self.model.refresh(self.work_of(ticket))
