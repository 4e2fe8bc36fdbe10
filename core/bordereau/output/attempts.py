"""Attempts at a consignment: one after the other, numbered under the lock of its row."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from bordereau.connections.tables import Connection
from bordereau.output.forming import enqueue_consignment
from bordereau.output.tables import StoredConsignment
from bordereau.store import TenantSession
from bordereau.work import Enqueue


def lock_consignment(session: TenantSession, consignment_id: UUID) -> StoredConsignment:
    """Read a consignment that nobody else may give an attempt meanwhile."""
    query = select(StoredConsignment).where(StoredConsignment.id == consignment_id)
    return session.scalars(query.with_for_update()).one()


def next_attempt(
    session: TenantSession,
    enqueue: Enqueue,
    connection: Connection,
    stored: StoredConsignment,
    delay: timedelta | None = None,
) -> None:
    """Enqueue the next attempt at a consignment; its row is locked by the caller."""
    stored.attempt += 1
    session.flush()
    enqueue_consignment(
        session, enqueue, connection, stored.id, attempt=stored.attempt, delay=delay
    )
