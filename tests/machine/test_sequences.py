"""Random sequences of everything that people do, held against a model of the books.

What always holds is listed in `base` and `truths`: value is conserved, numbers are 1 to n, nothing
issued changes, a refused action leaves no trace.
"""

import pytest
from hypothesis import settings
from tests.machine.base import Base
from tests.machine.credit_machine import CreditMachine
from tests.machine.machine import CI, NIGHTLY, BlockMachine, Machine, NewTenant, play

from bordereau.store import Database


@pytest.mark.row("A34", "A36", "A37", "A38", "A42", "B13", "B14", "B15", "B20", "B61")
@pytest.mark.parametrize(
    ("machine", "sequences"), [(Machine, 40), (BlockMachine, 15), (CreditMachine, 15)]
)
def test_short_sequences_keep_the_books_as_the_model_has_them(
    database: Database, new_tenant: NewTenant, machine: type[Base], sequences: int
) -> None:
    play(database, new_tenant, settings(CI, max_examples=sequences), machine)


@pytest.mark.nightly
@pytest.mark.parametrize("machine", [Machine, BlockMachine, CreditMachine])
def test_long_sequences_keep_the_books_as_the_model_has_them(
    database: Database, new_tenant: NewTenant, machine: type[Base]
) -> None:
    play(database, new_tenant, NIGHTLY, machine)
