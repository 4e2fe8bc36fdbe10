"""Pro forma drafts: filled with ready charges, edited, released, invoiced."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
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
from bordereau.drafts.tables import Draft, DraftLine
from bordereau.store import TenantSession
from bordereau.tenancy import Right, billing_day, today
from bordereau.tenancy.tables import Administration
from bordereau_api.rest.batches import Biller
from bordereau_api.rest.call import Call, Needs, Reader, tag
from bordereau_api.rest.draft_shapes import (
    DraftLineOut,
    DraftOut,
    DraftsShown,
    DraftWithLines,
    FilledOut,
    FillIn,
    InvoicedOut,
    InvoiceDraftsIn,
    PostponeIn,
    RefusedOut,
)
from bordereau_api.rest.paging import Paged, page
from bordereau_api.rest.requirements import IfMatch, must_exist, must_match
from bordereau_api.rest.shapes import (
    DraftId,
    Page,
)

router = APIRouter(prefix="/drafts", tags=["drafts"])
Drafter = Annotated[Call, Depends(Needs(Right.DRAFT))]


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
            as_of=billing_day(session, body.as_of),
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
            collect=body.collect,
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
        postpone(session, call.actor, draft_id, until=body.until, today=today(session))
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
    return DraftWithLines.from_row(row, lines=lines)


def shape_line(row: DraftLine) -> DraftLineOut:
    """Return a line as it is answered."""
    return DraftLineOut.from_row(row)


def _shape(row: Draft) -> DraftOut:
    return DraftOut.from_row(row)
