"""Writing planned deliveries: each one once, whoever asks how often."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from bordereau.output.dispatch import Departure
from bordereau.output.plan import Planned
from bordereau.output.reasons import text_of
from bordereau.output.tables import StoredDelivery
from bordereau.store import TenantSession
from bordereau.values.ids import uuid7

CHUNK = 1000


def create(session: TenantSession, order_id: UUID, planned: Sequence[Planned]) -> list[Departure]:
    """Write what is not there yet and return it; a delivery that exists is left as it is.

    An invoice that now finds a way no longer needs the entry that said it had none. Those that
    must wait are returned too, so that the caller can count them: they have a `state`.
    """
    made: list[Departure] = []
    for start in range(0, len(planned), CHUNK):
        some = planned[start : start + CHUNK]
        _forget_nowhere(session, some)
        rows = [_row(session, order_id, each) for each in some]
        returned = session.execute(
            insert(StoredDelivery)
            .on_conflict_do_nothing()
            .returning(
                StoredDelivery.id,
                StoredDelivery.invoice_id,
                StoredDelivery.connection_id,
                StoredDelivery.media,
                StoredDelivery.state,
            ),
            rows,
        )
        made += [Departure(*row[:3], tuple(row.media), row.state) for row in returned]
    return made


def anew(session: TenantSession, planned: Sequence[Planned]) -> list[Planned]:
    """Give each planned delivery the next generation, so that it is made beside the old ones."""
    last: dict[tuple[UUID, UUID | None], int] = {}
    for pairs in _pairs(planned):
        query = (
            select(
                StoredDelivery.invoice_id,
                StoredDelivery.connection_id,
                func.max(StoredDelivery.generation).label("last"),
            )
            .where(tuple_(StoredDelivery.invoice_id, StoredDelivery.connection_id).in_(pairs))
            .group_by(StoredDelivery.invoice_id, StoredDelivery.connection_id)
        )
        last |= {(r.invoice_id, r.connection_id): r.last for r in session.execute(query)}
    return [
        replace(each, generation=last.get((each.invoice_id, each.connection_id), 0) + 1)
        for each in planned
    ]


def order_of(session: TenantSession, planned: Sequence[Planned]) -> UUID | None:
    """Return the order that made the first of these invoices' deliveries, or None."""
    ids = list({each.invoice_id for each in planned})[:CHUNK]
    query = select(StoredDelivery.order_id).where(StoredDelivery.invoice_id.in_(ids))
    return session.scalar(query.order_by(StoredDelivery.id).limit(1))


def _row(session: TenantSession, order_id: UUID, each: Planned) -> dict[str, Any]:
    return {
        "tenant_id": session.tenant_id,
        "id": uuid7(),
        "order_id": order_id,
        "invoice_id": each.invoice_id,
        "connection_id": each.connection_id,
        "generation": each.generation,
        "mode": each.mode,
        "facts": list(each.facts),
        "media": list(each.media),
        "recipient": each.recipient,
        "state": each.state,
        "code": each.code,
        "message": text_of(each.code) if each.code else "",
    }


def _forget_nowhere(session: TenantSession, planned: Sequence[Planned]) -> None:
    """Delete entries of invoices that had no way, unless they still have none in that mode."""
    places: dict[str, set[UUID]] = {"customer": set(), "folder": set()}
    stuck = {(each.invoice_id, each.mode) for each in planned if each.connection_id is None}
    for each in planned:
        if each.place in places:
            places[each.place].add(each.invoice_id)
    nowhere = select(StoredDelivery.id, StoredDelivery.invoice_id, StoredDelivery.mode).where(
        StoredDelivery.connection_id.is_(None),
        StoredDelivery.invoice_id.in_(places["customer"] | places["folder"]),
    )
    gone = [
        row.id
        for row in session.execute(nowhere)
        if (row.invoice_id, row.mode) not in stuck
        and row.invoice_id in places["folder" if row.mode == "folder" else "customer"]
    ]
    if gone:
        session.execute(delete(StoredDelivery).where(StoredDelivery.id.in_(gone)))


def _pairs(planned: Sequence[Planned]) -> Iterator[list[tuple[UUID, UUID | None]]]:
    for start in range(0, len(planned), CHUNK):
        yield [(each.invoice_id, each.connection_id) for each in planned[start : start + CHUNK]]
