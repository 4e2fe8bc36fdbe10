"""Where a benchmark ran; figures without this say little."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

PACKAGES = ("bordereau", "sqlalchemy", "psycopg", "dbos", "pydantic", "typst")
SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


def environment(session: Session) -> dict[str, Any]:
    """Describe machine, versions and the settings of PostgreSQL that matter."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": None if load is None else round(load, 2),
        "packages": {name: _version(name) for name in PACKAGES},
        "postgresql": {name: _setting(session, name) for name in SETTINGS},
    }


def backend(session: Session) -> int | None:
    """Return the process id of the connection's backend, if it is on this machine."""
    found = session.execute(text("select pg_backend_pid(), inet_server_addr() is null")).one()
    return int(found[0]) if found[1] else None


def _setting(session: Session, name: str) -> str:
    return str(session.scalar(text("select current_setting(:name)"), {"name": name}))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
