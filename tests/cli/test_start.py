"""A command imports what it needs, when it is called; asking for help imports next to nothing."""

import inspect
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version

import pytest
from tests.fixtures.commands import Commands, plain_environment

from bordereau import __version__
from bordereau_api.cli.bench import PREVIEW
from bordereau_api.cli.late_commands import LateCommand
from bordereau_api.cli.main import COMMANDS

DATABASE = {"cryptography", "psycopg", "sqlalchemy"}
ENGINE_AND_WEB = {"alembic", "dbos", "fastapi"}
LATE = DATABASE | ENGINE_AND_WEB | {"bordereau_pdf", "typst"}


def imported_by(*words: str, env: Mapping[str, str] | None = None) -> set[str]:
    """Run a command in a process of its own and return what it has imported at its end."""
    script = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from bordereau_api.cli import app\n"
        "app()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env=plain_environment(**(env or {})),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return {name.partition(".")[0] for name in done.stderr.splitlines()[-1].split()}


@pytest.mark.parametrize("words", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(words: str) -> None:
    imported = imported_by(words)
    assert "typer" in imported
    assert not imported & LATE


@pytest.mark.parametrize("late", COMMANDS, ids=lambda late: late.name)
def test_only_serving_imports_the_web_framework_and_none_the_engine(late: LateCommand) -> None:
    expected = {"fastapi"} if late.name == "serve" else set()
    assert imported_by(str(late.name), "--help") & ENGINE_AND_WEB == expected


def test_what_enqueues_nothing_runs_without_the_engine(commands: Commands) -> None:
    assert commands.run("account", "list").code == 0  # the first command makes the tables
    imported = imported_by("account", "list", env=commands.env)
    assert imported & DATABASE
    assert not imported & ENGINE_AND_WEB


@pytest.mark.parametrize("late", [*COMMANDS, PREVIEW], ids=lambda late: late.name)
def test_the_list_says_of_a_command_what_it_says_of_itself(late: LateCommand) -> None:
    loaded = late.load()
    assert late.help == inspect.cleandoc(loaded.help).partition("\n\n")[0].replace("\n", " ")


def test_the_version_is_that_of_the_installed_package() -> None:
    assert __version__ == version("bordereau")
