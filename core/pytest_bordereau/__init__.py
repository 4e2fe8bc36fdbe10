"""Fixtures for plugin authors, loaded by pytest when bordereau is installed.

A package of its own that imports the product late: pytest loads it before coverage starts.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bordereau.contract import Consignment, Context, Document

pytest.register_assert_rewrite("bordereau.testing")


@pytest.fixture
def bordereau_context() -> "Context":
    """Return where a capability runs: a tenant, a connection, a fixed time."""
    from bordereau.testing import sample_context

    return sample_context()


@pytest.fixture
def bordereau_document() -> "Document":
    """Return an invoice in euro with two lines."""
    from bordereau.testing import sample_document

    return sample_document()


@pytest.fixture
def bordereau_consignment() -> "Consignment":
    """Return three documents of different kinds and currencies, on their way together."""
    from bordereau.testing import sample_consignment

    return sample_consignment()
