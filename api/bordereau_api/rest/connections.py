"""Connections: capabilities that the account set up, with their settings."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from bordereau.connections import check, disable
from bordereau.connections.tables import Connection
from bordereau.output import resume
from bordereau.store import TenantSession
from bordereau_api.rest.call import NO_CONTENT, Administrator, Call, Reader, tag
from bordereau_api.rest.requirements import IfMatch, must_match
from bordereau_api.rest.shapes import ConnectionId, Count, Page, Shape, given

router = APIRouter(tags=["connections"])
Label = Annotated[str, Field(max_length=300)]


class ConnectionOut(Shape):
    """A connection; of its secrets only the names of the fields are told."""

    id: ConnectionId
    name: str
    kind: str
    key: str
    settings: dict[str, Any]
    secrets: list[str]
    automatic: bool
    zero_totals: bool
    state: str
    paused_until: datetime | None
    problem: str
    created_at: datetime
    version: int


class ConnectionIn(Shape):
    """A new connection of an offer (`kind` and `key`); secrets are given among the settings."""

    kind: str
    key: str
    name: Label = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    automatic: bool = False
    zero_totals: bool = False


class ConnectionChange(Shape):
    """What changes; a secret that is not given stays, an empty one is forgotten."""

    name: Label | None = None
    settings: dict[str, Any] | None = None
    automatic: bool | None = None
    zero_totals: bool | None = None


class CheckOut(Shape):
    """What came of trying a connection; no problem means that it works."""

    problem: str


def shape(row: Connection) -> ConnectionOut:
    """Return a connection as it is answered."""
    return ConnectionOut.from_row(row, secrets=sorted(row.secrets))


@router.get("/connections")
def list_connections(call: Reader) -> Page[ConnectionOut]:
    """List the connections; an account has a few."""
    with call.session() as session:
        return Page(data=[shape(one) for one in call.house.connections.list(session)])


@router.post("/connections", status_code=201, response_model=ConnectionOut)
def create_connection(call: Administrator, body: ConnectionIn) -> Response:
    """Set a capability up."""

    def work(session: TenantSession) -> ConnectionOut:
        made = call.house.connections.add(session, call.actor, **body.model_dump())
        return _fresh(session, made)

    return call.once(work)


@router.get("/connections/{connection_id}")
def get_connection(call: Reader, connection_id: ConnectionId, response: Response) -> ConnectionOut:
    """Return a connection."""
    with call.session() as session:
        row = call.house.connections.get(session, connection_id)
        tag(response, row.version)
        return shape(row)


@router.patch("/connections/{connection_id}")
def patch_connection(
    call: Administrator,
    connection_id: ConnectionId,
    body: ConnectionChange,
    response: Response,
    if_match: IfMatch = None,
) -> ConnectionOut:
    """Change a connection; `If-Match` says which version was seen."""
    with call.session() as session:
        row = call.house.connections.get(session, connection_id)
        must_match(if_match, row.version)
        row = call.house.connections.change(
            session, call.actor, connection_id, version=row.version, **given(body)
        )
        tag(response, row.version)
        return shape(row)


@router.delete("/connections/{connection_id}", status_code=NO_CONTENT)
def delete_connection(call: Administrator, connection_id: ConnectionId) -> None:
    """Forget a connection that carried nothing yet."""
    with call.session() as session:
        call.house.connections.remove(session, call.actor, connection_id)


@router.post("/connections/{connection_id}/check", response_model=CheckOut)
def check_connection(call: Administrator, connection_id: ConnectionId) -> Response:
    """Ask the far side whether the settings work."""
    house = call.house

    def work() -> CheckOut:
        found = check(house.database, house.connections, call.tenant_id, connection_id)
        return CheckOut(problem=found)

    return call.again(work)


@router.post("/connections/{connection_id}/disable", response_model=ConnectionOut)
def disable_connection(call: Administrator, connection_id: ConnectionId) -> Response:
    """Switch a connection off; what waits for it stays."""

    def work(session: TenantSession) -> ConnectionOut:
        connections = call.house.connections
        disable(session, call.actor, connections, connection_id)
        return _fresh(session, connections.get(session, connection_id))

    return call.once(work, 200)


@router.post("/connections/{connection_id}/resume", response_model=Count)
def resume_connection(call: Administrator, connection_id: ConnectionId) -> Response:
    """Let a connection work again, and with it all that waited for it; tells how much goes."""

    def work(session: TenantSession) -> Count:
        return Count(count=_resumed(call, session, connection_id))

    return call.once(work, 200)


def _resumed(call: Call, session: TenantSession, connection_id: ConnectionId) -> int:
    house = call.house
    return resume(session, house.enqueue, house.connections, call.actor, connection_id)


def _fresh(session: TenantSession, row: Connection) -> ConnectionOut:
    session.flush()
    session.refresh(row)
    return shape(row)
