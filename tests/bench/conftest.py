"""What the tests of the benchmarks share: one run over a few invoices."""

from typing import Any

import pytest

from bordereau_api.bench import Result, bench

FEW, MORE = 8, 40


@pytest.fixture(scope="session")
def few(postgres: Any) -> Result:
    """All stages over eight invoices, in a scratch database of the tests' server."""
    return bench(FEW, issued=3, server=postgres.admin_url)


@pytest.fixture(scope="session")
def more(postgres: Any) -> Result:
    """The same over forty invoices."""
    return bench(MORE, issued=3, server=postgres.admin_url)
