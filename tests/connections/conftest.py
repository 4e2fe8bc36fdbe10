"""A plugin with secrets in its settings, the connections of one tenant, plugins to be installed."""

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import Field, SecretStr

from bordereau.connections import Connections, Host
from bordereau.contract import (
    ActionRequired,
    Artifact,
    Config,
    Consignment,
    DeliveryResult,
    Destination,
    Outcome,
    Retryable,
    hookimpl,
)
from bordereau.tenancy import Actor, KeyRing


class Access(Config):
    """How to reach the far side."""

    host: str = Field(min_length=1)
    port: int = 443
    token: SecretStr
    second: SecretStr = SecretStr("")


class Safe(Destination[Access]):
    """A far side with a token."""

    key: ClassVar[str] = "safe"
    title: ClassVar[str] = "Safe"
    config_model: ClassVar[type[Config]] = Access

    def check(self) -> None:
        """Accept one token only."""
        match self.config.token.get_secret_value():
            case "right":
                return
            case "busy":
                raise Retryable("come again")
            case "bug":
                raise ValueError(self.config.token.get_secret_value())
        raise ActionRequired("the token is wrong")

    def build(self, consignment: Consignment) -> Artifact:
        """Show nothing."""
        return Artifact(name="x", media_type="text/plain", content=consignment.title.encode())

    def export(self, consignment: Consignment) -> Iterator[DeliveryResult]:
        """Take everything."""
        for item in consignment.items:
            yield DeliveryResult(delivery_id=item.delivery_id, outcome=Outcome.CREATED)


class Vault:
    """The plugin that offers the safe."""

    @hookimpl
    def bordereau_destinations(self) -> Iterable[type[Destination[Any]]]:
        """Offer it."""
        return [Safe]


@pytest.fixture
def actor() -> Actor:
    """Somebody who may do everything."""
    return Actor.installation("tester")


@pytest.fixture
def connections() -> Connections:
    """Connections over one plugin."""
    host = Host()
    host.register(Vault(), name="vault")
    return Connections(host, KeyRing({"test": b"s" * 32}))


Install = Callable[..., EntryPoint]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Lay a distribution with one plugin on the path, as pip does; return its entry point."""
    monkeypatch.syspath_prepend(tmp_path)
    modules = set(sys.modules)

    def lay(name: str, source: str, *, distribution: str = "", version: str = "1.2") -> EntryPoint:
        owner = distribution or f"x-{name}"
        module = f"plugin_{owner.replace('-', '_')}_{name}"
        (tmp_path / f"{module}.py").write_text(source)
        info = tmp_path / f"{owner.replace('-', '_')}-{version}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {owner}\nVersion: {version}\n"
        )
        with (info / "entry_points.txt").open("a") as file:
            file.write(f"[bordereau]\n{name} = {module}\n")
        points: EntryPoints = entry_points(group="bordereau", name=name)
        return next(point for point in points if point.value == module)

    yield lay
    for added in set(sys.modules) - modules:
        if added.startswith("plugin_"):
            del sys.modules[added]
