"""What can be seen of a shop: our rows, and the far side's own books."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.output.product.books import Books
from tests.output.works import Works

from bordereau.connections.tables import Connection
from bordereau.invoices.tables import Invoice, InvoiceFact
from bordereau.output.tables import Notice, StoredArtifact, StoredDelivery
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId, public_id

OPEN = ("waiting", "sending")


@dataclass
class View:
    """Reads what became of the invoices of one tenant, on both sides.

    `folder` is where the far side keeps its books.
    """

    works: Works
    tenant_id: TenantId
    folder: Path
    actor: Actor = field(default_factory=lambda: Actor.installation("tester"))
    keys: dict[UUID, str] = field(default_factory=dict)

    def session(self) -> Any:
        """Open a transaction of the tenant."""
        return self.works.database.tenant(self.tenant_id)

    def files(self) -> list[StoredArtifact]:
        """Return the files that were kept."""
        with self.session() as session:
            return list(session.scalars(select(StoredArtifact).order_by(StoredArtifact.id)))

    def deliveries(self, *ids: UUID) -> list[StoredDelivery]:
        """Return the deliveries, of these invoices or all."""
        with self.session() as session:
            query = select(StoredDelivery).order_by(StoredDelivery.id)
            if ids:
                query = query.where(StoredDelivery.invoice_id.in_(ids))
            return list(session.scalars(query))

    def key_of(self, row: StoredDelivery) -> str:
        """Return the key of the channel of a delivery."""
        if not self.keys:
            self.keys = {connection.id: connection.key for connection in self.connections()}
        return self.keys[row.connection_id] if row.connection_id else ""

    def name_of(self, row: StoredDelivery) -> str:
        """Return a delivery's id as the far side knows it."""
        return public_id("dlv", row.id)

    def states(self, *ids: UUID) -> Counter[tuple[str, str]]:
        """Count the deliveries by state and code."""
        return Counter((row.state, row.code) for row in self.deliveries(*ids))

    def settle(self, seconds: float = 120.0) -> Counter[tuple[str, str]]:
        """Wait until nothing is open, and count."""
        self.wait(lambda: not any(row.state in OPEN for row in self.deliveries()), seconds)
        return self.states()

    def wait(self, condition: Callable[[], bool], seconds: float = 120.0) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"it did not happen in time: {self.states()}"
            time.sleep(0.05)

    def facts(self) -> Counter[str]:
        """Count the facts of all invoices."""
        with self.session() as session:
            return Counter(session.scalars(select(InvoiceFact.kind)))

    def statuses(self) -> Counter[str]:
        """Count the displayed statuses."""
        with self.session() as session:
            return Counter(session.scalars(select(Invoice.status)))

    def number(self, invoice_id: UUID) -> str:
        """Return the number of an invoice."""
        with self.session() as session:
            return str(session.scalar(select(Invoice.number).where(Invoice.id == invoice_id)))

    def there(self, key: str) -> Counter[str]:
        """Count what the far side has, by delivery."""
        return Counter(line["delivery"] for line in self.lines(key))

    def lines(self, key: str) -> list[dict[str, Any]]:
        """Return what the far side has, line by line."""
        return Books(self.folder, key).lines()

    def calls(self, key: str) -> list[dict[str, Any]]:
        """Return the calls the far side took."""
        return self.lines(f"{key}-calls")

    def connections(self) -> list[Connection]:
        """Return all connections."""
        with self.session() as session:
            return list(session.scalars(select(Connection)))

    def notices(self) -> int:
        """Count what plugins still have to hear."""
        with self.session() as session:
            return len(session.scalars(select(Notice.id)).all())

    def fact_actors(self) -> set[str]:
        """Return who stands behind the facts."""
        with self.session() as session:
            return set(session.scalars(select(InvoiceFact.actor)))

    def connection(self, id_: UUID) -> Connection:
        """Return a connection as it is now."""
        with self.session() as session:
            row: Connection = session.get_one(Connection, (self.tenant_id, id_))
            return row
