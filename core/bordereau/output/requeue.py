"""Sending deliveries on their way once more: after a cure, a person's word, or a lost attempt."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import delete, func, select, update

from bordereau.connections import Connections, set_ok
from bordereau.invoices.tables import Invoice
from bordereau.output.attempts import lock_consignment, next_attempt
from bordereau.output.creation import create
from bordereau.output.dispatch import Departure, dispatch
from bordereau.output.options import OutputOptions
from bordereau.output.orders import plan_all
from bordereau.output.plan import place_of
from bordereau.output.tables import (
    DeliveryAttempt,
    OutputOrder,
    StoredConsignment,
    StoredDelivery,
)
from bordereau.store import TenantSession, among
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id
from bordereau.work import Enqueue

STOPPED = ("RECONNECT", "CONNECTION_DISABLED", "PLUGIN_DISABLED", "PLUGIN_MISSING",
           "SETTINGS_INVALID", "SETUP")  # fmt: skip


def send_again(
    session: TenantSession,
    enqueue: Enqueue,
    connections: Connections,
    deliveries: Iterable[StoredDelivery],
) -> int:
    """Put locked deliveries back on their way and return how many can go.

    Those that never left are planned anew, with the connections and the customer's data of now.
    The others are prepared and carried in new consignments, under new keys; what is in doubt is
    looked up first. What was answered and could only not be booked is booked, and not sent. What
    belongs to a voided invoice stays where it is.
    """
    orders: dict[UUID, list[StoredDelivery]] = defaultdict(list)
    rows = list(deliveries)
    answered = _answered(session, rows)
    voided = _voided(session, rows)
    for delivery in rows:
        if delivery.invoice_id not in voided and delivery.id not in answered:
            orders[delivery.order_id].append(delivery)
    went = _book_again(session, enqueue, connections, answered)
    for order_id, mine in orders.items():
        never_left = [row for row in mine if row.chunk_id is None]
        departures = [
            *_replan(session, connections, order_id, never_left),
            *_reset(session, [row for row in mine if row.chunk_id is not None]),
        ]
        dispatch(session, enqueue, connections, order_id, departures)
        went += sum(departure.state == "waiting" for departure in departures)
    return went


def resume(
    session: TenantSession,
    enqueue: Enqueue,
    connections: Connections,
    actor: Actor,
    connection_id: UUID,
) -> int:
    """Let a connection work again, and with it all that waited for it; return how many.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: the tenant has no such connection.

    """
    actor.must(Right.ADMINISTER)
    connection = connections.get(session, connection_id)
    set_ok(session, connection_id)
    session.refresh(connection)
    record_audit(session, actor, "connection.resume", public_id("con", connection_id))
    parked = session.scalars(
        select(StoredDelivery.consignment_id)
        .where(StoredDelivery.connection_id == connection_id, StoredDelivery.state == "waiting")
        .where(StoredDelivery.consignment_id.is_not(None))
        .distinct()
    ).all()
    for consignment_id in parked:
        if consignment_id is not None:
            stored: StoredConsignment = lock_consignment(session, consignment_id)
            next_attempt(session, enqueue, connection, stored)
    stopped = session.scalars(
        select(StoredDelivery)
        .where(
            StoredDelivery.connection_id == connection_id,
            StoredDelivery.state == "attention",
            StoredDelivery.code.in_(STOPPED),
        )
        .order_by(StoredDelivery.id)
        .with_for_update()
    ).all()
    return len(parked) + send_again(session, enqueue, connections, stopped)


def _answered(session: TenantSession, rows: Sequence[StoredDelivery]) -> dict[UUID, UUID]:
    """Return the deliveries whose last answer waits to be booked, with their consignments."""
    broken = [row.id for row in rows if row.code == "WORK_FAILED" and row.state == "attention"]
    if not broken:
        return {}
    query = (
        select(StoredDelivery.id, StoredDelivery.consignment_id)
        .join(
            DeliveryAttempt,
            (DeliveryAttempt.delivery_id == StoredDelivery.id)
            & (DeliveryAttempt.attempt == StoredDelivery.attempts),
        )
        .where(among(StoredDelivery.id, broken))
    )
    return {row.id: row.consignment_id for row in session.execute(query) if row.consignment_id}


def _book_again(
    session: TenantSession,
    enqueue: Enqueue,
    connections: Connections,
    answered: Mapping[UUID, UUID],
) -> int:
    """Let the engine book kept answers: the next attempt finds them and sends nothing."""
    session.execute(
        update(StoredDelivery)
        .where(among(StoredDelivery.id, answered))
        .values(state="sending", code="", message="", tries=0, changed_at=func.now())
    )
    for consignment_id in sorted(set(answered.values())):
        stored = lock_consignment(session, consignment_id)
        connection = connections.get(session, stored.connection_id)
        next_attempt(session, enqueue, connection, stored)
    return len(answered)


def _voided(session: TenantSession, rows: Sequence[StoredDelivery]) -> set[UUID]:
    ids = {row.invoice_id for row in rows}
    return set(
        session.scalars(select(Invoice.id).where(among(Invoice.id, ids), Invoice.state == "voided"))
    )


def _reset(session: TenantSession, rows: Sequence[StoredDelivery]) -> list[Departure]:
    ids = [row.id for row in rows]
    if ids:
        session.execute(
            update(StoredDelivery)
            .where(StoredDelivery.id.in_(ids))
            .values(
                state="waiting",
                code="",
                message="",
                tries=0,
                chunk_id=None,
                consignment_id=None,
                changed_at=func.now(),
            )
        )
    return [Departure(row.id, row.invoice_id, row.connection_id, tuple(row.media)) for row in rows]


def _replan(
    session: TenantSession,
    connections: Connections,
    order_id: UUID,
    rows: Sequence[StoredDelivery],
) -> list[Departure]:
    """Plan again what planning held back: its entries are replaced by what is possible now."""
    if not rows:
        return []
    wanted = {
        (row.invoice_id, place_of(row.mode, row.connection_id)): row.generation for row in rows
    }
    session.execute(delete(StoredDelivery).where(StoredDelivery.id.in_([row.id for row in rows])))
    for row in rows:
        session.expunge(row)
    stored = session.get_one(OutputOrder, (session.tenant_id, order_id))
    options = OutputOptions.model_validate(stored.options)
    ids = sorted({row.invoice_id for row in rows})
    planned = [
        replace(each, generation=wanted[each.invoice_id, each.place])
        for each in plan_all(session, connections, options, ids)
        if (each.invoice_id, each.place) in wanted
    ]
    return create(session, order_id, planned)
