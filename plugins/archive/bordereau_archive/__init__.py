"""Archive: every issued document in its customer's folder, with hashes to verify it by."""

from collections.abc import Iterable
from typing import Any

from bordereau.contract import Delivery, hookimpl
from bordereau_archive.delivery import Archive

__all__ = ["Archive", "bordereau_deliveries"]


@hookimpl
def bordereau_deliveries() -> Iterable[type[Delivery[Any]]]:
    """Offer the archive."""
    return [Archive]
