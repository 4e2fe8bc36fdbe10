"""Fixtures of the documentation's tests: a folder that looks like a project that was set up."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.fixtures.commands import plain_environment

from bordereau.store import embedded

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project's folder after `make setup`, with the programs that are installed here."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "build.lock"):
        shutil.copy(ROOT / name, tmp_path)
    programs = tmp_path / ".venv"
    programs.mkdir()
    (programs / "bin").symlink_to(Path(sys.prefix, "bin"))
    (programs / ".done").touch()
    return tmp_path


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """The environment of somebody who has set nothing, with a data folder to throw away."""
    with TemporaryDirectory(prefix="bordereau-") as name:
        Path(name).chmod(0o711)
        yield plain_environment(
            BORDEREAU_DATA_DIR=name,
            COLUMNS="100",
            LC_ALL="C.UTF-8",
            PATH=os.pathsep.join((str(Path(sys.prefix, "bin")), os.environ["PATH"])),
        )
        embedded.stop(Path(name))


@pytest.fixture
def free_port() -> str:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return str(found.getsockname()[1])
