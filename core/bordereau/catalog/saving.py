"""Saving many records at once by their code: new ones are added, changed ones changed.

The number of statements does not depend on the number of records. Saving the same records again
changes nothing. A record that cannot be taken becomes a `Fault` and does not hold up the others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, Table, bindparam, func, inspect, literal, select, update
from sqlalchemy.orm import DeclarativeBase

from bordereau.store import TenantSession, among, copy_rows
from bordereau.values.ids import uuid7

Row = dict[str, Any]
Guard = Callable[[Mapping[str, Any], Mapping[str, Any]], "tuple[str, str] | None"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record was not taken.

    Attributes:
        line: its line in the file, or its place in the list that was given.
        column: the column or field; empty when it is the whole record.
        code: stable, for instance UNKNOWN_CUSTOMER.
        message: the same in a sentence.

    """

    line: int
    column: str
    code: str
    message: str


@dataclass(slots=True)
class Saved:
    """What became of the records."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
    ids: list[UUID] = field(default_factory=list)

    def add(self, other: "Saved") -> None:
        """Add what became of further records; their ids are not kept."""
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.faults += other.faults


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names another thing by its code."""

    name: str
    model: type[DeclarativeBase]
    column: str

    @property
    def fault(self) -> str:
        """The code of the fault when there is no such thing."""
        return f"UNKNOWN_{self.name.upper()}"


def lock(session: TenantSession, name: str) -> None:
    """Wait until no other transaction of this tenant holds the lock of this name."""
    key = func.hashtext(literal(f"bordereau.{name}"))
    session.execute(select(func.pg_advisory_xact_lock(literal(session.tenant_id, Integer), key)))


def ids_of(
    session: TenantSession, model: type[DeclarativeBase], codes: Iterable[str]
) -> dict[str, UUID]:
    """Return the ids of things by their codes; unknown ones are left out."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    table = _table(model)
    found = session.execute(
        select(table.c.code, table.c.id).where(
            table.c.tenant_id == session.tenant_id, among(table.c.code, wanted)
        )
    )
    return {row.code: row.id for row in found}


def resolve(
    session: TenantSession, rows: dict[int, Row], references: Sequence[Reference]
) -> list[Fault]:
    """Replace codes by ids in the rows; those that name something unknown are taken out."""
    faults: list[Fault] = []
    for one in references:
        known = ids_of(
            session, one.model, (row[one.name] for row in rows.values() if row.get(one.name))
        )
        for line in list(rows):
            row = rows[line]
            if one.name not in row:
                continue
            code = row.pop(one.name)
            if code and code not in known:
                said = f"There is no {one.name.replace('_', ' ')} {code}."
                faults.append(Fault(line, one.name, one.fault, said))
                del rows[line]
            else:
                row[one.column] = known.get(code)
    return faults


def upsert(
    session: TenantSession,
    model: type[DeclarativeBase],
    rows: Mapping[int, Row],
    given: Mapping[int, set[str]],
    *,
    key: str = "code",
    guard: Guard | None = None,
) -> Saved:
    """Add or change rows by their key.

    Args:
        session: the tenant's session.
        model: the table.
        rows: complete rows by line; all of the same columns, without tenant and id.
        given: by line, the columns that were given; only these change a row that exists.
        key: the column that names a row.
        guard: says of a row that exists and its changes why they are refused, as code and message.

    """
    saved = Saved()
    existing = existing_rows(session, model, key, [row[key] for row in rows.values()])
    new: list[Row] = []
    changed: list[Row] = []
    for line, row in rows.items():
        old = existing.get(row[key])
        if old is None:
            new.append({"id": uuid7(), **row})
            saved.ids.append(new[-1]["id"])
            continue
        changes = {name: row[name] for name in given[line] if row[name] != old[name]}
        refusal = guard(old, changes) if guard and changes else None
        if refusal:
            saved.faults.append(Fault(line, key, *refusal))
        elif changes:
            changed.append({name: changes.get(name, old[name]) for name in ("id", *row)})
            saved.ids.append(old["id"])
        else:
            saved.unchanged += 1
    insert_rows(session, model, new)
    update_rows(session, model, changed)
    saved.created, saved.changed = len(new), len(changed)
    return saved


def existing_rows(
    session: TenantSession, model: type[DeclarativeBase], key: str, keys: Sequence[Any]
) -> dict[Any, Mapping[str, Any]]:
    """Return the rows that have these keys, locked until the end of the transaction."""
    table = _table(model)
    found = session.execute(
        select(table)
        .where(table.c.tenant_id == session.tenant_id, among(table.c[key], keys))
        .with_for_update()
    )
    return {row[key]: dict(row) for row in found.mappings()}


def insert_rows(session: TenantSession, model: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Add rows that all have the same columns."""
    if rows:
        columns = list(rows[0])
        copy_rows(session, model, columns, ([row[name] for name in columns] for row in rows))


def update_rows(session: TenantSession, model: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Change rows by their `id`; all rows have the same columns."""
    if not rows:
        return
    table = _table(model)
    columns = [name for name in rows[0] if name != "id"]
    statement = (
        update(table)
        .where(table.c.tenant_id == session.tenant_id, table.c.id == bindparam("_id"))
        .values({name: bindparam(f"_{name}") for name in columns})
    )
    session.connection().execute(
        statement, [{f"_{name}": value for name, value in row.items()} for row in rows]
    )


def _table(model: type[DeclarativeBase]) -> Table:
    return cast("Table", inspect(model).local_table)
