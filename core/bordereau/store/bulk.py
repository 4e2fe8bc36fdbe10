"""Many rows at once: COPY into a temporary table, then one INSERT.

PostgreSQL refuses COPY into a table with row security, even for the own tenant; the INSERT passes
the fence like any other.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from psycopg import Connection, sql
from sqlalchemy import Dialect, Table, inspect
from sqlalchemy.orm import DeclarativeBase

from bordereau.store.base import TENANT_COLUMN
from bordereau.store.session import TenantSession

Convert = Callable[[Any], Any] | None


def copy_rows(
    session: TenantSession,
    model: type[DeclarativeBase],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> int:
    """Insert rows of the session's tenant and return how many.

    Values are given in the order of `columns`, which do not name the tenant. Columns left out get
    the database's default; defaults made in Python do not apply. The rows are streamed and never
    held together, so that callers can pass a generator over any number of them.

    Raises:
        sqlalchemy.exc.SQLAlchemyError, psycopg.Error: the database refused a row; the transaction
            is lost.

    """
    session.flush()
    table = cast("Table", inspect(model).local_table)
    alchemy = session.connection()
    connection = cast("Connection[Any]", alchemy.connection.driver_connection)
    converts = [_converter(table, name, alchemy.dialect) for name in columns]
    names = sql.SQL(", ").join(sql.Identifier(table.c[name].name) for name in columns)
    target, heap = sql.Identifier(table.name), sql.Identifier(_heap_name(table, columns))
    with connection.cursor() as cursor:
        # Checks of foreign keys keep the plan of their first row; on tables that were small then
        # it reads ever more rows as they grow.
        cursor.execute("discard plans")
        shape = sql.SQL(
            "create temporary table if not exists {} on commit drop as select {} from {} limit 0"
        )
        cursor.execute(shape.format(heap, names, target))
        with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(heap, names)) as copy:
            for row in rows:
                copy.write_row([c(v) if c else v for c, v in zip(converts, row, strict=True)])
        insert = sql.SQL("insert into {} ({}, {}) select %s, {} from {}")
        tenant = sql.Identifier(TENANT_COLUMN)
        cursor.execute(insert.format(target, tenant, names, names, heap), [session.tenant_id])
        written = cursor.rowcount
        cursor.execute(sql.SQL("truncate {}").format(heap))
    return written


def _converter(table: Table, column: str, dialect: Dialect) -> Convert:
    """Find what SQLAlchemy does to a value before it reaches the driver, for instance JSON."""
    kind = table.c[column].type.dialect_impl(dialect)
    convert: Convert = kind.bind_processor(dialect)
    return convert


def _heap_name(table: Table, columns: Sequence[str]) -> str:
    """Name the temporary table after its columns, so that two shapes do not meet in one."""
    shape = hashlib.sha256("\0".join((table.name, *columns)).encode()).hexdigest()[:16]
    return f"copy_{shape}"
