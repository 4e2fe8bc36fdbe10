"""Building the capability behind a connection, for one run of one tenant."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bordereau.connections.host import Host
from bordereau.connections.plugins import KINDS, switched_off
from bordereau.connections.tables import Connection
from bordereau.connections.vault import open_settings
from bordereau.contract import Capability, Context
from bordereau.errors import NotFound, Refused
from bordereau.store import TenantSession
from bordereau.tenancy import KeyRing, account


class Builder:
    """Capabilities of the installed plugins, built with the settings of a tenant's connection.

    Attributes:
        host: the installed capabilities.
        files: the folder that holds one folder per tenant, outside of which no channel may write;
            None where the operator sets no bounds.

    """

    def __init__(self, host: Host, keys: KeyRing, files: Path | None = None) -> None:
        self.host = host
        self.files = files
        self._keys = keys

    def build(self, session: TenantSession, connection: Connection) -> Capability[Any]:
        """Build the capability of a connection for one run.

        Raises:
            NotFound: the plugin is not installed any more.
            Refused: PLUGIN_DISABLED, CONNECTION_DISABLED or RECONNECT.
            Invalid: SETTINGS_INVALID.
            SetupError: a secret cannot be opened.

        """
        offered = self._offered(connection.kind, connection.key)
        if self.plugin_of(offered) in switched_off(session):
            raise Refused(
                "PLUGIN_DISABLED",
                f"The plugin of {connection.name} is switched off.",
                hint="Switch it on.",
            )
        if connection.state == "disabled":
            raise Refused(
                "CONNECTION_DISABLED", f"{connection.name} is disabled.", hint="Enable it."
            )
        if connection.state == "reconnect":
            raise Refused("RECONNECT", connection.problem, hint=f"Connect {connection.name} again.")
        return self.build_unchecked(session, connection)

    def build_unchecked(self, session: TenantSession, connection: Connection) -> Capability[Any]:
        """Build a capability whatever state its connection is in, to try its settings.

        Raises:
            NotFound: the plugin is not installed any more.
            Invalid: SETTINGS_INVALID.
            SetupError: a secret cannot be opened.

        """
        slug = account(session).slug
        context = Context(
            tenant=slug,
            connection=connection.name,
            now=datetime.now(UTC),
            root=self.files / slug if self.files else None,
        )
        settings = open_settings(session, self._keys, connection)
        return self.host.build(KINDS[connection.kind], connection.key, settings, context)

    def plugin_of(self, offered: type[Capability[Any]]) -> str:
        """Return the name of the plugin that offers a capability."""
        return next(plugin.name for plugin in self.host.plugins() if offered in plugin.capabilities)

    def offered(self, connection: Connection) -> type[Capability[Any]] | None:
        """Return the class behind a connection, or None if its plugin is gone."""
        return self.host.kind(KINDS[connection.kind]).get(connection.key)

    def _offered(self, kind: str, key: str) -> type[Capability[Any]]:
        offered = self.host.kind(KINDS[kind]).get(key) if kind in KINDS else None
        if offered is None:
            raise NotFound(kind, key)
        return offered
