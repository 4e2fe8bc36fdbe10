"""The portal: links for customers, and what such a link shows; it can only be looked at (row B63).

A link arrives as `Authorization: Bearer bdp_…`. An API key opens nothing here but the making of
links, and a link opens nothing anywhere else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import AwareDatetime
from starlette.exceptions import HTTPException

from bordereau.errors import Forbidden
from bordereau.portal import (
    Scope,
    SharedInvoice,
    make_link,
    open_link,
    shared_invoice,
    shared_invoices,
)
from bordereau.store import TenantSession
from bordereau.tenancy import Right
from bordereau_api.rest.call import Call, Needs, bearer
from bordereau_api.rest.files import document_answer, file_answer
from bordereau_api.rest.paging import Paged, page_of, read_cursor
from bordereau_api.rest.shapes import CustomerId, InvoiceId, Money, Page, ProjectId, Shape
from bordereau_api.wiring import House

router = APIRouter(prefix="/portal", tags=["portal"])
Sharer = Annotated[Call, Depends(Needs(Right.SHARE))]


class LinkIn(Shape):
    """A new link, for one customer or for one project, of 90 days at most."""

    customer: CustomerId | None = None
    project: ProjectId | None = None
    expires_at: AwareDatetime


class NewLink(Shape):
    """A new link; keep `text`, it is not shown again and left out of a repeated answer."""

    text: str | None = None


class SharedInvoiceOut(Shape):
    """An invoice (kind 380) or credit note (381) that a link shows."""

    id: InvoiceId
    kind: str
    number: str
    issue_date: date
    due_date: date | None
    net: Money
    tax: Money
    total: Money


@dataclass(frozen=True, slots=True)
class Visit:
    """One request with a link."""

    house: House
    scope: Scope

    @contextmanager
    def session(self) -> Iterator[TenantSession]:
        """Read in one transaction of the tenant whose invoices they are."""
        with self.house.database.tenant(self.scope.tenant_id) as session:
            yield session


def visit(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Visit:
    """Say what the link shows.

    Raises:
        HTTPException: 401 without a link that is valid now.

    """
    house: House = request.app.state.house
    try:
        text = credentials.credentials if credentials else ""
        return Visit(house, open_link(house.database, house.keys, text))
    except Forbidden as refusal:
        raise HTTPException(401, refusal.message, {"WWW-Authenticate": "Bearer"}) from refusal


Visitor = Annotated[Visit, Depends(visit)]


@router.post("/links", status_code=201, response_model=NewLink)
def create_portal_link(call: Sharer, body: LinkIn) -> Response:
    """Make a link that shows the issued invoices of a customer or of a project."""

    def work(session: TenantSession) -> NewLink:
        text = make_link(
            session,
            call.actor,
            call.house.keys,
            customer_id=body.customer,
            project_id=body.project,
            expires_at=body.expires_at,
        )
        return NewLink(text=text)

    return call.once(work, hide={"text"})


@router.get("/invoices")
def list_shared_invoices(visit: Visitor, paged: Paged) -> Page[SharedInvoiceOut]:
    """List the invoices that the link shows, newest first; send the link as the bearer."""
    place = read_cursor(paged.cursor, [UUID])
    with visit.session() as session:
        after = place[0] if place else None
        found = shared_invoices(session, visit.scope, after=after, limit=paged.limit + 1)
    return page_of([_shape(one) for one in found], paged, lambda one: [one.id])


@router.get("/invoices/{invoice_id}", response_class=Response)
def get_shared_invoice(visit: Visitor, invoice_id: InvoiceId) -> Response:
    """Return the canonical document byte by byte as issued; send the link as the bearer."""
    with visit.session() as session:
        found = shared_invoice(session, visit.scope, invoice_id)
    return document_answer(found.text.encode(), found.sha256)


@router.get("/invoices/{invoice_id}/pdf", response_class=Response)
def get_shared_invoice_pdf(visit: Visitor, invoice_id: InvoiceId) -> Response:
    """Return the PDF, as it was carried or made now; send the link as the bearer."""
    with visit.session() as session:
        shared_invoice(session, visit.scope, invoice_id)
    return file_answer(visit.house, visit.scope.tenant_id, invoice_id)


def _shape(row: SharedInvoice) -> SharedInvoiceOut:
    money = {name: Money.of(getattr(row, name), row.currency) for name in ("net", "tax", "total")}
    return SharedInvoiceOut.from_row(row, **money)
