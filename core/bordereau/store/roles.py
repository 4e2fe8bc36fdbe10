"""The two roles of an installation: the owner of the tables and the application.

The application's role is neither superuser nor owner nor a member of the owner, because row
security does not hold those. It never has the right to TRUNCATE.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from bordereau.errors import SetupError


@dataclass(frozen=True)
class Role:
    """A login role; `password` is None where the server asks for none."""

    name: str
    password: str | None = None

    def __repr__(self) -> str:
        return f"Role({self.name!r})"


def plain_url(url: str | URL) -> str:
    """Write an address as libpq reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def ensure_role(connection: psycopg.Connection, role: Role) -> None:
    """Make a role that may log in and nothing else; one that exists is left as it is."""
    if connection.execute("select from pg_roles where rolname = %s", [role.name]).rowcount:
        return
    statement = sql.SQL("create role {} login nosuperuser nocreatedb nocreaterole nobypassrls")
    words = statement.format(sql.Identifier(role.name))
    if role.password is not None:
        words += sql.SQL(" password {}").format(sql.Literal(role.password))
    connection.execute(words)


def ensure_database(connection: psycopg.Connection, name: str, owner: str) -> None:
    """Make a database that belongs to a role; one that exists is left as it is.

    The connection must be in autocommit mode: a database cannot be made in a transaction.
    """
    if connection.execute("select from pg_database where datname = %s", [name]).rowcount:
        return
    words = sql.SQL("create database {} owner {}")
    connection.execute(words.format(sql.Identifier(name), sql.Identifier(owner)))


def prepare(owner_url: str, app_url: str) -> None:
    """Make the database and the application's role on an outside server, as far as allowed.

    Raises:
        SetupError: `DATABASE_UNREACHABLE`, or something is missing that this role may not make;
            the hint holds the statement for an administrator.

    """
    owner, app = make_url(owner_url), make_url(app_url)
    if not owner.database or owner.database != app.database or not app.username:
        raise SetupError(
            "URLS_DIFFER",
            "The addresses of the owner and of the application must name the same database.",
            hint="Compare BORDEREAU_OWNER_DATABASE_URL and BORDEREAU_DATABASE_URL.",
        )
    _prepare_database(owner)
    role = Role(app.username, app.password)
    with _connect(owner) as connection:
        _prepare_role(connection, role)
        _check_owner(connection, role)


def _connect(url: URL) -> psycopg.Connection:
    try:
        return psycopg.connect(plain_url(url), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise SetupError(
            "DATABASE_UNREACHABLE",
            f"The database cannot be reached: {str(error).strip()}",
            hint="Check the address, the password and that the server runs.",
        ) from error


def _prepare_database(owner: URL) -> None:
    name, user = str(owner.database), str(owner.username)
    try:
        psycopg.connect(plain_url(owner), connect_timeout=10).close()
    except psycopg.OperationalError as error:
        if f'database "{name}" does not exist' not in str(error):
            _connect(owner).close()
            return
    else:
        return
    with _connect(owner.set(database="postgres")) as connection:
        try:
            ensure_database(connection, name, user)
        except psycopg.errors.InsufficientPrivilege as error:
            raise SetupError(
                "DATABASE_MISSING",
                f"There is no database {name} and the role {user} may not make it.",
                hint=f'create database "{name}" owner "{user}"',
            ) from error


def _prepare_role(connection: psycopg.Connection, role: Role) -> None:
    try:
        ensure_role(connection, role)
    except psycopg.errors.InsufficientPrivilege as error:
        raise SetupError(
            "ROLE_MISSING",
            f"There is no role {role.name} and this role may not make it.",
            hint=f"create role \"{role.name}\" login password '...'",
        ) from error


def _check_owner(connection: psycopg.Connection, app: Role) -> None:
    """See that the owner may make tables and schemas, and that the application may come in."""
    database = connection.info.dbname
    may_make = """select has_schema_privilege('public', 'create')
        and has_database_privilege(current_database(), 'create')"""
    if connection.execute(may_make).fetchone() != (True,):
        raise SetupError(
            "OWNER_WITHOUT_RIGHTS",
            f"The role {connection.info.user} may not make tables in {database}.",
            hint=f'alter database "{database}" owner to "{connection.info.user}"',
        )
    for right in ("connect", "temporary"):
        held = "select has_database_privilege(%s, %s, %s)"
        if connection.execute(held, [app.name, database, right]).fetchone() != (True,):
            grant = sql.SQL("grant {} on database {} to {}")
            names = (sql.SQL(right), sql.Identifier(database), sql.Identifier(app.name))
            connection.execute(grant.format(*names))
