"""A shop: a tenant who connects channels, issues invoices and orders their output."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from tests.fixtures.books import Books
from tests.output.drafts import write_draft
from tests.output.view import View

from bordereau.catalog.tables import Customer, Layout
from bordereau.connections.tables import Connection
from bordereau.invoices import issue
from bordereau.output import Ordered, OutputOptions, order
from bordereau.tenancy.tables import Administration, Tenant
from bordereau.values.ids import uuid7


@dataclass
class Shop(View):
    """A tenant with invoices, connections and a far side of its own."""

    def subscribe(self, plan: str = "subscriber") -> None:
        """Change the plan of the account."""
        with self.session() as session:
            session.scalars(select(Tenant)).one().plan = plan

    def connect(
        self,
        kind: str,
        key: str,
        *,
        automatic: bool = False,
        zero_totals: bool = False,
        own: bool = True,
        **settings: Any,
    ) -> UUID:
        """Set a capability up; `own` ones of the test plugin get the folder of their books."""
        with self.session() as session:
            row: Connection = self.works.desk.connections.add(
                session,
                self.actor,
                key=key,
                kind=kind,
                name=f"{key} {uuid7().hex[-6:]}",
                automatic=automatic,
                zero_totals=zero_totals,
                settings=({"folder": str(self.folder)} if own else {}) | settings,
            )
            return row.id

    def invoices(self, number: int = 1, total: str = "120", **customer: Any) -> list[UUID]:
        """Issue invoices to one new customer."""
        with self.session() as session:
            books = Books(session)
            books.numbers = iter(range(int(time.monotonic_ns() % 10**9), 10**12))
            seller = session.scalars(select(Administration)).first() or books.administration()
            buyer = books.customer(**customer)
            ids = [write_draft(session, seller, buyer, Decimal(total)) for _ in range(number)]
            issue(session, ids)
            return ids

    def draft(self) -> UUID:
        """Write an invoice without a number."""
        with self.session() as session:
            books = Books(session)
            books.numbers = iter(range(int(time.monotonic_ns() % 10**9), 10**12))
            return write_draft(session, books.administration(), books.customer(), Decimal(120))

    def layout(self, name: str) -> UUID:
        """Make a layout."""
        with self.session() as session:
            row = Layout(id=uuid7(), name=name)
            session.add(row)
            return row.id

    def order(self, ids: Sequence[UUID] | None = None, **options: Any) -> Ordered:
        """Order output of invoices."""
        with self.session() as session:
            return order(
                session,
                self.works.engine.enqueuer(),
                self.works.desk.connections,
                title="October",
                actor=self.actor,
                invoice_ids=ids,
                options=OutputOptions(**options),
            )

    def customers(self, **values: str) -> None:
        """Change all customers."""
        with self.session() as session:
            session.execute(update(Customer).values(**values))

    def change(self, id_: UUID, **settings: Any) -> None:
        """Change the settings of a connection."""
        with self.session() as session:
            self.works.desk.connections.change(
                session, self.actor, id_, settings={"folder": str(self.folder)} | settings
            )
