"""Sending deliveries on their way: into chunks that are prepared together, in one transaction.

Deliveries that carry files go by invoice, so that a file is made once; those that carry none go by
connection, so that one consignment can hold as many as the channel takes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import insert, select, update

from bordereau.connections import Connections
from bordereau.connections.tables import Connection
from bordereau.contract import Channel
from bordereau.output.bulk import QUIET
from bordereau.output.tables import RenderChunk, StoredDelivery
from bordereau.store import TenantSession, among
from bordereau.values.ids import uuid7
from bordereau.work import Enqueue

RENDER_JOB = "render.v1"
RENDER_QUEUE = "docs"
INVOICES_PER_CHUNK = 50

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Departure:
    """A delivery with what decides its chunk; only those in state `waiting` depart."""

    id: UUID
    invoice_id: UUID
    connection_id: UUID | None
    media: tuple[str, ...]
    state: str = "waiting"


def dispatch(
    session: TenantSession,
    enqueue: Enqueue,
    connections: Connections,
    order_id: UUID,
    departures: Sequence[Departure],
) -> None:
    """Cut the waiting deliveries of an order into chunks and enqueue the work on each."""
    waiting = [departure for departure in departures if departure.state == "waiting"]
    chunks = [*_by_invoice(waiting), *_by_connection(session, connections, waiting)]
    if not chunks:
        return
    made = [(uuid7(), chunk) for chunk in chunks]
    session.execute(
        insert(RenderChunk),
        [{"tenant_id": session.tenant_id, "id": id_, "order_id": order_id} for id_, _ in made],
    )
    for id_, chunk in made:
        session.execute(
            update(StoredDelivery).where(among(StoredDelivery.id, chunk)).values(chunk_id=id_),
            execution_options=QUIET,
        )
        enqueue(session, RENDER_JOB, RENDER_QUEUE, id_)


def _by_invoice(departures: Iterable[Departure]) -> Iterator[list[UUID]]:
    invoices: dict[UUID, list[UUID]] = defaultdict(list)
    for departure in departures:
        if departure.media:
            invoices[departure.invoice_id].append(departure.id)
    for some in _cut(list(invoices.values()), INVOICES_PER_CHUNK):
        yield [id_ for ids in some for id_ in ids]


def _by_connection(
    session: TenantSession, connections: Connections, departures: Iterable[Departure]
) -> Iterator[list[UUID]]:
    ways: dict[UUID, list[UUID]] = defaultdict(list)
    for departure in departures:
        if not departure.media and departure.connection_id is not None:
            ways[departure.connection_id].append(departure.id)
    if not ways:
        return
    for row in session.scalars(select(Connection).where(Connection.id.in_(ways))):
        yield from map(list, _cut(ways[row.id], _max_batch(connections, row)))


def _max_batch(connections: Connections, row: Connection) -> int:
    offered = connections.offered(row)
    if offered is None or not issubclass(offered, Channel):
        return 1
    return offered.features.max_batch


def _cut(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
