"""Fixtures of the drafts' own tests."""

import pytest
from tests.drafts.site import Site
from tests.fixtures.books import Books


@pytest.fixture
def site(books: Books) -> Site:
    administration = books.administration()
    customer = books.customer()
    tax = books.tax_code("20")
    work = books.work_type(tax_code_id=tax.id, name="Chantier")
    return Site(books, customer, books.project(customer, administration), work)
