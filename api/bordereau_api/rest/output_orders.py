"""Output orders: which invoices leave, how, and how far they are."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select

from bordereau.batches import get_batch
from bordereau.errors import NotFound
from bordereau.output import (
    MODES,
    Planned,
    cancel,
    connected,
    order,
    planned_deliveries,
    progress,
    retry_failed,
)
from bordereau.output.reasons import text_of
from bordereau.output.tables import OutputOrder
from bordereau.store import TenantSession
from bordereau.tenancy import Right
from bordereau.values.ids import public_id
from bordereau_api.rest.call import Call, Needs, Reader
from bordereau_api.rest.options import options_of
from bordereau_api.rest.output_shapes import (
    ModeOut,
    OrderedOut,
    OrderIn,
    OrderOut,
    OrderWithProgress,
    PlannedOut,
    PlanOut,
    ProgressOut,
)
from bordereau_api.rest.paging import Paged, page
from bordereau_api.rest.shapes import (
    BatchId,
    Count,
    OrderId,
    Page,
)

router = APIRouter(tags=["output"])
Deliverer = Annotated[Call, Depends(Needs(Right.DELIVER))]
SHOWN = 200


@router.get("/delivery-modes")
def list_delivery_modes(call: Reader) -> Page[ModeOut]:
    """List the delivery modes."""
    with call.session() as session:
        possible = {one.key for one in connected(session, call.house.connections).possible()}
    modes = MODES.values()
    return Page(
        data=[ModeOut(key=one.key, title=one.title, possible=one.key in possible) for one in modes]
    )


@router.post("/output-orders/plan", response_model=PlanOut)
def plan_output(call: Reader, body: OrderIn) -> Response:
    """Show what an order would make; nothing is sent or kept."""

    def work(session: TenantSession) -> PlanOut:
        _must_have(session, body)
        found = planned_deliveries(
            session,
            call.house.connections,
            batch_id=body.batch,
            invoice_ids=body.invoices or None,
            options=options_of(call, session, body.options),
        )
        return _plan(found)

    return call.once(work, 200)


@router.post("/output-orders", status_code=201, response_model=OrderedOut)
def create_output_order(call: Deliverer, body: OrderIn) -> Response:
    """Send invoices on their way; what was ordered before is found, not made again."""

    def work(session: TenantSession) -> OrderedOut:
        name = _must_have(session, body)
        made = order(
            session,
            call.house.enqueue,
            call.house.connections,
            title=body.title or name,
            actor=call.actor,
            batch_id=body.batch,
            invoice_ids=body.invoices or None,
            options=options_of(call, session, body.options),
        )
        return OrderedOut(id=made.order_id, created=made.created, found=made.found)

    return call.once(work)


@router.get("/output-orders")
def list_output_orders(call: Reader, paged: Paged, batch: BatchId | None = None) -> Page[OrderOut]:
    """List the orders, newest first."""
    query = select(OutputOrder)
    if batch is not None:
        query = query.where(OutputOrder.batch_id == batch)
    with call.session() as session:
        return page(session, query, [OutputOrder.id], paged, _shape, newest_first=True)


@router.get("/output-orders/{order_id}")
def get_output_order(call: Reader, order_id: OrderId) -> OrderWithProgress:
    """Return an order and how far it is."""
    with call.session() as session:
        row = _order(session, order_id)
        return OrderWithProgress.from_row(row, progress=progress_of(session, order_id=order_id))


@router.post("/output-orders/{order_id}/retry", response_model=Count)
def retry_output_order(call: Deliverer, order_id: OrderId) -> Response:
    """Try again what was refused or held; tells how many deliveries go."""

    def work(session: TenantSession) -> Count:
        _order(session, order_id)
        house = call.house
        went = retry_failed(
            session, house.enqueue, house.connections, call.actor, order_id=order_id
        )
        return Count(count=went)

    return call.once(work, 200)


@router.post("/output-orders/{order_id}/cancel", response_model=Count)
def cancel_output_order(call: Deliverer, order_id: OrderId) -> Response:
    """Cancel what surely did not leave yet; tells how many deliveries."""

    def work(session: TenantSession) -> Count:
        _order(session, order_id)
        return Count(count=cancel(session, call.actor, order_id=order_id))

    return call.once(work, 200)


def progress_of(session: TenantSession, **which: Any) -> ProgressOut:
    """Return how far an order (`order_id`) or a batch (`batch_id`) is."""
    found = progress(session, **which)
    return ProgressOut(
        total=found.total,
        done=found.done,
        moving=found.moving,
        stuck=found.stuck,
        overdue=found.overdue,
        by_state=dict(found.by_state),
    )


def _must_have(session: TenantSession, body: OrderIn) -> str:
    """Return the name of the batch, which must exist."""
    return get_batch(session, body.batch).name if body.batch else "Invoices"


def _order(session: TenantSession, order_id: OrderId) -> OutputOrder:
    row = session.get(OutputOrder, (session.tenant_id, order_id))
    if row is None:
        raise NotFound("output order", public_id("ord", order_id))
    return row


def _shape(row: OutputOrder) -> OrderOut:
    return OrderOut.from_row(row)


def _plan(found: list[Planned]) -> PlanOut:
    states = [one.state for one in found]
    return PlanOut(
        deliveries=len(found),
        by_state={state: states.count(state) for state in sorted(set(states))},
        first=[
            PlannedOut.from_row(one, reason=text_of(one.code) if one.code else "")
            for one in found[:SHOWN]
        ],
    )
