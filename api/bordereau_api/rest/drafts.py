"""Pro forma drafts: filled with ready charges, edited, released, invoiced."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy import select

from bordereau.catalog.tables import Customer
from bordereau.charges import Charge
from bordereau.drafts import (
    delete_draft,
    fill_drafts,
    get_draft,
    lines_of,
    postpone,
    release,
    resume,
)
from bordereau.drafts.finding import OPEN
from bordereau.drafts.tables import Draft, DraftLine
from bordereau.invoices.rules.grouping import LineLevel
from bordereau.store import TenantSession
from bordereau.tenancy import Right, today
from bordereau.tenancy.tables import Administration
from bordereau_api.rest.batches import Biller
from bordereau_api.rest.call import Call, IfMatch, Needs, Reader, must_exist, must_match, tag
from bordereau_api.rest.paging import Paged, page
from bordereau_api.rest.shapes import (
    AdministrationId,
    ChargeId,
    CustomerId,
    DraftId,
    Figure,
    Filter,
    InvoiceId,
    LineId,
    Page,
    Shape,
)

router = APIRouter(prefix="/drafts", tags=["drafts"])
Drafter = Annotated[Call, Depends(Needs(Right.DRAFT))]
MANY = 1_000


class DraftOut(Shape):
    """A pro forma; `state` is new, released, changed, delayed, invoiced or deleted."""

    id: DraftId
    administration: AdministrationId
    customer: CustomerId
    state: str
    period_start: date | None
    period_end: date | None
    delayed_until: date | None
    invoiced_reason: str
    released_by: str
    released_at: datetime | None
    created_at: datetime
    version: int


class DraftLineOut(Shape):
    """A line and what is to become of it (`method`); the charge stays as it was recorded."""

    id: LineId
    charge: ChargeId
    method: str
    name: str
    quantity: Figure
    unit: str
    unit_price: Figure
    net: Figure
    reason: str


class DraftWithLines(DraftOut):
    """A draft and its lines."""

    lines: list[DraftLineOut]


class DraftsShown(Filter):
    """Which drafts to show; the open ones by default."""

    state: list[str] = Field(default_factory=lambda: list(OPEN))
    customer: CustomerId | None = None
    administration: AdministrationId | None = None


class FillIn(Shape):
    """Which ready charges of projects join drafts; all that match by default."""

    as_of: date | None = None
    charges: list[ChargeId] | None = Field(None, max_length=MANY)
    administrations: list[AdministrationId] | None = None
    customers: list[CustomerId] | None = None


class RefusedOut(Shape):
    """A charge that stayed out, and why."""

    charge: ChargeId
    code: str


class FilledOut(Shape):
    """The drafts that got lines, how many joined, and which chosen ones stayed out."""

    drafts: list[DraftId]
    taken: int
    refused: list[RefusedOut]


class PostponeIn(Shape):
    """Until when a draft is put off."""

    until: date


class InvoiceDraftsIn(Shape):
    """Which released drafts become invoices, and how."""

    drafts: Annotated[list[DraftId], Field(min_length=1, max_length=MANY)]
    invoice_date: date | None = None
    line_level: LineLevel = LineLevel.ENTRY
    compress: bool = False


class InvoicedOut(Shape):
    """What became of a draft; `successor` holds the lines that were left for later."""

    draft: DraftId
    invoices: list[InvoiceId]
    reason: str
    successor: DraftId | None


@router.get("", name="list_drafts")
def get_drafts(call: Reader, paged: Paged, show: Annotated[DraftsShown, Query()]) -> Page[DraftOut]:
    """List drafts."""
    query = select(Draft).where(Draft.state.in_(show.state))
    if show.customer is not None:
        query = query.where(Draft.customer_id == show.customer)
    if show.administration is not None:
        query = query.where(Draft.administration_id == show.administration)
    with call.session() as session:
        return page(session, query, [Draft.id], paged, _shape)


@router.post("/fill", response_model=FilledOut, name="fill_drafts")
def fill(call: Drafter, body: FillIn) -> Response:
    """Put ready charges into the one open draft of each client."""

    def work(session: TenantSession) -> FilledOut:
        must_exist(session, Charge, body.charges or (), "charge")
        must_exist(session, Administration, body.administrations or (), "administration")
        must_exist(session, Customer, body.customers or (), "customer")
        made = fill_drafts(
            session,
            call.actor,
            as_of=body.as_of or today(session),
            charge_ids=body.charges,
            administration_ids=body.administrations,
            customer_ids=body.customers,
        )
        refused = [RefusedOut(charge=id_, code=code) for id_, code in made.refused.items()]
        return FilledOut(drafts=list(made.draft_ids), taken=made.taken, refused=refused)

    return call.once(work, 200)


@router.post("/invoice", response_model=Page[InvoicedOut], name="invoice_drafts")
def invoice_released(call: Biller, body: InvoiceDraftsIn) -> Response:
    """Make the invoices of released drafts; numbered at once where the administration says so."""

    def work(session: TenantSession) -> Page[InvoicedOut]:
        made = call.house.invoice_drafts(
            session,
            call.actor,
            body.drafts,
            invoice_date=body.invoice_date or today(session),
            line_level=body.line_level,
            compress=body.compress,
        )
        return Page(
            data=[
                InvoicedOut(
                    draft=one.draft_id,
                    invoices=list(one.invoice_ids),
                    reason=one.reason,
                    successor=one.successor_id,
                )
                for one in made
            ]
        )

    return call.once(work, 200)


@router.get("/{draft_id}")
def read_draft(call: Reader, draft_id: DraftId, response: Response) -> DraftWithLines:
    """Return a draft and its lines."""
    with call.session() as session:
        found = with_lines(session, draft_id)
        tag(response, found.version)
        return found


@router.post("/{draft_id}/release", response_model=DraftWithLines)
def release_draft(call: Drafter, draft_id: DraftId, if_match: IfMatch = None) -> Response:
    """Allow invoices to be made from a draft; `If-Match` says which version was seen."""

    def work(session: TenantSession) -> DraftWithLines:
        must_match(if_match, get_draft(session, draft_id, lock=True).version)
        release(session, call.actor, draft_id)
        return with_lines(session, draft_id)

    return call.once(work, 200)


@router.post("/{draft_id}/postpone", response_model=DraftWithLines)
def postpone_draft(call: Drafter, draft_id: DraftId, body: PostponeIn) -> Response:
    """Put an unreleased draft off until a day."""

    def work(session: TenantSession) -> DraftWithLines:
        postpone(session, call.actor, draft_id, until=body.until)
        return with_lines(session, draft_id)

    return call.once(work, 200)


@router.post("/{draft_id}/resume", response_model=DraftWithLines)
def resume_draft(call: Drafter, draft_id: DraftId) -> Response:
    """Take a postponed draft up again."""

    def work(session: TenantSession) -> DraftWithLines:
        resume(session, call.actor, draft_id)
        return with_lines(session, draft_id)

    return call.once(work, 200)


@router.delete("/{draft_id}")
def remove_draft(call: Drafter, draft_id: DraftId) -> DraftOut:
    """Give a draft up; its charges are back on the to-bill list."""
    with call.session() as session:
        return _shape(delete_draft(session, call.actor, draft_id))


def with_lines(session: TenantSession, draft_id: DraftId) -> DraftWithLines:
    """Return a draft and its lines.

    Raises:
        NotFound: the tenant has no such draft.

    """
    session.flush()
    row = get_draft(session, draft_id)
    session.refresh(row)
    lines = [shape_line(one) for one in lines_of(session, row)]
    return DraftWithLines(**_shape(row).model_dump(), lines=lines)


def shape_line(row: DraftLine) -> DraftLineOut:
    """Return a line as it is answered."""
    plain = {name: getattr(row, name, None) for name in DraftLineOut.model_fields}
    return DraftLineOut(**plain | {"charge": row.charge_id})


def _shape(row: Draft) -> DraftOut:
    plain = {name: getattr(row, name, None) for name in DraftOut.model_fields}
    ids = {"administration": row.administration_id, "customer": row.customer_id}
    return DraftOut(**plain | ids)
