"""Two plugins: one offers all of this and hears of statuses, one fails at whatever it hears."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.output.product.books import Books
from tests.output.product.channels import Cabinet, Ledger, Post, Printer
from tests.output.product.renderers import Letter, Seal

from bordereau.contract import Delivery, Destination, InvoiceNotice, Renderer, Status, hookimpl


class Plugin:
    """The plugin that offers all of this; it hears of statuses too."""

    def __init__(self, folder: Path) -> None:
        self._heard = Books(folder, "heard")

    @hookimpl
    def bordereau_renderers(self) -> Iterable[type[Renderer[Any]]]:
        """Offer the letter and the XML."""
        return [Letter, Seal]

    @hookimpl
    def bordereau_deliveries(self) -> Iterable[type[Delivery[Any]]]:
        """Offer post, printer and cabinet."""
        return [Post, Printer, Cabinet]

    @hookimpl
    def bordereau_destinations(self) -> Iterable[type[Destination[Any]]]:
        """Offer the ledger."""
        return [Ledger]

    @hookimpl
    def bordereau_status_changed(
        self, tenant: str, invoice: InvoiceNotice, before: Status, after: Status
    ) -> None:
        """Write down what was heard."""
        self._heard.write(tenant=tenant, number=invoice.number, before=before, after=after)


class Grumpy:
    """A plugin that writes down that it heard something, and then fails."""

    def __init__(self, folder: Path) -> None:
        self._heard = Books(folder, "grumbled")

    @hookimpl
    def bordereau_status_changed(self, tenant: str) -> None:
        """Fail."""
        self._heard.write(tenant=tenant)
        raise RuntimeError(tenant)
