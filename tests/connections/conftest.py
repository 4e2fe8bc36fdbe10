"""A plugin with secrets in its settings, and the connections of one tenant."""

from collections.abc import Iterable, Iterator
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
