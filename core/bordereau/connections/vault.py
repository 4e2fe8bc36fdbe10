"""The secrets of connections: sealed one by one, each for its tenant, connection and field."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from bordereau.connections.tables import Connection
from bordereau.store import TenantSession
from bordereau.tenancy import KeyRing


def keep_secrets(
    session: TenantSession, keys: KeyRing, connection: Connection, secrets: Mapping[str, Any]
) -> None:
    """Seal the given secrets; those not given stay, an empty one is forgotten."""
    sealed = dict(connection.secrets or {})
    for field, secret in secrets.items():
        sealed.pop(field, None)
        if secret not in (None, ""):
            place = _place(connection, field)
            sealed[field] = keys.seal(session.tenant_id, place, json.dumps(secret))
    connection.secrets = sealed


def open_settings(session: TenantSession, keys: KeyRing, connection: Connection) -> dict[str, Any]:
    """Return the settings with the secrets in their places; never log or show them.

    Raises:
        SetupError: a secret cannot be opened.

    """
    secrets = {
        field: json.loads(keys.open(session.tenant_id, _place(connection, field), sealed))
        for field, sealed in connection.secrets.items()
    }
    return connection.settings | secrets


def reseal(session: TenantSession, keys: KeyRing) -> int:
    """Seal the tenant's secrets with the newest key, and return how many were sealed with another.

    Connections are held until the commit. Doing it again changes nothing.

    Raises:
        SetupError: a secret cannot be opened; then none is changed.

    """
    count = 0
    held = select(Connection).order_by(Connection.id).with_for_update()
    for connection in session.scalars(held, execution_options={"populate_existing": True}):
        sealed = {
            field: keys.rewrap(session.tenant_id, _place(connection, field), old)
            for field, old in connection.secrets.items()
        }
        count += sum(new != connection.secrets[field] for field, new in sealed.items())
        connection.secrets = sealed
    return count


def _place(connection: Connection, field: str) -> str:
    return f"connection.{connection.id.hex}.{field}"
