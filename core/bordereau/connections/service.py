"""A tenant's connections: listed, added, changed, removed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bordereau.connections.building import Builder
from bordereau.connections.config import checked_config, split_secrets
from bordereau.connections.tables import Connection
from bordereau.connections.vault import keep_secrets, open_settings
from bordereau.contract import Capability
from bordereau.errors import Conflict, NotFound
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id, uuid7


class Connections(Builder):
    """Connections of all tenants over the installed plugins."""

    def list(self, session: TenantSession) -> Sequence[Connection]:
        """Return the tenant's connections by name."""
        return session.scalars(select(Connection).order_by(Connection.name)).all()

    def get(self, session: TenantSession, connection_id: UUID) -> Connection:
        """Return one connection.

        Raises:
            NotFound: the tenant has no such connection.

        """
        found = session.get(Connection, (session.tenant_id, connection_id))
        if found is None:
            raise NotFound("connection", public_id("con", connection_id))
        return found

    def add(
        self,
        session: TenantSession,
        actor: Actor,
        *,
        key: str,
        kind: str,
        name: str = "",
        settings: Mapping[str, Any] | None = None,
        automatic: bool = False,
        zero_totals: bool = False,
    ) -> Connection:
        """Set a capability up; the same one may be set up several times under several names.

        Raises:
            Forbidden: RIGHT_MISSING.
            NotFound: no installed plugin offers it.
            Invalid: SETTINGS_INVALID.
            Conflict: NAME_TAKEN.

        """
        actor.must(Right.ADMINISTER)
        offered = self._offered(kind, key)
        row = Connection(
            id=uuid7(),
            key=key,
            kind=kind,
            name=name or offered.title,
            automatic=automatic,
            zero_totals=zero_totals,
            secrets={},
        )
        self._require_free(session, row.name)
        self._put(session, row, offered, settings or {})
        session.add(row)
        session.flush()
        record_audit(session, actor, "connection.add", public_id("con", row.id), {"name": row.name})
        return row

    def change(
        self,
        session: TenantSession,
        actor: Actor,
        connection_id: UUID,
        *,
        version: int | None = None,
        name: str | None = None,
        settings: Mapping[str, Any] | None = None,
        automatic: bool | None = None,
        zero_totals: bool | None = None,
    ) -> Connection:
        """Change a connection; a secret that is not given stays, an empty one is forgotten.

        Raises:
            Forbidden: RIGHT_MISSING.
            NotFound: the tenant has no such connection, or its plugin is gone.
            Invalid: SETTINGS_INVALID.
            Conflict: CHANGED_MEANWHILE, if `version` is not the current one; NAME_TAKEN.

        """
        actor.must(Right.ADMINISTER)
        row = self.get(session, connection_id)
        if version is not None and version != row.version:
            raise Conflict(
                "CHANGED_MEANWHILE",
                f"The connection {row.name} was changed in the meantime.",
                hint="Look at it again and repeat your change.",
            )
        if name is not None and name != row.name:
            self._require_free(session, name)
        if settings is not None:
            self._put(session, row, self._offered(row.kind, row.key), settings)
        changes = {"name": name, "automatic": automatic, "zero_totals": zero_totals}
        for field, value in changes.items():
            if value is not None:
                setattr(row, field, value)
        row.version += 1
        session.flush()
        details = {"name": row.name}
        record_audit(session, actor, "connection.change", public_id("con", row.id), details)
        return row

    def remove(self, session: TenantSession, actor: Actor, connection_id: UUID) -> None:
        """Forget a connection that carried nothing yet.

        Raises:
            Forbidden: RIGHT_MISSING.
            NotFound: the tenant has no such connection.
            Conflict: CONNECTION_USED.

        """
        actor.must(Right.ADMINISTER)
        row = self.get(session, connection_id)
        try:
            with session.begin_nested():
                session.delete(row)
        except IntegrityError as error:
            raise Conflict(
                "CONNECTION_USED",
                f"Deliveries went through {row.name}, so it must stay.",
                hint="Disable it instead.",
            ) from error
        record_audit(session, actor, "connection.remove", row.name)

    def _put(
        self,
        session: TenantSession,
        row: Connection,
        offered: type[Capability[Any]],
        settings: Mapping[str, Any],
    ) -> None:
        """Check settings as a whole, stored secrets included, and put them into the row."""
        plain, secrets = split_secrets(offered.config_model, settings)
        row.settings = plain
        keep_secrets(session, self._keys, row, secrets)
        checked_config(offered.config_model, open_settings(session, self._keys, row))

    def _require_free(self, session: TenantSession, name: str) -> None:
        if session.scalar(select(Connection.id).where(Connection.name == name)) is not None:
            raise Conflict(
                "NAME_TAKEN",
                f"There is already a connection named {name}.",
                hint="Choose another name.",
            )
