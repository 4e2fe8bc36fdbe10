"""The tables in the code and those in the database, held against each other and the rules."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    CheckConstraint,
    Connection,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from bordereau.store import Database, load_tables
from bordereau.store.fence import VERSION_TABLE, fence_column, is_global, privileges

TABLES = load_tables().sorted_tables
FENCED = [table for table in TABLES if not is_global(table)]


@pytest.fixture(scope="module")
def owner(database: Database) -> Iterator[Connection]:
    engine = database.owner_engine()
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_migrated_tables_are_those_of_the_code(owner: Connection) -> None:
    context = MigrationContext.configure(owner, opts={"compare_server_default": True})
    assert compare_metadata(context, load_tables()) == []


def test_the_migrated_checks_are_those_of_the_code(owner: Connection) -> None:
    checks = {
        (table.name, str(check.name))
        for table in TABLES
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    found = owner.execute(
        text(
            "select conrelid::regclass::text, conname from pg_constraint"
            " where contype = 'c' and connamespace = 'public'::regnamespace"
        )
    )
    assert {(row[0].strip('"'), row[1]) for row in found} == checks


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_table_is_fenced_or_says_why_not(table: Table, owner: Connection) -> None:
    if is_global(table):
        assert len(table.info["global"]) > 20
        return
    security = owner.execute(
        text("select relrowsecurity, relforcerowsecurity from pg_class where oid = :t ::regclass"),
        {"t": f'"{table.name}"'},
    ).one()
    assert tuple(security) == (True, True)
    policies = owner.execute(
        text("select policyname, cmd, qual, with_check from pg_policies where tablename = :t"),
        {"t": table.name},
    )
    setting = "NULLIF(current_setting('app.tenant'::text, true), ''::text)"
    mine = f"({fence_column(table)} = ({setting})::integer)"
    assert ("tenant", "ALL", mine, mine) in {tuple(policy) for policy in policies}


def test_no_table_is_in_the_database_alone(owner: Connection) -> None:
    found = set(owner.scalars(text("select tablename from pg_tables where schemaname = 'public'")))
    assert found == {table.name for table in TABLES} | {VERSION_TABLE}


@pytest.mark.parametrize("table", FENCED, ids=str)
def test_every_key_starts_with_the_tenant(table: Table) -> None:
    column = fence_column(table)
    if column != "tenant_id":
        return
    keys: list[UniqueConstraint | PrimaryKeyConstraint | Index] = [
        c for c in table.constraints if isinstance(c, UniqueConstraint)
    ]
    for key in (table.primary_key, *keys, *table.indexes):
        assert next(iter(key.columns)).name == column, key.name


@pytest.mark.parametrize("table", FENCED, ids=str)
def test_every_foreign_key_carries_the_tenant(table: Table) -> None:
    for key in table.foreign_key_constraints:
        pairs = {(e.parent.name, e.column.name) for e in key.elements}
        assert (fence_column(table), fence_column(key.referred_table)) in pairs, key.name
        assert not is_global(key.referred_table)


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_the_application_has_exactly_the_rights_it_needs(table: Table, database: Database) -> None:
    rights = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
    with database.operator() as operator:
        held = {
            right
            for right in rights
            if operator.scalar(
                text("select has_table_privilege(:t, :r)"), {"t": f'"{table.name}"', "r": right}
            )
        }
    assert held == set(privileges(table))
