"""Which installed plugins a tenant uses. Without a word from the tenant a plugin is on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bordereau.connections.host import Host
from bordereau.connections.installed import Failure, Plugin
from bordereau.connections.tables import EnabledPlugin
from bordereau.contract import Capability, Delivery, Destination, Renderer
from bordereau.errors import NotFound
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit

KINDS: dict[str, type[Capability[Any]]] = {
    "renderer": Renderer,
    "delivery": Delivery,
    "destination": Destination,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A capability as an administrator chooses it; `form` is the JSON Schema of its settings."""

    plugin: str
    kind: str
    key: str
    title: str
    form: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginView:
    """A plugin on the page of plugins; one that was left out has a reason and no offers."""

    name: str
    distribution: str
    version: str
    enabled: bool
    offers: tuple[Offer, ...] = ()
    reason: str = ""


def list_plugins(session: TenantSession, host: Host) -> list[PluginView]:
    """List what is installed, what the tenant switched off, and what could not be taken in."""
    off = switched_off(session)
    taken = [
        PluginView(
            name=plugin.name,
            distribution=plugin.distribution,
            version=plugin.version,
            enabled=plugin.name not in off,
            offers=tuple(_offers(plugin)),
        )
        for plugin in host.plugins()
    ]
    return [*taken, *(_left_out(failure) for failure in host.failures.values())]


def set_enabled(
    session: TenantSession, actor: Actor, host: Host, plugin: str, *, enabled: bool
) -> None:
    """Switch a plugin on or off for the tenant; work under way stops before its next call.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: no such plugin is installed.

    """
    actor.must(Right.ADMINISTER)
    if plugin not in {known.name for known in host.plugins()}:
        raise NotFound("plugin", plugin)
    row = {"tenant_id": session.tenant_id, "plugin": plugin, "enabled": enabled}
    session.execute(
        insert(EnabledPlugin)
        .values(row)
        .on_conflict_do_update(index_elements=["tenant_id", "plugin"], set_={"enabled": enabled})
    )
    record_audit(session, actor, "plugin.enable" if enabled else "plugin.disable", plugin)


def switched_off(session: TenantSession) -> frozenset[str]:
    """Return the names of the plugins that the tenant switched off."""
    off = select(EnabledPlugin.plugin).where(EnabledPlugin.enabled.is_(False))
    return frozenset(session.scalars(off))


def kind_name(offered: type[Capability[Any]]) -> str:
    """Return `renderer`, `delivery` or `destination`."""
    return next(name for name, kind in KINDS.items() if issubclass(offered, kind))


def _offers(plugin: Plugin) -> Iterator[Offer]:
    for offered in plugin.capabilities:
        yield Offer(
            plugin=plugin.name,
            kind=kind_name(offered),
            key=offered.key,
            title=offered.title,
            form=offered.config_model.model_json_schema(),
        )


def _left_out(failure: Failure) -> PluginView:
    return PluginView(
        name=failure.name,
        distribution=failure.distribution,
        version=failure.version,
        enabled=False,
        reason=failure.reason,
    )
