"""Finding who pays for recorded work: from its ticket, from the contract it names, or both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, select, true

from bordereau.catalog.saving import Fault
from bordereau.catalog.tables import Ticket
from bordereau.charges.owner_reading import contracts_by_code, contracts_by_id, payers_by_customer
from bordereau.charges.owners import ContractFacts, Payer
from bordereau.charges.states import state_in
from bordereau.charges.tables import Charge
from bordereau.store import TenantSession, among

_SETTLING = ["time", "overage"]


@dataclass(frozen=True, slots=True)
class Named:
    """What a record names: a ticket, a contract, or both, by their codes."""

    ticket: str | None
    contract: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """Who pays, the ticket, and the end of the last settled period of the contract."""

    payer: Payer
    ticket_id: UUID | None
    settled_until: date | None


def find_payers(
    session: TenantSession, named: Mapping[int, Named]
) -> tuple[dict[int, Found], list[Fault]]:
    """Find payer and ticket of each record by line; what cannot be found is a fault."""
    tickets = _tickets(session, (one.ticket for one in named.values() if one.ticket))
    own = contracts_by_code(session, (one.contract for one in named.values() if one.contract))
    of_tickets = contracts_by_id(
        session, (t.contract_id for t in tickets.values() if t.contract_id)
    )
    payers = payers_by_customer(session, (ticket.customer_id for ticket in tickets.values()))
    contracts = own | {one.code: one for one in of_tickets.values()}
    settled = settled_until(session, (one.id for one in contracts.values()))
    found: dict[int, Found] = {}
    faults: list[Fault] = []
    for line, one in named.items():
        ticket = tickets.get(one.ticket or "")
        contract = own.get(one.contract or "")
        if fault := _unknown(line, one, ticket, contract):
            faults.append(fault)
            continue
        payer: Payer | None = contract
        if payer is None and ticket is not None:
            payer = of_tickets.get(ticket.contract_id) if ticket.contract_id else None
            payer = payer or payers.get(ticket.customer_id)
        if payer is None:
            said = "There is no administration to bill it."
            faults.append(Fault(line, "ticket", "NO_ADMINISTRATION", said))
            continue
        until = settled.get(payer.id) if isinstance(payer, ContractFacts) else None
        found[line] = Found(payer, ticket.id if ticket else None, until)
    return found, faults


def settled_until(session: TenantSession, contract_ids: Iterable[UUID]) -> dict[UUID, date]:
    """Return by contract the end of the last period of which work was billed."""
    wanted = func.unnest(literal(sorted(set(contract_ids)), ARRAY(Uuid))).column_valued(
        "contract_id"
    )
    last = (
        select(Charge.period_end)
        .where(
            Charge.contract_id == wanted,
            among(Charge.kind, _SETTLING),
            state_in("billed"),
            Charge.period_start.is_not(None),
        )
        .order_by(Charge.period_start.desc())
        .limit(1)
        .lateral()
    )
    found = session.execute(select(wanted, last.c.period_end).join(last, true()))
    return {contract_id: end for contract_id, end in found if end is not None}


def check_day(line: int, payer: Payer, day: date, column: str) -> Fault | None:
    """Refuse work on a day on which its contract does not run."""
    if isinstance(payer, ContractFacts) and not payer.covers(day):
        said = f"Contract {payer.code} runs from {payer.start} to {payer.end}, not on {day}."
        return Fault(line, column, "OUTSIDE_CONTRACT", said)
    return None


def _unknown(
    line: int, named: Named, ticket: Ticket | None, contract: ContractFacts | None
) -> Fault | None:
    if named.ticket and ticket is None:
        return Fault(line, "ticket", "UNKNOWN_TICKET", f"There is no ticket {named.ticket}.")
    if named.contract and contract is None:
        said = f"There is no contract {named.contract}."
        return Fault(line, "contract", "UNKNOWN_CONTRACT", said)
    if ticket and contract and contract.customer_id != ticket.customer_id:
        said = f"Contract {contract.code} belongs to another customer than ticket {ticket.code}."
        return Fault(line, "contract", "CONTRACT_OF_OTHER_CUSTOMER", said)
    return None


def _tickets(session: TenantSession, codes: Iterable[str]) -> dict[str, Ticket]:
    wanted = sorted(set(codes))
    found = session.scalars(
        select(Ticket).where(among(Ticket.code, wanted)).execution_options(populate_existing=True)
    )
    return {ticket.code: ticket for ticket in found}
