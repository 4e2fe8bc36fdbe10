"""Forming consignments: which deliveries travel together, settled once and for good."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update

from bordereau.connections import Connections
from bordereau.connections.tables import Connection
from bordereau.contract import Channel
from bordereau.invoices.tables import Invoice
from bordereau.output.bulk import update_each
from bordereau.output.reasons import text_of
from bordereau.output.tables import OutputOrder, RenderChunk, StoredConsignment, StoredDelivery
from bordereau.store import TenantSession
from bordereau.values.ids import uuid7
from bordereau.work import Enqueue

CONSIGN_JOB = "consign.v1"


def queue_of(key: str) -> str:
    """Return the queue of a channel; its limits are counted per connection."""
    return f"out.{key}"


def form(
    session: TenantSession, enqueue: Enqueue, connections: Connections, chunk_id: UUID
) -> None:
    """Put the prepared deliveries of a chunk into consignments and enqueue each."""
    order = session.execute(
        select(OutputOrder.id, OutputOrder.title)
        .join(RenderChunk, RenderChunk.order_id == OutputOrder.id)
        .where(RenderChunk.id == chunk_id)
    ).one()
    ready = session.execute(
        select(StoredDelivery.connection_id, StoredDelivery.id)
        .join(Invoice, Invoice.id == StoredDelivery.invoice_id)
        .where(
            StoredDelivery.chunk_id == chunk_id,
            StoredDelivery.state == "waiting",
            StoredDelivery.consignment_id.is_(None),
        )
        .order_by(Invoice.series_id, Invoice.sequence, StoredDelivery.id)
        .with_for_update(of=StoredDelivery)
    ).all()
    by_connection: dict[UUID, list[UUID]] = {}
    for row in ready:
        by_connection.setdefault(row.connection_id, []).append(row.id)
    for connection_id, ids in by_connection.items():
        connection = connections.get(session, connection_id)
        offered = connections.offered(connection)
        if offered is None or not issubclass(offered, Channel):
            _hold(session, ids)
            continue
        size = offered.features.max_batch
        lots = [ids[start : start + size] for start in range(0, len(ids), size)]
        _write(session, enqueue, connection, order.id, order.title, lots)


def _write(
    session: TenantSession,
    enqueue: Enqueue,
    connection: Connection,
    order_id: UUID,
    title: str,
    lots: Sequence[Sequence[UUID]],
) -> None:
    """Write one consignment for each lot, name its members, and enqueue it."""
    made = [(uuid7(), members) for members in lots]
    shared = {
        "tenant_id": session.tenant_id,
        "connection_id": connection.id,
        "order_id": order_id,
        "title": title,
    }
    session.execute(
        insert(StoredConsignment),
        [shared | {"id": id_, "request_key": uuid4().hex} for id_, _ in made],
    )
    membership = [(member, id_) for id_, members in made for member in members]
    update_each(
        session,
        StoredDelivery.id,
        {
            StoredDelivery.id: [member for member, _ in membership],
            StoredDelivery.consignment_id: [id_ for _, id_ in membership],
        },
        changed_at=datetime.now(UTC),
    )
    for id_, _ in made:
        enqueue_consignment(session, enqueue, connection, id_)


def enqueue_consignment(
    session: TenantSession,
    enqueue: Enqueue,
    connection: Connection,
    consignment_id: UUID,
    *,
    attempt: int = 1,
    delay: timedelta | None = None,
) -> None:
    """Enqueue an attempt at a consignment."""
    enqueue(
        session,
        CONSIGN_JOB,
        queue_of(connection.key),
        consignment_id,
        attempt=attempt,
        partition=str(connection.id),
        delay=delay,
    )


def _hold(session: TenantSession, ids: list[UUID]) -> None:
    """Put deliveries whose plugin is gone before a person."""
    session.execute(
        update(StoredDelivery)
        .where(StoredDelivery.id.in_(ids))
        .values(
            state="attention",
            code="PLUGIN_MISSING",
            message=text_of("PLUGIN_MISSING"),
            changed_at=func.now(),
        )
    )
