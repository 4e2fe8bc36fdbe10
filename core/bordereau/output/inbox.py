"""What needs a person: grouped by cause, each with its cure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from bordereau.connections.tables import Connection
from bordereau.output.progress import is_overdue
from bordereau.output.reasons import REASONS, text_of
from bordereau.output.tables import StoredDelivery
from bordereau.store import TenantSession

STATES = ("attention", "unknown", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Deliveries that wait for the same thing.

    Attributes:
        text: what is the matter; `fix` what to do about it.
        connection: the name of the connection, empty where none was found.
        example: the message of one of them, for instance what the far side said.
        retry: whether trying all of them again is what follows the cure.

    """

    code: str
    text: str
    fix: str
    retry: bool
    connection_id: UUID | None
    connection: str
    deliveries: int
    example: str
    since: datetime


def needs_person() -> ColumnElement[bool]:
    """Match deliveries that wait for a person, and others that should be looked at.

    These are finished ones with a remark, and calls that take too long.
    """
    seen = and_(StoredDelivery.state == "done", StoredDelivery.code != "")
    return or_(StoredDelivery.state.in_(STATES), seen, is_overdue())


def attention(session: TenantSession, *, order_id: UUID | None = None) -> list[Cause]:
    """List the causes, those with most deliveries first; of one order or of all."""
    number = func.count().label("number")
    query = (
        select(
            StoredDelivery.code,
            StoredDelivery.connection_id,
            func.coalesce(Connection.name, ""),
            number,
            func.max(StoredDelivery.message),
            func.min(StoredDelivery.changed_at),
        )
        .outerjoin(Connection, Connection.id == StoredDelivery.connection_id)
        .where(needs_person())
        .group_by(StoredDelivery.code, StoredDelivery.connection_id, Connection.name)
        .order_by(number.desc(), StoredDelivery.code)
    )
    if order_id is not None:
        query = query.where(StoredDelivery.order_id == order_id)
    return [_cause(*row) for row in session.execute(query)]


def waiting_for(
    session: TenantSession, code: str, connection_id: UUID | None, *, limit: int = 100
) -> Sequence[StoredDelivery]:
    """Return deliveries behind one cause, the oldest first."""
    query = (
        select(StoredDelivery)
        .where(needs_person(), StoredDelivery.code == code)
        .where(StoredDelivery.connection_id.is_not_distinct_from(connection_id))
        .order_by(StoredDelivery.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def _cause(
    code: str, connection_id: UUID | None, name: str, number: int, example: str, since: datetime
) -> Cause:
    reason = REASONS.get(code)
    return Cause(
        code=code,
        text=text_of(code) if reason else example,
        fix=reason.fix if reason else "",
        retry=reason.retry if reason else True,
        connection_id=connection_id,
        connection=name,
        deliveries=number,
        example=example,
        since=since,
    )
