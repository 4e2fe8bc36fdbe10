"""Revenue over months, and carrying forward what is not booked."""

from fastapi import APIRouter, Response

from bordereau.invoices.tables import Invoice
from bordereau.ledger import (
    book_revenue,
    carried,
    carry_forward,
    change_parts,
    parts_of,
    read_run,
    read_spread,
    spread,
    spreads_of,
)
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau_api.rest.call import Reader
from bordereau_api.rest.ledger import Poster
from bordereau_api.rest.ledger_shapes import SpreadId
from bordereau_api.rest.paging import Paged, page_of, read_cursor
from bordereau_api.rest.requirements import must_exist
from bordereau_api.rest.revenue_shapes import (
    BookedOut,
    BookIn,
    CarryForwardId,
    CarryForwardOut,
    MovedOut,
    PartsIn,
    SpreadIn,
    SpreadOut,
    months_of,
)
from bordereau_api.rest.shapes import AdministrationId, InvoiceId, LineId, Page

router = APIRouter(tags=["ledger"])


@router.post("/invoice-lines/{line_id}/spread", status_code=201, response_model=SpreadOut)
def spread_line(call: Poster, line_id: LineId, body: SpreadIn) -> Response:
    """Spread the revenue of a posted line over months, through the suspense account."""

    def work(session: TenantSession) -> SpreadOut:
        made = spread(
            session,
            line_id,
            first=body.first,
            last=body.last,
            unit=body.unit,
            amounts=months_of(body.amounts),
            actor=call.actor,
        )
        session.refresh(made)
        return SpreadOut.of(made, parts_of(session, made.id))

    return call.once(work)


@router.get("/invoices/{invoice_id}/spreads")
def list_spreads(call: Reader, invoice_id: InvoiceId) -> Page[SpreadOut]:
    """List the spread revenue of an invoice, with its parts."""
    with call.session() as session:
        must_exist(session, Invoice, [invoice_id], "invoice")
        found = spreads_of(session, invoice_id)
        return Page(data=[SpreadOut.of(one, parts_of(session, one.id)) for one in found])


@router.get("/spreads/{spread_id}")
def get_spread(call: Reader, spread_id: SpreadId) -> SpreadOut:
    """Return spread revenue with its parts."""
    with call.session() as session:
        return SpreadOut.of(read_spread(session, spread_id), parts_of(session, spread_id))


@router.post("/spreads/{spread_id}/parts", response_model=SpreadOut)
def change_spread(call: Poster, spread_id: SpreadId, body: PartsIn) -> Response:
    """Change amounts of months that are still open; their sum stays the net amount."""

    def work(session: TenantSession) -> SpreadOut:
        parts = change_parts(session, spread_id, months_of(body.amounts), actor=call.actor)
        return SpreadOut.of(read_spread(session, spread_id), parts)

    return call.once(work, 200)


@router.post("/ledger/revenue-bookings", response_model=BookedOut)
def book_spread_revenue(call: Poster, body: BookIn) -> Response:
    """Book the parts of spread revenue whose day has come, out of the suspense account."""
    if body.administration is not None:
        with call.session() as session:
            must_exist(session, Administration, [body.administration], "administration")

    def work() -> BookedOut:
        found = book_revenue(
            call.house.database,
            call.tenant_id,
            until=body.until,
            actor=call.actor,
            administration_id=body.administration,
        )
        return BookedOut(booked=found.booked, closed=found.closed)

    return call.again(work)


@router.post(
    "/administrations/{administration_id}/carry-forward",
    status_code=201,
    response_model=CarryForwardOut,
)
def carry_administration_forward(call: Poster, administration_id: AdministrationId) -> Response:
    """Move what is not booked out of closed periods; invoice date, number and tax stay."""

    def work(session: TenantSession) -> CarryForwardOut:
        made = carry_forward(session, administration_id, actor=call.actor)
        session.refresh(made)
        return CarryForwardOut.of(made)

    return call.once(work)


@router.get("/carry-forwards/{carry_forward_id}")
def read_carry_forward(call: Reader, carry_forward_id: CarryForwardId) -> CarryForwardOut:
    """Return a carrying forward: when, by whom, and how much moved."""
    with call.session() as session:
        return CarryForwardOut.of(read_run(session, carry_forward_id))


@router.get("/carry-forwards/{carry_forward_id}/moved")
def list_moved(call: Reader, paged: Paged, carry_forward_id: CarryForwardId) -> Page[MovedOut]:
    """List what a carrying forward moved."""
    (after,) = read_cursor(paged.cursor, (int,)) or (0,)
    with call.session() as session:
        found = carried(session, carry_forward_id, after=after, limit=paged.limit + 1)
    return page_of([MovedOut.of(one) for one in found], paged, lambda one: (one.position,))
