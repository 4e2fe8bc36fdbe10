"""A database of its own for each benchmark: made, migrated, and gone afterwards.

Without an address a PostgreSQL is started in a temporary folder. With one, a scratch database and
two scratch roles are made on that server and dropped at the end; no other database is touched.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path

import psycopg
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from bordereau.connections import Host
from bordereau.contract import PROJECT
from bordereau.errors import SetupError
from bordereau.store import Settings
from bordereau.store.cluster import SUPERUSER
from bordereau.store.embedded import embedded_cluster
from bordereau.store.roles import Role, ensure_database, ensure_role, plain_url
from bordereau_api.bench import channel
from bordereau_api.wiring import House, open_house

RENDERER = "pdf"


@contextmanager
def scratch_house(server: str | None = None) -> Iterator[House]:
    """Open an empty, migrated installation with the PDF renderer and the benchmark's channel.

    Args:
        server: the address of a role that may make databases and roles; None for an own server.

    Raises:
        SetupError: the server cannot be reached or used, or there is none to start.

    """
    folder = Path(tempfile.mkdtemp(prefix="bordereau-bench-"))
    folder.chmod(0o711)  # an own server's account must be able to enter
    try:
        with _server(folder, server) as admin_url, _database(admin_url) as (app_url, owner_url):
            settings = Settings(
                database_url=SecretStr(app_url),
                owner_database_url=SecretStr(owner_url),
                data_dir=folder,
            )
            _migrate(settings, app_url, owner_url)
            with open_house(settings, _host()) as house:
                yield house
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _migrate(settings: Settings, app_url: str, owner_url: str) -> None:
    """Migrate in a process of its own, as installations do: its memory is not what is measured.

    Raises:
        SetupError: BENCH_SERVER, with what the command said.

    """
    environment = {
        "BORDEREAU_DATABASE_URL": app_url,
        "BORDEREAU_OWNER_DATABASE_URL": owner_url,
        "BORDEREAU_DATA_DIR": str(settings.data_dir),
    }
    done = subprocess.run(
        [sys.executable, "-m", "bordereau_api", "migrate"],
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SetupError("BENCH_SERVER", f"The database cannot be set up: {done.stderr.strip()}")


def _host() -> Host:
    points = [point for point in entry_points(group=PROJECT) if point.name == RENDERER]
    host = Host.discover(points, skip=())
    host.register(channel, name="bench")
    return host


@contextmanager
def _server(folder: Path, server: str | None) -> Iterator[str]:
    """Yield the address of a server's administrator."""
    if server is not None:
        yield server
        return
    cluster = embedded_cluster(folder)
    cluster.start()
    try:
        yield cluster.url(SUPERUSER, "postgres")
    finally:
        cluster.stop()


@contextmanager
def _database(admin_url: str) -> Iterator[tuple[str, str]]:
    """Make a database with two roles, yield their addresses, and drop all three."""
    name = f"bordereau_bench_{os.getpid()}_{secrets.token_hex(4)}"
    owner, app = (Role(f"{name}_{part}", secrets.token_hex(16)) for part in ("owner", "app"))
    try:
        admin = psycopg.connect(plain_url(admin_url), autocommit=True)
    except psycopg.OperationalError as error:
        raise SetupError("BENCH_SERVER", f"The server cannot be reached: {error}") from error
    with admin:
        try:
            for role in (owner, app):
                ensure_role(admin, role)
            ensure_database(admin, name, owner.name)
            yield _address(admin_url, app, name), _address(admin_url, owner, name)
        except psycopg.errors.InsufficientPrivilege as error:
            raise SetupError(
                "BENCH_SERVER",
                f"The benchmark makes a database of its own and may not: {error}",
                hint="Give the address of a role that may make databases and roles.",
            ) from error
        finally:
            _drop(admin, name, (owner, app))


def _drop(admin: psycopg.Connection, name: str, roles: tuple[Role, ...]) -> None:
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
    for role in roles:
        admin.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role.name)))


def _address(admin_url: str, role: Role, database: str) -> str:
    url = make_url(admin_url).set(username=role.name, password=role.password, database=database)
    return url.render_as_string(hide_password=False)
