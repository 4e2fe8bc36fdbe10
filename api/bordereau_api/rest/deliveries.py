"""Deliveries: an invoice on its way through one connection; and the inbox of what waits."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field
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
from bordereau_api.rest.call import Reader, must_exist
from bordereau_api.rest.output_orders import Deliverer
from bordereau_api.rest.paging import Paged, page
from bordereau_api.rest.shapes import (
    ConnectionId,
    Count,
    DeliveryId,
    Filter,
    InvoiceId,
    OrderId,
    Page,
    Shape,
)

router = APIRouter(tags=["output"])
MANY = 1_000
Ids = Annotated[list[DeliveryId], Field(max_length=MANY)]


class DeliveryOut(Shape):
    """A delivery; `code`, `reason` and `fix` say why it cannot go on and what to do."""

    id: DeliveryId
    invoice: InvoiceId
    connection: ConnectionId | None
    order: OrderId
    mode: str
    facts: list[str]
    recipient: str
    state: str
    code: str
    reason: str
    fix: str
    outcome: str
    reference: str
    message: str
    generation: int
    attempts: int
    changed_at: datetime


class DeliveriesShown(Filter):
    """Which deliveries to show."""

    invoice: InvoiceId | None = None
    order: OrderId | None = None
    connection: ConnectionId | None = None
    state: list[str] = Field(default_factory=list)
    code: str = ""


class AttemptOut(Shape):
    """One answer of the far side, or of a person (`actor`) in its place."""

    attempt: int
    at: datetime
    outcome: str
    reference: str
    message: str
    unconfirmed: bool
    needs_attention: bool
    retry_after: int | None
    actor: str


class DeliveryWithHistory(DeliveryOut):
    """A delivery and the answers it had."""

    history: list[AttemptOut]


class CauseOut(Shape):
    """Deliveries that wait for the same thing."""

    code: str
    text: str
    fix: str
    retry: bool
    connection: ConnectionId | None
    connection_name: str
    deliveries: int
    example: str
    since: datetime


class Decision(Shape):
    """What became of a delivery that nobody can ask about."""

    decision: Literal["resend", "arrived"]


class Retry(Shape):
    """What to try again: everything behind one cause, or the deliveries that are named."""

    code: str | None = None
    connection: ConnectionId | None = None
    order: OrderId | None = None
    deliveries: Ids | None = None


class Named(Shape):
    """Some deliveries."""

    deliveries: Annotated[list[DeliveryId], Field(min_length=1, max_length=MANY)]


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
    return DeliveryOut(**_values(row))


def _values(row: StoredDelivery) -> dict[str, object]:
    known = REASONS.get(row.code)
    plain = {name: getattr(row, name, None) for name in DeliveryOut.model_fields}
    return plain | {
        "invoice": row.invoice_id,
        "connection": row.connection_id,
        "order": row.order_id,
        "reason": text_of(row.code) if row.code else "",
        "fix": known.fix if known else "",
    }


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
    return DeliveryWithHistory(**_values(row), history=history)


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
