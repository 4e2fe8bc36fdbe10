"""Contracts, projects and tickets: what work is done for.

A POST adds a thing or changes the one with its code; fields that are left out stay as they are.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from bordereau.catalog import ProjectRecord
from bordereau.catalog.tables import Contract, Customer, Project, TaxCode, Ticket
from bordereau.charges import (
    ContractRecord,
    TicketRecord,
    reopen_ticket,
    resolve_ticket,
    save_contracts,
    save_projects,
    save_tickets,
)
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau_api.rest.call import Reader
from bordereau_api.rest.catalog import Cataloguer
from bordereau_api.rest.catalogued import Catalogued
from bordereau_api.rest.paging import Paged
from bordereau_api.rest.shapes import ContractId, CustomerId, Page, ProjectId, TicketId

router = APIRouter(tags=["agreements"])
OfCustomer = Annotated[CustomerId | None, Query(description="Only those of a customer.")]


class ContractOut(ContractRecord):
    """A contract."""

    id: ContractId


class ProjectOut(ProjectRecord):
    """A project."""

    id: ProjectId


class TicketOut(TicketRecord):
    """A ticket."""

    id: TicketId


CONTRACTS = Catalogued(
    "contract",
    "ctr",
    Contract,
    ContractOut,
    save_contracts,
    {"customer": Customer, "administration": Administration, "tax_code": TaxCode},
)
PROJECTS = Catalogued(
    "project",
    "prj",
    Project,
    ProjectOut,
    save_projects,
    {"customer": Customer, "administration": Administration},
)
TICKETS = Catalogued(
    "ticket", "tkt", Ticket, TicketOut, save_tickets, {"customer": Customer, "contract": Contract}
)


@router.get("/contracts")
def list_contracts(
    call: Reader, paged: Paged, text: str = "", customer: OfCustomer = None
) -> Page[ContractOut]:
    """List the contracts."""
    of_customer = [Contract.customer_id == customer] if customer else []
    return CONTRACTS.page(call, paged, text, *of_customer)


@router.post("/contracts", status_code=201, response_model=ContractOut)
def save_contract(call: Cataloguer, body: ContractRecord) -> Response:
    """Add or change a contract; its unbilled charges follow at once, as far as it was rated."""
    return CONTRACTS.put(call, body)


@router.get("/contracts/{contract_id}")
def get_contract(call: Reader, contract_id: ContractId) -> ContractOut:
    """Return a contract."""
    with call.session() as session:
        return CONTRACTS.get(session, contract_id)


@router.get("/projects")
def list_projects(
    call: Reader, paged: Paged, text: str = "", customer: OfCustomer = None
) -> Page[ProjectOut]:
    """List the projects."""
    of_customer = [Project.customer_id == customer] if customer else []
    return PROJECTS.page(call, paged, text, *of_customer)


@router.post("/projects", status_code=201, response_model=ProjectOut)
def save_project(call: Cataloguer, body: ProjectRecord) -> Response:
    """Add or change a project; its unbilled lines follow."""
    return PROJECTS.put(call, body)


@router.get("/projects/{project_id}")
def get_project(call: Reader, project_id: ProjectId) -> ProjectOut:
    """Return a project."""
    with call.session() as session:
        return PROJECTS.get(session, project_id)


@router.get("/tickets")
def list_tickets(
    call: Reader,
    paged: Paged,
    text: str = "",
    customer: OfCustomer = None,
    contract: Annotated[ContractId | None, Query()] = None,
    status: str = "",
) -> Page[TicketOut]:
    """List the tickets."""
    wanted = [Ticket.customer_id == customer] if customer else []
    wanted += [Ticket.contract_id == contract] if contract else []
    wanted += [Ticket.status == status] if status else []
    return TICKETS.page(call, paged, text, *wanted)


@router.post("/tickets", status_code=201, response_model=TicketOut)
def save_ticket(call: Cataloguer, body: TicketRecord) -> Response:
    """Add or change a ticket; readiness and contract of its work follow."""
    return TICKETS.put(call, body)


@router.get("/tickets/{ticket_id}")
def get_ticket(call: Reader, ticket_id: TicketId) -> TicketOut:
    """Return a ticket."""
    with call.session() as session:
        return TICKETS.get(session, ticket_id)


@router.post("/tickets/{ticket_id}/resolve", response_model=TicketOut, name="resolve_ticket")
def resolve(call: Cataloguer, ticket_id: TicketId) -> Response:
    """Mark a ticket Resolved; its work becomes ready unless something else holds it."""

    def work(session: TenantSession) -> TicketOut:
        resolve_ticket(session, call.actor, ticket_id)
        session.flush()
        return TICKETS.get(session, ticket_id)

    return call.once(work, 200)


@router.post("/tickets/{ticket_id}/reopen", response_model=TicketOut, name="reopen_ticket")
def reopen(call: Cataloguer, ticket_id: TicketId) -> Response:
    """Open a ticket again; its unbilled work waits until it is resolved."""

    def work(session: TenantSession) -> TicketOut:
        reopen_ticket(session, call.actor, ticket_id)
        session.flush()
        return TICKETS.get(session, ticket_id)

    return call.once(work, 200)
