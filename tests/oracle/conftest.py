"""What the tests against the oracle share: a seller in real books."""

import pytest
from tests.fixtures.books import Books
from tests.oracle.composing import Seller


@pytest.fixture
def seller(books: Books) -> Seller:
    """A seller who rounds tax by either policy."""
    return Seller(books)
