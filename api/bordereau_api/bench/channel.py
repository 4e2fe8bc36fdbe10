"""The plugin of the benchmark: an accounting system that takes everything at once and keeps none.

It is registered in the benchmark's own host only and is not installed.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from bordereau.contract import (
    Artifact,
    Config,
    Consignment,
    DeliveryResult,
    Destination,
    Features,
    Outcome,
    hookimpl,
)

PER_CONSIGNMENT = 50  # as accounting systems take them


class Nowhere(Destination[Config]):
    """Says at once that every document was created."""

    key: ClassVar[str] = "bench_nowhere"
    title: ClassVar[str] = "Benchmark"
    features: ClassVar[Features] = Features(max_batch=PER_CONSIGNMENT)

    def build(self, consignment: Consignment) -> Artifact:
        """Return the numbers of the documents."""
        numbers = "\n".join(item.document.number for item in consignment.items)
        return Artifact(name="numbers.txt", media_type="text/plain", content=numbers.encode())

    def export(self, consignment: Consignment) -> Iterable[DeliveryResult]:
        """Answer for each document."""
        for item in consignment.items:
            yield DeliveryResult(
                delivery_id=item.delivery_id,
                outcome=Outcome.CREATED,
                reference=item.document.number,
            )


@hookimpl
def bordereau_destinations() -> Iterable[type[Destination[Any]]]:
    """Offer the destination."""
    return [Nowhere]
