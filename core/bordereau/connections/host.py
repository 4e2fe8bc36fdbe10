"""The host: which plugins are installed, what they offer, and which were left out and why.

Plugins come through the entry points of group `bordereau`, the built-in ones too. A plugin is
taken in whole or not at all; one that cannot be is noted with its reason and nothing else stops.
The environment variable `BORDEREAU_SKIP_PLUGINS` names entry points to leave alone, separated by
commas; `BORDEREAU_TRACE_PLUGINS=1` logs every hook call.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import EntryPoint
from typing import Any, TypeVar

import pluggy

from bordereau.connections.config import checked_config
from bordereau.connections.installed import Failure, Plugin, found_plugins, left_out
from bordereau.connections.offers import OFFER_HOOKS, Offers, kind_of, offered_classes, required
from bordereau.connections.tracing import trace
from bordereau.contract import (
    PROJECT,
    AnyChannel,
    Capability,
    Channel,
    Context,
    PluginLoadError,
    hooks,
)
from bordereau.errors import NotFound

log = logging.getLogger(__name__)

CapabilityT = TypeVar("CapabilityT", bound=Capability[Any])


class Host:
    """The installed capabilities, and the plugins that were left out.

    Attributes:
        failures: the plugins left out, by the name of their entry point.

    """

    def __init__(self) -> None:
        self.failures: dict[str, Failure] = {}
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hooks)
        self._plugins: dict[str, Plugin] = {}
        self._offers: Offers = {}
        trace(self._manager)

    @classmethod
    def discover(
        cls,
        points: Iterable[EntryPoint] | None = None,
        *,
        skip: Collection[str] | None = None,
    ) -> "Host":
        """Take in every installed plugin but those to skip; a broken one is noted and left out.

        Args:
            points: the entry points to load, by default all of group `bordereau`.
            skip: names to leave alone, by default those of `BORDEREAU_SKIP_PLUGINS`.

        """
        host = cls()
        for point in found_plugins(points, skip):
            host._load(point)
        return host

    def register(
        self, plugin: object, *, name: str, distribution: str = "", version: str = ""
    ) -> None:
        """Take in one plugin, whole or not at all.

        Raises:
            PluginLoadError: its name or one of its keys is taken, or what it offers cannot be used.
            pluggy.PluginValidationError: it misspells a hook or asks for an unknown argument.

        """
        if name in self._plugins or self._manager.is_registered(plugin):
            raise PluginLoadError(f"There is a plugin {name} already.")
        self._manager.register(plugin, name=name)
        try:
            self._manager.check_pending()
            offers = self._collect(name, plugin)
        except Exception:
            self._manager.unregister(plugin)
            raise
        self._offers |= offers
        self._plugins[name] = Plugin(
            name=name,
            distribution=distribution,
            version=version,
            capabilities=tuple(offered for offered, _ in offers.values()),
        )

    def plugins(self) -> list[Plugin]:
        """Return the plugins taken in, by name."""
        return sorted(self._plugins.values(), key=lambda plugin: plugin.name)

    def kind(self, kind: type[CapabilityT]) -> dict[str, type[CapabilityT]]:
        """Return every capability of one kind (`Renderer`, `Delivery`, `Destination`), by key."""
        return {
            key: offered
            for (_, key), (offered, _) in sorted(self._offers.items(), key=lambda entry: entry[0])
            if issubclass(offered, kind)
        }

    def channel(self, key: str) -> type[AnyChannel]:
        """Return the delivery or destination of this key.

        Raises:
            NotFound: no installed plugin offers it.

        """
        channels: dict[str, Any] = self.kind(Channel)
        if key not in channels:
            raise NotFound("channel", key)
        found: type[AnyChannel] = channels[key]
        return found

    def build(
        self, kind: type[CapabilityT], key: str, settings: Mapping[str, Any], context: Context
    ) -> CapabilityT:
        """Build one tenant's capability of a kind, checking the settings.

        Raises:
            NotFound: no installed plugin offers it.
            Invalid: `SETTINGS_INVALID`, with the path and message of each wrong field.

        """
        offered = self.kind(kind).get(key)
        if offered is None:
            raise NotFound(kind.__name__.lower(), key)
        return offered(checked_config(offered.config_model, settings), context)

    def notify(self, hook: str, plugins: Iterable[str], **arguments: object) -> list[str]:
        """Tell a hear hook to the named plugins, each alone: a failure stops no other.

        Returns:
            The names of the plugins that failed; the failures are logged.

        """
        failed = []
        for name in plugins:
            if (plugin := self._manager.get_plugin(name)) is None:
                continue
            try:
                self._only(hook, plugin)(**arguments)
            except Exception:
                log.exception("Plugin %s failed in %s.", name, hook)
                failed.append(name)
        return failed

    def hears(self, hook: str) -> bool:
        """Whether any plugin listens to a hear hook at all."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        return bool(caller.get_hookimpls())

    def _load(self, point: EntryPoint) -> None:
        distribution = point.dist.name if point.dist else ""
        version = point.dist.version if point.dist else ""
        try:
            plugin = point.load()
            self.register(plugin, name=point.name, distribution=distribution, version=version)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - any failure is the plugin's own
            failure = left_out(point, error)
            log.warning("Plugin %s of %s is left out: %s", point.name, distribution, failure.reason)
            taken = point.name in self._plugins or point.name in self.failures
            self.failures[f"{point.name} of {distribution}" if taken else point.name] = failure

    def _collect(self, name: str, plugin: object) -> Offers:
        if not self._manager.get_hookcallers(plugin):
            raise PluginLoadError("It has no hook. Mark its functions with @hookimpl.")
        offers: Offers = {}
        for hook, kind in OFFER_HOOKS.items():
            for group in self._only(hook, plugin)():
                for member in offered_classes(group, hook):
                    offered = required(member, kind, hook)
                    place = (kind_of(offered), offered.key)
                    if taken := (self._offers | offers).get(place):
                        other, owner = taken
                        raise PluginLoadError(
                            f"The key {offered.key} of {offered.__qualname__} is taken by "
                            f"{other.__qualname__} of plugin {owner}."
                        )
                    offers[place] = (offered, name)
        return offers

    def _only(self, hook: str, plugin: object) -> pluggy.HookCaller:
        return self._manager.subset_hook_caller(hook, self._manager.get_plugins() - {plugin})
