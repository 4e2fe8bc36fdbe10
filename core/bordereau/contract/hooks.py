"""The hook specifications, API version 1.

Offer hooks return capability classes. Hear hooks are told after the commit and cannot veto.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pluggy

from bordereau.contract.capabilities import Delivery, Destination, Renderer
from bordereau.contract.facts import Status

PROJECT = "bordereau"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchNotice:
    """A batch that was finalised: how many invoices, and their totals per currency."""

    id: str
    name: str
    invoices: int
    totals: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceNotice:
    """An invoice whose status changed."""

    id: str
    number: str
    customer: str
    currency: str
    total: Decimal


@hookspec
def bordereau_renderers() -> Iterable[type[Renderer[Any]]]:  # type: ignore[empty-body]
    """Offer classes that make a file of a document."""


@hookspec
def bordereau_deliveries() -> Iterable[type[Delivery[Any]]]:  # type: ignore[empty-body]
    """Offer classes that carry documents to their customers."""


@hookspec
def bordereau_destinations() -> Iterable[type[Destination[Any]]]:  # type: ignore[empty-body]
    """Offer classes that book documents in an accounting system."""


@hookspec
def bordereau_batch_finalized(tenant: str, batch: BatchNotice) -> None:
    """Hear, after the commit, that a batch was finalised."""


@hookspec
def bordereau_status_changed(
    tenant: str, invoice: InvoiceNotice, before: Status, after: Status
) -> None:
    """Hear, after the commit, that an invoice changed status."""
