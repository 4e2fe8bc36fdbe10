"""Deliveries: an invoice on its way through one connection; and the inbox of what waits."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import select

from bordereau.connections.tables import Connection
from bordereau.errors import NotFound
from bordereau.output import (
    Cause,
    attention,
    cancel,
    dismiss,
    resolve_unknown,
    retry_failed,
)
from bordereau.output.reasons import REASONS, text_of
from bordereau.output.tables import DeliveryAttempt, OutputOrder, StoredDelivery
from bordereau.store import TenantSession
from bordereau.values.ids import public_id
from bordereau_api.rest.call import Reader
from bordereau_api.rest.delivery_shapes import (
    AttemptOut,
    CauseOut,
    Decision,
    DeliveriesShown,
    DeliveryOut,
    DeliveryWithHistory,
    Named,
    Retry,
)
from bordereau_api.rest.output_orders import Deliverer
from bordereau_api.rest.paging import Paged, page
from bordereau_api.rest.requirements import must_exist
from bordereau_api.rest.shapes import (
    Count,
    DeliveryId,
    OrderId,
    Page,
)

router = APIRouter(tags=["output"])


@router.get("/deliveries")
def list_deliveries(
    call: Reader, paged: Paged, show: Annotated[DeliveriesShown, Query()]
) -> Page[DeliveryOut]:
    """List deliveries, oldest first."""
    query = select(StoredDelivery)
    for name in ("invoice", "order", "connection"):
        if (id_ := getattr(show, name)) is not None:
            query = query.where(getattr(StoredDelivery, f"{name}_id") == id_)
    if show.state:
        query = query.where(StoredDelivery.state.in_(show.state))
    if show.code:
        query = query.where(StoredDelivery.code == show.code)
    with call.session() as session:
        return page(session, query, [StoredDelivery.id], paged, shape)


@router.get("/deliveries/{delivery_id}")
def get_delivery(call: Reader, delivery_id: DeliveryId) -> DeliveryWithHistory:
    """Return a delivery with every answer it had."""
    with call.session() as session:
        return _with_history(session, delivery_id)


@router.post("/deliveries/{delivery_id}/resolve", response_model=DeliveryWithHistory)
def resolve_delivery(call: Deliverer, delivery_id: DeliveryId, body: Decision) -> Response:
    """Say what became of a delivery: it arrived, or send it again."""

    def work(session: TenantSession) -> DeliveryWithHistory:
        house = call.house
        resolve_unknown(
            session, house.enqueue, house.connections, call.actor, delivery_id, body.decision
        )
        return _with_history(session, delivery_id)

    return call.once(work, 200)


@router.post("/deliveries/{delivery_id}/dismiss", response_model=DeliveryWithHistory)
def dismiss_delivery(call: Deliverer, delivery_id: DeliveryId) -> Response:
    """Take a finished delivery off the list of what should be looked at."""

    def work(session: TenantSession) -> DeliveryWithHistory:
        dismiss(session, call.actor, delivery_id)
        return _with_history(session, delivery_id)

    return call.once(work, 200)


@router.post("/deliveries/retry", response_model=Count)
def retry_deliveries(call: Deliverer, body: Retry) -> Response:
    """Try again what was refused or held, after the cure; tells how many deliveries go."""

    def work(session: TenantSession) -> Count:
        _must_have(session, body)
        went = retry_failed(
            session,
            call.house.enqueue,
            call.house.connections,
            call.actor,
            order_id=body.order,
            code=body.code,
            connection_id=body.connection,
            delivery_ids=body.deliveries,
        )
        return Count(count=went)

    return call.once(work, 200)


@router.post("/deliveries/cancel", response_model=Count)
def cancel_deliveries(call: Deliverer, body: Named) -> Response:
    """Cancel deliveries that surely did not leave yet; tells how many."""

    def work(session: TenantSession) -> Count:
        must_exist(session, StoredDelivery, body.deliveries, "delivery")
        return Count(count=cancel(session, call.actor, delivery_ids=body.deliveries))

    return call.once(work, 200)


@router.get("/inbox")
def read_inbox(call: Reader, order: OrderId | None = None) -> Page[CauseOut]:
    """List what needs a person, grouped by cause, each with its cure."""
    with call.session() as session:
        return Page(data=[_cause(one) for one in attention(session, order_id=order)])


def shape(row: StoredDelivery) -> DeliveryOut:
    """Return a delivery as it is answered."""
    return DeliveryOut.from_row(row, **_why(row.code))


def _why(code: str) -> dict[str, str]:
    known = REASONS.get(code)
    return {"reason": text_of(code) if code else "", "fix": known.fix if known else ""}


def _with_history(session: TenantSession, delivery_id: DeliveryId) -> DeliveryWithHistory:
    session.flush()
    key = (session.tenant_id, delivery_id)
    row = session.get(StoredDelivery, key, populate_existing=True)
    if row is None:
        raise NotFound("delivery", public_id("dlv", delivery_id))
    attempts = session.scalars(
        select(DeliveryAttempt)
        .where(DeliveryAttempt.delivery_id == delivery_id)
        .order_by(DeliveryAttempt.attempt)
    )
    history = [AttemptOut.model_validate(one) for one in attempts]
    return DeliveryWithHistory.from_row(row, history=history, **_why(row.code))


def _must_have(session: TenantSession, body: Retry) -> None:
    must_exist(session, OutputOrder, [body.order] if body.order else (), "output order")
    must_exist(session, Connection, [body.connection] if body.connection else (), "connection")
    must_exist(session, StoredDelivery, body.deliveries or (), "delivery")


def _cause(one: Cause) -> CauseOut:
    return CauseOut(
        code=one.code,
        text=one.text,
        fix=one.fix,
        retry=one.retry,
        connection=one.connection_id,
        connection_name=one.connection,
        deliveries=one.deliveries,
        example=one.example,
        since=one.since,
    )
