"""The state of a connection: ok, paused until, reconnect needed, disabled.

What carries writes `pause` and `ask_to_reconnect`; a person disables and enables.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from bordereau.connections.service import Connections
from bordereau.connections.tables import Connection
from bordereau.contract import ActionRequired, ChannelError
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import TenantId, public_id


def pause(session: TenantSession, connection_id: UUID, until: datetime, problem: str) -> None:
    """Let a connection rest until a time; one that a person must see to stays as it is."""
    session.execute(
        update(Connection)
        .where(Connection.id == connection_id, Connection.state.in_(("ok", "paused")))
        .values(state="paused", paused_until=until, problem=problem)
    )


def ask_to_reconnect(session: TenantSession, connection_id: UUID, problem: str) -> None:
    """Stop a connection that cannot work before a person acts; a disabled one stays disabled."""
    session.execute(
        update(Connection)
        .where(Connection.id == connection_id, Connection.state != "disabled")
        .values(state="reconnect", paused_until=None, problem=problem)
    )


def set_ok(session: TenantSession, connection_id: UUID) -> None:
    """Let a connection work again."""
    session.execute(
        update(Connection)
        .where(Connection.id == connection_id)
        .values(state="ok", paused_until=None, problem="", failures=0)
    )


def disable(session: TenantSession, actor: Actor, connections: Connections, id_: UUID) -> None:
    """Stop a connection by hand; what waits for it then needs attention.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: the tenant has no such connection.

    """
    actor.must(Right.ADMINISTER)
    row = connections.get(session, id_)
    row.state, row.paused_until, row.problem = "disabled", None, ""
    record_audit(session, actor, "connection.disable", public_id("con", id_))


def check(database: Database, connections: Connections, tenant_id: TenantId, id_: UUID) -> str:
    """Try a connection's settings and write down what came of it; return the problem, or nothing.

    No transaction is open while the far side is asked. A disabled connection stays disabled.

    Raises:
        NotFound: the tenant has no such connection, or its plugin is gone.
        Invalid: SETTINGS_INVALID.

    """
    with database.tenant(tenant_id) as session:
        capability = connections.build_unchecked(session, connections.get(session, id_))
    problem = ""
    try:
        capability.check()
    except ChannelError as error:
        problem, lasting = str(error), isinstance(error, ActionRequired)
    except Exception as error:  # noqa: BLE001 - third-party code: whatever it raises is its answer
        problem, lasting = f"The plugin failed: {type(error).__name__}.", True
    with database.tenant(tenant_id) as session:
        row = connections.get(session, id_)
        if not problem and row.state != "disabled":
            set_ok(session, id_)
        elif problem and lasting:
            ask_to_reconnect(session, id_, problem)
    return problem
