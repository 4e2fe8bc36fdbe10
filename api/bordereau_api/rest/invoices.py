"""Invoices: listed, read, seen as the document they are; their displayed status."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy import ColumnElement, select

from bordereau.catalog.tables import Layout
from bordereau.contract import Status, to_canonical
from bordereau.invoices import change_status, document_of
from bordereau.invoices.tables import Invoice
from bordereau.output import tell_changes
from bordereau.output.preview import PDF
from bordereau.store import TenantSession
from bordereau.tenancy import Right
from bordereau_api.rest.call import Call, Needs, Reader, tag
from bordereau_api.rest.files import document_answer, file_answer
from bordereau_api.rest.invoice_shapes import (
    WITHOUT_DOCUMENT,
    InvoiceOut,
    InvoiceWithLines,
    shape,
    with_lines,
)
from bordereau_api.rest.paging import Paged, page
from bordereau_api.rest.requirements import must_exist
from bordereau_api.rest.shapes import (
    AdministrationId,
    BatchId,
    ContractId,
    CustomerId,
    Filter,
    InvoiceId,
    LayoutId,
    Page,
    ProjectId,
    Shape,
)

router = APIRouter(prefix="/invoices", tags=["invoices"])
StatusChanger = Annotated[Call, Depends(Needs(Right.CHANGE_STATUS))]


class InvoicesShown(Filter):
    """Which invoices to show; proposals are shown only by their batch or state."""

    batch: BatchId | None = None
    administration: AdministrationId | None = None
    customer: CustomerId | None = None
    contract: ContractId | None = None
    project: ProjectId | None = None
    original: InvoiceId | None = Field(None, description="The credit notes of an invoice.")
    state: list[str] = Field(default_factory=list)
    status: list[str] = Field(default_factory=list)
    kind: str = Field("", description="380 for invoices, 381 for credit notes.")
    number: str = Field("", max_length=100, description="The beginning of a number.")
    issued_from: date | None = None
    issued_to: date | None = None


class StatusIn(Shape):
    """A status set by hand, and why."""

    status: Status
    reason: Annotated[str, Field(max_length=1000)]


@router.get("")
def list_invoices(
    call: Reader, paged: Paged, show: Annotated[InvoicesShown, Query()]
) -> Page[InvoiceOut]:
    """List invoices, newest first."""
    query = select(Invoice).where(*_wanted(show)).options(WITHOUT_DOCUMENT)
    with call.session() as session:
        return page(session, query, [Invoice.id], paged, shape, newest_first=True)


@router.get("/{invoice_id}")
def get_invoice(call: Reader, invoice_id: InvoiceId, response: Response) -> InvoiceWithLines:
    """Return an invoice with lines, taxes, facts and the history of its status."""
    with call.session() as session:
        found = with_lines(session, invoice_id)
        tag(response, found.version)
        return found


@router.get("/{invoice_id}/document", response_class=Response)
def get_invoice_document(call: Reader, invoice_id: InvoiceId) -> Response:
    """Return the canonical document: byte by byte as issued, or as it would be issued now."""
    with call.session() as session:
        found = session.execute(
            select(Invoice.document, Invoice.document_sha256).where(Invoice.id == invoice_id)
        ).one_or_none()
        text = found.document if found else None
        content = text.encode() if text else to_canonical(document_of(session, invoice_id))
    return document_answer(content, (found.document_sha256 if found else None) or "")


@router.get("/{invoice_id}/file", response_class=Response)
def get_invoice_file(
    call: Reader,
    invoice_id: InvoiceId,
    media_type: Annotated[str, Query(max_length=100)] = PDF,
    layout: LayoutId | None = None,
) -> Response:
    """Return the file of an invoice: as it was carried, or made now; nothing is sent."""
    with call.session() as session:
        must_exist(session, Layout, [layout] if layout else (), "layout")
    return file_answer(
        call.house, call.tenant_id, invoice_id, media_type=media_type, layout_id=layout
    )


@router.post("/{invoice_id}/status", response_model=InvoiceWithLines)
def set_invoice_status(call: StatusChanger, invoice_id: InvoiceId, body: StatusIn) -> Response:
    """Set the displayed status by hand; it shows until the next send, export or payment."""

    def work(session: TenantSession) -> InvoiceWithLines:
        changed = change_status(
            session, invoice_id, body.status, reason=body.reason, actor=call.actor
        )
        tell_changes(session, call.house.enqueue, [changed])
        return with_lines(session, invoice_id)

    return call.once(work, 200)


def _wanted(show: InvoicesShown) -> Iterator[ColumnElement[bool]]:
    for name in ("batch", "administration", "customer", "contract", "project", "original"):
        if (id_ := getattr(show, name)) is not None:
            yield getattr(Invoice, f"{name}_id") == id_
    if show.state:
        yield Invoice.state.in_(show.state)
    elif show.batch is None:
        yield Invoice.state != "proposed"
    if show.status:
        yield Invoice.status.in_(show.status)
    if show.kind:
        yield Invoice.kind == show.kind
    if show.number:
        yield Invoice.number.startswith(show.number, autoescape=True)
    if show.issued_from:
        yield Invoice.issue_date >= show.issued_from
    if show.issued_to:
        yield Invoice.issue_date <= show.issued_to
