"""Fixtures of the invoices' own tests."""

import pytest
from tests.fixtures.shop import Shop

from bordereau.invoices.tables import Invoice


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    """An issued invoice of two lines, 100.00 and 50.00 before tax."""
    contract = shop.contract()
    shop.charge(contract, "100", description="a")
    shop.charge(contract, "50", description="b")
    return shop.issue()[0]
