"""Writing many rows at once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import func, select

from bordereau.catalog.tables import Customer
from bordereau.store import TenantSession, copy_rows
from bordereau.tenancy.tables import AuditEvent, User
from bordereau.values.ids import uuid7

COLUMNS = ("id", "code", "name", "country", "split_percent")


def customers(count: int, first: int = 0) -> Iterator[tuple[UUID, str, str, str, Decimal]]:
    for number in range(first, first + count):
        yield uuid7(), f"C{number}", f"Customer {number}", "BE", Decimal("12.5")


def test_rows_get_the_sessions_tenant_and_the_database_defaults(session: TenantSession) -> None:
    assert copy_rows(session, Customer, COLUMNS, customers(2500)) == 2500
    found = session.scalars(select(Customer).where(Customer.code == "C2499")).one()
    assert found.tenant_id == session.tenant_id
    assert found.split_percent == Decimal("12.5")
    assert found.language == "en"
    assert session.scalar(select(func.count()).select_from(Customer)) == 2500


def test_chunks_of_one_transaction_add_up(session: TenantSession) -> None:
    written = [copy_rows(session, Customer, COLUMNS, customers(10, n)) for n in (0, 10, 20)]
    other = copy_rows(session, Customer, COLUMNS[:4], (row[:4] for row in customers(5, 30)))
    session.commit()
    assert [*written, other] == [10, 10, 10, 5]
    assert copy_rows(session, Customer, COLUMNS, customers(1, 35)) == 1
    assert session.scalar(select(func.count()).select_from(Customer)) == 36


def test_no_rows_are_no_work(session: TenantSession) -> None:
    assert copy_rows(session, Customer, COLUMNS, []) == 0


def test_every_kind_of_value_arrives_as_it_was(session: TenantSession) -> None:
    at = datetime(2026, 3, 29, 2, 30, tzinfo=UTC)
    details: dict[str, Any] = {"text": "tab\t, line\n, \\N, é", "none": None, "list": [1, 2]}
    columns = ("id", "at", "actor", "action", "subject", "details")
    row = (uuid7(), at, "\\N", "", "user", details)
    copy_rows(session, AuditEvent, columns, [row])
    copy_rows(session, User, ("id", "email", "name", "rights"), [(uuid7(), "a@b", "A", ["x", "y"])])
    event = session.scalars(select(AuditEvent)).one()
    assert tuple(getattr(event, name) for name in columns) == row
    assert session.scalars(select(User.rights)).all() == [["x", "y"]]


def test_a_refused_row_refuses_them_all(session: TenantSession) -> None:
    twice = [*customers(3), *customers(1)]
    with pytest.raises(psycopg.errors.UniqueViolation):
        copy_rows(session, Customer, COLUMNS, twice)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Customer)) == 0


def test_a_row_of_the_wrong_length_is_refused(session: TenantSession) -> None:
    with pytest.raises(ValueError, match="shorter"):
        copy_rows(session, Customer, COLUMNS, [(uuid7(), "C1")])


def test_the_tenant_cannot_be_named(session: TenantSession) -> None:
    with pytest.raises(psycopg.errors.DuplicateColumn):
        copy_rows(session, Customer, ("tenant_id", *COLUMNS), [(1, *row) for row in customers(1)])


def test_rows_of_the_session_are_written_first(session: TenantSession) -> None:
    session.add(Customer(code="C0", name="Ada", country="BE"))
    with pytest.raises(psycopg.errors.UniqueViolation):
        copy_rows(session, Customer, COLUMNS, customers(1))
