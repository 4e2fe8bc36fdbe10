"""What every table shares: column types, names of constraints, the tenant fence.

A table belongs to one of two kinds:

* fenced (`Tenanted`, `Entity`): `tenant_id` is the first column of its primary key, row-level
  security keeps tenants apart, and foreign keys to other fenced tables are made by `tenant_fk`;
* global: it has no tenant and says why, `__table_args__ = {"info": {"global": "why"}}`.

Other keys of `info`: `privileges`, what the application's role may do (all four by default;
an append-only table names `("select", "insert")`), and `fence_column`, for the one table that is
fenced by another column than `tenant_id`.

A relationship names its own column, so that only that column is copied from the parent:
`relationship(foreign_keys="Contract.customer_id")`.
"""

import importlib
import importlib.util
import pkgutil
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    Constraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

import bordereau
from bordereau.values.ids import TenantId, uuid7

TENANT_COLUMN = "tenant_id"
PRIVILEGES = ("select", "insert", "update", "delete")


def _own_columns(constraint: Constraint | Index, _table: Table) -> str:
    """Join the names of a key's columns; the tenant is in every key and need not be said."""
    columns: Any = constraint.columns  # type: ignore[union-attr]  # every named kind has columns
    return "_".join(c.name for c in columns if c.name != TENANT_COLUMN)


NAMES: dict[str, Any] = {
    "own_columns": _own_columns,
    "pk": "%(table_name)s_pk",
    "fk": "%(table_name)s_%(own_columns)s_fk",
    "uq": "%(table_name)s_%(own_columns)s_key",
    "ix": "%(table_name)s_%(own_columns)s_idx",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}


_JSON = JSONB(none_as_null=True)


class Base(DeclarativeBase):
    """The base of all tables; amounts are `numeric(20, 6)`, times carry their zone."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        TenantId: Integer(),
        str: Text(),
        Decimal: Numeric(20, 6),
        date: Date(),
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        dict[str, Any]: _JSON,
        dict[str, str]: _JSON,
        list[dict[str, Any]]: _JSON,
        list[str]: _JSON,
    }


class Tenanted:
    """A row that belongs to one tenant; the session fills in which."""

    tenant_id: Mapped[TenantId] = mapped_column(
        primary_key=True, autoincrement=False, sort_order=-2
    )


class Entity(Tenanted):
    """A row with an id of its own, which other rows name with `tenant_fk`."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-1)


def tenant_fk(
    column: str, table: str, *, ondelete: str | None = None, use_alter: bool = False
) -> ForeignKeyConstraint:
    """Make a foreign key that cannot reach another tenant: (tenant_id, column) to (tenant_id, id).

    PostgreSQL checks foreign keys without row security, so the tenant must be part of the key.
    With `ondelete="SET NULL"` only `column` is emptied; `use_alter` adds the key after all tables,
    where two tables name each other.
    """
    if ondelete == "SET NULL":
        ondelete = f"SET NULL ({column})"
    return ForeignKeyConstraint(
        [TENANT_COLUMN, column],
        [f"{table}.{TENANT_COLUMN}", f"{table}.id"],
        ondelete=ondelete,
        use_alter=use_alter,
    )


def load_tables() -> MetaData:
    """Import the tables of every room and return the complete metadata."""
    for room in pkgutil.iter_modules(bordereau.__path__, "bordereau."):
        if room.ispkg and importlib.util.find_spec(f"{room.name}.tables"):
            importlib.import_module(f"{room.name}.tables")
    return Base.metadata
