"""A destination that does what the test says."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import SecretStr

from bordereau.contract import (
    Artifact,
    Config,
    Consignment,
    Context,
    DeliveryResult,
    Destination,
    Features,
    Item,
    Outcome,
)

Export = Callable[[Consignment], Any]


class Vault(Config):
    """Settings with a secret."""

    token: SecretStr = SecretStr("t0p-s3cret")


class Scripted(Destination[Vault]):
    """A destination that does what the test says; `script` is its whole behaviour."""

    key = "scripted"
    title = "Scripted"
    config_model = Vault
    features = Features(max_batch=100, can_find=True)

    def __init__(self, context: Context, script: Export) -> None:
        super().__init__(Vault(), context)
        self.script = script

    def build(self, consignment: Consignment) -> Artifact:
        return Artifact(name="x", media_type="text/plain", content=b"x")

    def export(self, consignment: Consignment) -> Iterable[DeliveryResult]:
        done: Iterable[DeliveryResult] = self.script(consignment)
        return done

    def find(self, consignment: Consignment) -> Mapping[str, DeliveryResult]:
        found: Mapping[str, DeliveryResult] = self.script(consignment)
        return found


def created(item: Item) -> DeliveryResult:
    return DeliveryResult(delivery_id=item.delivery_id, outcome=Outcome.CREATED)
