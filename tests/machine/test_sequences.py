"""Random sequences of everything that people do, held against a model of the books.

What always holds is listed in `base` and `truths`: value is conserved, numbers are 1 to n, nothing
issued changes, a refused action leaves no trace.
"""

import pytest
from tests.machine.machine import CI, NIGHTLY, NewTenant, play

from bordereau.store import Database


@pytest.mark.row("A34", "A36", "A37", "A38", "A42", "B13", "B14", "B15", "B20", "B61")
def test_short_sequences_keep_the_books_as_the_model_has_them(
    database: Database, new_tenant: NewTenant
) -> None:
    play(database, new_tenant, CI)


@pytest.mark.nightly
def test_long_sequences_keep_the_books_as_the_model_has_them(
    database: Database, new_tenant: NewTenant
) -> None:
    play(database, new_tenant, NIGHTLY)
