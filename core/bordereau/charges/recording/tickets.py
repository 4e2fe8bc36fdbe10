"""Tickets: resolving one makes its work billable at once (row A57)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bordereau.catalog.fields import Code, Name, Record
from bordereau.catalog.saving import Fault, Guard, Reference, Row, Saved, lock, resolve, upsert
from bordereau.catalog.services import CUSTOMER, rows_of
from bordereau.catalog.tables import Contract, Ticket
from bordereau.charges.blocks.drawing import draw_at_once
from bordereau.charges.holds import refresh_holds
from bordereau.charges.recording.moving import move_to_tickets
from bordereau.charges.rules.readiness import RESOLVED_STATES
from bordereau.charges.states import state_in
from bordereau.charges.tables import Charge
from bordereau.errors import Conflict, NotFound
from bordereau.store import TenantSession, among
from bordereau.tenancy.accounts import account
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.audit import record_audit
from bordereau.tenancy.rights import Right
from bordereau.values.ids import public_id

CONTRACT = Reference("contract", Contract, "contract_id")
_REFERENCES = (CUSTOMER, CONTRACT)
_RESERVED = "A batch has reserved work of this ticket, so it cannot be reopened or moved."


class TicketRecord(Record):
    """A service ticket; without a contract its work cannot be billed (reason NO_CONTRACT).

    `resolved_at` without an offset is local time of the account.
    """

    code: Code
    title: Name
    customer: Code
    contract: Code | None = None
    status: Literal["Open", "Pending", "Resolved", "Closed"]
    resolved_at: datetime | None = None


def save_tickets(session: TenantSession, records: Mapping[int, TicketRecord]) -> Saved:
    """Add or change tickets by their code; readiness and contract of their work follow.

    A ticket of which a batch has reserved work cannot be reopened or moved (TICKET_RESERVED), one
    of which work was billed cannot move to another contract or customer (RECORD_BILLED).
    """
    lock(session, "charge")
    rows, given = rows_of(records, _REFERENCES)
    zone = ZoneInfo(account(session).time_zone)
    for row in rows.values():
        if row["resolved_at"] and row["resolved_at"].tzinfo is None:
            row["resolved_at"] = row["resolved_at"].replace(tzinfo=zone)
    faults = resolve(session, rows, _REFERENCES)
    faults += _strangers(session, rows)
    moved: dict[UUID, UUID | None] = {}
    saved = upsert(session, Ticket, rows, given, guard=_guard(session, rows, moved))
    saved.faults += faults
    if moved:
        move_to_tickets(session, moved)
    if saved.changed:
        refresh_holds(session, ticket_ids=saved.ids)
        before = [one for one in moved.values() if one]
        draw_at_once(session, ticket_ids=saved.ids, contract_ids=before)
    return saved


def resolve_ticket(session: TenantSession, actor: Actor, ticket_id: UUID) -> Ticket:
    """Mark a ticket Resolved; its work becomes ready unless something else holds it (row A57).

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such ticket.

    """
    return _set_status(session, actor, ticket_id, "Resolved")


def reopen_ticket(session: TenantSession, actor: Actor, ticket_id: UUID) -> Ticket:
    """Open a ticket again; its unbilled work waits until it is resolved.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such ticket.
        Conflict: TICKET_RESERVED.

    """
    return _set_status(session, actor, ticket_id, "Open")


def _set_status(session: TenantSession, actor: Actor, ticket_id: UUID, status: str) -> Ticket:
    actor.must(Right.CHANGE_CATALOG)
    lock(session, "charge")
    ticket = session.get(Ticket, (session.tenant_id, ticket_id), populate_existing=True)
    if ticket is None:
        raise NotFound("ticket", public_id("tkt", ticket_id))
    if status not in RESOLVED_STATES and "reserved" in _states(session, [ticket.code]).get(
        ticket_id, ()
    ):
        raise Conflict("TICKET_RESERVED", _RESERVED, hint="Delete the batch, or finish it.")
    ticket.status = status
    ticket.resolved_at = datetime.now(UTC) if status in RESOLVED_STATES else None
    record_audit(session, actor, f"ticket.{status.lower()}", ticket.code)
    refresh_holds(session, ticket_ids=[ticket_id])
    draw_at_once(session, ticket_ids=[ticket_id])
    return ticket


def _guard(
    session: TenantSession, rows: Mapping[int, Row], moved: dict[UUID, UUID | None]
) -> Guard:
    """Refuse what a batch or an invoice forbids; note tickets that change contract in `moved`."""
    taken = _states(session, [row["code"] for row in rows.values()])

    def guard(old: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[str, str] | None:
        states = taken.get(old["id"], set())
        reopens = changes.get("status", "Resolved") not in RESOLVED_STATES
        moves = bool({"contract_id", "customer_id"} & set(changes))
        if "reserved" in states and (reopens or moves):
            return "TICKET_RESERVED", _RESERVED
        if "billed" in states and moves:
            return "RECORD_BILLED", "Work of this ticket was billed, so it cannot move."
        if moves:
            moved[old["id"]] = old["contract_id"]
        return None

    return guard


def _states(session: TenantSession, codes: list[str]) -> dict[UUID | None, set[str]]:
    """Return which of the states reserved and billed charges of the tickets have."""
    found = session.execute(
        select(Charge.ticket_id, Charge.state)
        .join(Ticket, Ticket.id == Charge.ticket_id)
        .where(among(Ticket.code, codes), state_in("reserved", "billed"))
        .distinct()
    )
    states: dict[UUID | None, set[str]] = {}
    for ticket_id, state in found:
        states.setdefault(ticket_id, set()).add(state)
    return states


def _strangers(session: TenantSession, rows: dict[int, Row]) -> list[Fault]:
    """Take out tickets whose contract belongs to another customer."""
    wanted = {row["contract_id"] for row in rows.values() if row.get("contract_id")}
    found = session.execute(
        select(Contract.id, Contract.customer_id).where(among(Contract.id, sorted(wanted)))
    )
    customers = {row.id: row.customer_id for row in found}
    faults: list[Fault] = []
    for line in list(rows):
        contract_id, customer_id = rows[line].get("contract_id"), rows[line]["customer_id"]
        if contract_id and customers[contract_id] != customer_id:
            said = "The contract belongs to another customer than the ticket."
            faults.append(Fault(line, "contract", "CONTRACT_OF_OTHER_CUSTOMER", said))
            del rows[line]
    return faults
