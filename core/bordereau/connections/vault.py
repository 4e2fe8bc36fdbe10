"""The secrets of connections: sealed one by one, each for its tenant, connection and field."""

import json
from collections.abc import Mapping
from typing import Any

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


def _place(connection: Connection, field: str) -> str:
    return f"connection.{connection.id.hex}.{field}"
