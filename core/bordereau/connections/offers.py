"""What a plugin may offer: the right class, for this API version, under a key of its own."""

import inspect
import re
from collections.abc import Iterable
from typing import Any

from bordereau.contract import (
    API_VERSION,
    Capability,
    Channel,
    Config,
    Delivery,
    Destination,
    Fact,
    PluginLoadError,
    Renderer,
)

AnyCapability = type[Capability[Any]]
Offers = dict[tuple[str, str], tuple[AnyCapability, str]]
"""By kind and key: the class and the name of the plugin that offers it."""

OFFER_HOOKS: dict[str, AnyCapability] = {
    "bordereau_renderers": Renderer,
    "bordereau_deliveries": Delivery,
    "bordereau_destinations": Destination,
}

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


def kind_of(offered: AnyCapability) -> str:
    """Return the kind within which a key is unique: all channels share one, renderers another."""
    return "channel" if issubclass(offered, Channel) else "renderer"


def offered_classes(group: object, hook: str) -> Iterable[object]:
    """Return what an offer hook gave, if it is a list of anything.

    Raises:
        PluginLoadError: it gave something else.

    """
    if not isinstance(group, Iterable):
        raise PluginLoadError(f"{hook} must return a list of classes, not {group!r}.")
    return group


def required(offered: object, kind: AnyCapability, hook: str) -> AnyCapability:
    """Return an offered class if it can be used.

    Raises:
        PluginLoadError: it is of another kind or abstract, speaks another API version, or lacks
            something that it must declare.

    """
    if not inspect.isclass(offered) or not issubclass(offered, kind):
        raise PluginLoadError(f"{offered!r}, offered in {hook}, is no {kind.__name__} class.")
    name = offered.__qualname__
    if missing := sorted(getattr(offered, "__abstractmethods__", ())):
        raise PluginLoadError(f"{name}, offered in {hook}, lacks {', '.join(missing)}.")
    if offered.api_version != API_VERSION:
        raise PluginLoadError(
            f"{name} speaks API version {offered.api_version!r}; this is version {API_VERSION}."
        )
    if not _KEY.fullmatch(str(getattr(offered, "key", ""))):
        raise PluginLoadError(f"{name} needs a key of small letters, digits and _.")
    if not getattr(offered, "title", ""):
        raise PluginLoadError(f"{name} needs a title.")
    model: object = offered.config_model
    if not (inspect.isclass(model) and issubclass(model, Config)):
        raise PluginLoadError(f"The config_model of {name} must be a subclass of Config.")
    if issubclass(offered, Renderer) and not getattr(offered, "media_type", ""):
        raise PluginLoadError(f"{name} needs a media_type.")
    if issubclass(offered, Channel):
        _require_channel(offered)
    return offered


def _require_channel(offered: type[Channel[Any]]) -> None:
    name, features = offered.__qualname__, offered.features
    if not isinstance(getattr(offered, "completes", None), Fact):
        raise PluginLoadError(f"{name} must say which fact it completes.")
    if features.max_batch < 1 or features.concurrency < 1:
        raise PluginLoadError(f"{name} must take at least one item and one consignment.")
    if features.can_find and offered.find is Channel.find:
        raise PluginLoadError(f"{name} says can_find but has no find().")
