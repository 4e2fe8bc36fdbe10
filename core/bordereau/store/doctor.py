"""Look whether an installation is ready, and say what is wrong and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, Row, inspect, text
from sqlalchemy.exc import OperationalError

from bordereau.errors import SetupError
from bordereau.store.base import Base, load_tables
from bordereau.store.database import Database
from bordereau.store.fence import VERSION_TABLE, privileges
from bordereau.store.settings import Settings
from bordereau.store.steps import head, refuse_newer

OLDEST = 15  # the first that empties one column of a key, and closes `public` to strangers
_SHOWN = 5

_ROLE = """
select current_user as name, rolsuper as superuser, rolbypassrls as bypass,
  exists (select from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'
      and pg_has_role(current_user, relowner, 'member')) as owner
from pg_roles where rolname = current_user
"""

_MISSING = """
select wanted.privilege || ' on ' || wanted.name
from unnest(cast(:names as text[]), cast(:privileges as text[]))
  with ordinality as wanted(name, privilege, place)
where not has_table_privilege(:role, wanted.name, wanted.privilege)
order by wanted.place
"""


@dataclass(frozen=True)
class Finding:
    """Something that keeps the installation from working.

    Attributes:
        code: stable, for example `NOT_MIGRATED`.
        message: what was found.
        hint: what to do about it.

    """

    code: str
    message: str
    hint: str


def examine(settings: Settings) -> list[Finding]:
    """Look at the database that the settings name; an empty list means that all is well."""
    try:
        database = Database.open(settings)
    except SetupError as error:
        return [Finding(error.code, error.message, error.hint)]
    try:
        return examine_database(database, load_tables())
    finally:
        database.close()


def examine_database(database: Database, tables: MetaData = Base.metadata) -> list[Finding]:
    """Look at an open database as its application's role.

    Args:
        database: the open database.
        tables: which must be there; by default those of the rooms that this process has loaded.

    """
    try:
        with database.engine.connect() as connection:
            return list(_findings(connection, tables))
    except OperationalError as error:
        reason = str(error.orig).strip()
        return [
            Finding(
                "DATABASE_UNREACHABLE",
                f"The database cannot be reached: {reason}",
                "Check BORDEREAU_DATABASE_URL, the password and that the server runs.",
            )
        ]


def require_ready(database: Database) -> None:
    """Refuse to work on an installation that is not ready for what this process has loaded.

    Raises:
        SetupError: with the first finding.

    """
    for finding in examine_database(database):
        raise SetupError(finding.code, finding.message, hint=finding.hint)


def _findings(connection: Connection, tables: MetaData) -> Iterator[Finding]:
    number = int(str(connection.scalar(text("show server_version_num")))) // 10_000
    if number < OLDEST:
        yield Finding(
            "DATABASE_TOO_OLD",
            f"The server is PostgreSQL {number}.",
            f"Use PostgreSQL {OLDEST} or newer.",
        )
        return
    role = connection.execute(text(_ROLE)).one()
    yield from _strength(role)
    state = list(_migration(connection))
    yield from state or _rights(connection, role.name, tables)


def _strength(role: Row[tuple[str, bool, bool, bool]]) -> Iterator[Finding]:
    """See that row security holds this role."""
    reasons = {
        "is a superuser": role.superuser,
        "has BYPASSRLS": role.bypass,
        "owns the tables or is a member of their owner": role.owner,
    }
    for reason, found in reasons.items():
        if found:
            yield Finding(
                "ROLE_TOO_STRONG",
                f"The application's role {role.name} {reason}: tenants are not kept apart.",
                "Give BORDEREAU_DATABASE_URL a role of its own and run `bordereau migrate`.",
            )


def _migration(connection: Connection) -> Iterator[Finding]:
    """Compare the database's last step with the code's."""
    there = connection.execute(
        text("select exists (select from pg_class where oid = to_regclass(:name))"),
        {"name": f"public.{VERSION_TABLE}"},
    ).scalar_one()
    if not there:
        yield Finding("NOT_MIGRATED", "The database has no tables yet.", "Run `bordereau migrate`.")
        return
    readable = text("select has_table_privilege(:name, 'select')")
    if not connection.scalar(readable, {"name": VERSION_TABLE}):
        yield _without_rights([VERSION_TABLE])
        return
    step = connection.scalar(text("select version_num from alembic_version"))
    try:
        refuse_newer(step)
    except SetupError as error:
        yield Finding(error.code, error.message, error.hint)
        return
    if step != head():
        message = f"The database is at step {step or 'none'}, the code at {head()}."
        yield Finding("NOT_MIGRATED", message, "Run `bordereau migrate`.")


def _rights(connection: Connection, role: str, tables: MetaData) -> Iterator[Finding]:
    """See that each table is there and that the role may do with it what the code will do."""
    there = set(inspect(connection).get_table_names())
    if lost := sorted(set(tables.tables) - there):
        message = f"The database lacks the table {lost[0]}, though it is at the right step."
        yield Finding("TABLE_MISSING", message, "Restore it from a backup.")
        return
    wanted = [(table.name, right) for table in tables.sorted_tables for right in privileges(table)]
    names, rights = [list(part) for part in zip(*wanted, strict=True)] if wanted else ([], [])
    values = {"role": role, "names": names, "privileges": rights}
    if missing := list(connection.scalars(text(_MISSING), values)):
        yield _without_rights(missing)


def _without_rights(missing: list[str]) -> Finding:
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    return Finding(
        "ROLE_WITHOUT_RIGHTS",
        f"The application's role lacks {', '.join(missing[:_SHOWN])}{more}.",
        "Run `bordereau migrate` again.",
    )
