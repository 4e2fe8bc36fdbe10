"""Row-level security for a table, and what the application's role may do with it.

The fence is part of a migration, because it belongs to the table. The grants are made after each
migration, because the role's name belongs to the installation.
"""

from collections.abc import Iterator

from sqlalchemy import MetaData, Table
from sqlalchemy.engine import make_url

from bordereau.store.base import PRIVILEGES, TENANT_COLUMN

VERSION_TABLE = "alembic_version"
CURRENT_TENANT = "nullif(current_setting('app.tenant', true), '')::int"

_dialect = make_url("postgresql+psycopg://").get_dialect()()
_quote = _dialect.identifier_preparer.quote


def is_global(table: Table) -> bool:
    """Tell whether the table says that it belongs to no tenant."""
    return "global" in table.info


def fence_column(table: Table) -> str:
    """Name the column that says whose row it is."""
    return str(table.info.get("fence_column", TENANT_COLUMN))


def privileges(table: Table) -> tuple[str, ...]:
    """List what the application's role may do with the table."""
    return tuple(table.info.get("privileges", PRIVILEGES))


def fence(table: Table) -> tuple[str, ...]:
    """Return the statements that keep one tenant's rows from another; none for a global table.

    Forced, so that even the owner of the table is held. Only a table that operators must search
    before they know the tenant (`fence_column`) is open to its owner, whose functions do that.
    """
    if is_global(table):
        return ()
    name = _quote(table.name)
    mine = f"{_quote(fence_column(table))} = {CURRENT_TENANT}"
    statements = (
        f"alter table {name} enable row level security, force row level security",
        f"create policy tenant on {name} using ({mine}) with check ({mine})",
    )
    if "fence_column" in table.info:
        operator = (
            f"create policy operator on {name} to current_user using (true) with check (true)"
        )
        return (*statements, operator)
    return statements


def grants(metadata: MetaData, role: str, functions: tuple[str, ...]) -> Iterator[str]:
    """Return the statements that give the application's role exactly its rights.

    TRUNCATE is never given: row security and row triggers do not see it.
    """
    app = _quote(role)
    yield f"grant usage on schema public to {app}"
    yield f"grant usage on all sequences in schema public to {app}"
    yield f"grant select on {VERSION_TABLE} to {app}"
    for table in metadata.sorted_tables:
        name = _quote(table.name)
        yield f"revoke all on {name} from {app}"
        if rights := privileges(table):
            yield f"grant {', '.join(rights)} on {name} to {app}"
    for function in functions:
        yield f"revoke all on function {function} from public"
        yield f"grant execute on function {function} to {app}"
