"""E-mail: every document to its customer, one message each, over the tenant's mail server."""

from collections.abc import Iterable
from typing import Any

from bordereau.contract import Delivery, hookimpl
from bordereau_email.delivery import Email

__all__ = ["Email", "bordereau_deliveries"]


@hookimpl
def bordereau_deliveries() -> Iterable[type[Delivery[Any]]]:
    """Offer e-mail."""
    return [Email]
