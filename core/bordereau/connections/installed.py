"""Installed plugins: where they are found, what is kept of them, and why one was left out."""

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from bordereau.contract import PROJECT, Capability, PluginLoadError


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """An installed plugin: where it comes from and the capabilities it offers."""

    name: str
    distribution: str = ""
    version: str = ""
    capabilities: tuple[type[Capability[Any]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A plugin that was left out, and why."""

    name: str
    distribution: str
    version: str
    reason: str


def found_plugins(
    points: Iterable[EntryPoint] | None, skip: Collection[str] | None
) -> Iterator[EntryPoint]:
    """Yield the entry points of plugins that are not to be skipped, ours first.

    So no installed package can take a built-in plugin's name or key.
    """
    found = entry_points(group=PROJECT) if points is None else points
    skipped = _skipped_by_environment() if skip is None else skip
    for point in sorted(found, key=_ours_first):
        if point.name not in skipped:
            yield point


def left_out(point: EntryPoint, error: BaseException) -> Failure:
    """Return why the plugin of an entry point was left out."""
    text = str(error).strip()
    return Failure(
        name=point.name,
        distribution=point.dist.name if point.dist else "",
        version=point.dist.version if point.dist else "",
        reason=text if isinstance(error, PluginLoadError) else f"{type(error).__name__}: {text}",
    )


def _ours_first(point: EntryPoint) -> tuple[bool, str, str]:
    distribution = point.dist.name if point.dist else ""
    return distribution != PROJECT, point.name, distribution


def _skipped_by_environment() -> frozenset[str]:
    named = os.environ.get("BORDEREAU_SKIP_PLUGINS", "").split(",")
    return frozenset(name.strip() for name in named if name.strip())
