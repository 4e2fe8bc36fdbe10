"""Random sequences of everything that people do, held against a model of the books."""

from tests.machine.machine import CI, NewTenant, play

from bordereau.store import Database


def test_short_sequences_keep_the_books_as_the_model_has_them(
    database: Database, new_tenant: NewTenant
) -> None:
    play(database, new_tenant, CI)
