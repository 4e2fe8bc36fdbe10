"""What the tests of batches share: a clerk, and books with a seller ready to bill."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from bordereau.batches import Options, generate, open_batch, run
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Contract, Customer, TaxCode
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.tenancy.tables import Administration
from tests.fixtures.books import Books

TODAY = date(2026, 11, 20)


@pytest.fixture
def clerk() -> Actor:
    """Somebody who may do everything with batches."""
    return Actor.installation("clerk@exemple.example")


@dataclass
class Shop:
    """One seller with one tax code, and short ways to sell."""

    books: Books
    clerk: Actor
    seller: Administration
    tax: TaxCode

    @property
    def session(self) -> TenantSession:
        return self.books.session

    def customer(self, **values: Any) -> Customer:
        return self.books.customer(**values)

    def contract(self, customer: Customer | None = None, **values: Any) -> Contract:
        values = {"tax_code_id": self.tax.id} | values
        return self.books.contract(customer or self.customer(), self.seller, **values)

    def open(self, **options: Any) -> Batch:
        source = options.pop("source", "contracts")
        ids: list[UUID] = options.pop("administration_ids", [])
        options = {"name": "November"} | options
        return open_batch(
            self.session,
            actor=self.clerk,
            source=source,
            as_of=TODAY,
            administration_ids=ids,
            options=Options(**options),
        )

    def run(self, **options: Any) -> Batch:
        return run(self.session, self.open(**options), actor=self.clerk)

    def generate(self, **options: Any) -> Batch:
        batch = self.run(**options)
        return generate(self.session, batch, batch.preview_hash, actor=self.clerk)


@pytest.fixture
def shop(books: Books, clerk: Actor) -> Shop:
    """A French seller with a tax code of 20 per cent."""
    return Shop(books, clerk, books.administration(), books.tax_code("20"))
