"""Write the next migration step: `python -m bordereau.store.migrations.new "what changes"`.

The tables in the code are compared with those that the steps so far make on a scratch server. New
tables get their fence. `--initial` writes the first step anew, with the statements of every room's
`ddl.py`; that is possible only as long as no version has been released.
"""

import argparse
import importlib
import importlib.util
import pkgutil
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import ForeignKeyConstraint, create_engine

import bordereau
from bordereau.store import tenants
from bordereau.store.base import load_tables
from bordereau.store.embedded import OWNER, embedded_cluster, make_home
from bordereau.store.fence import fence
from bordereau.store.migrations.upgrade import script_config
from bordereau.store.steps import VERSIONS


class StatementOp(ops.MigrateOperation):
    """One SQL statement, written as a block of text."""

    def __init__(self, statement: str) -> None:
        self.statement = statement


@renderers.dispatch_for(StatementOp)
def _render(_context: AutogenContext, op: StatementOp) -> str:
    quoted = op.statement.replace("\\", "\\\\").replace('"""', '\\"""')
    return f'op.execute("""{quoted}""")' if "\n" in quoted else f"op.execute({quoted!r})"


def write(message: str, *, initial: bool = False, folder: Path = VERSIONS) -> Path:
    """Write the next step of a folder, or the first one anew, and return its file."""
    number = 1 if initial else len(list(folder.glob("*.py"))) + 1
    with tempfile.TemporaryDirectory() as empty, _scratch() as url:
        steps = Path(empty) if initial else folder
        engine = create_engine(url)
        with engine.begin() as connection:
            config = script_config(connection)
            config.cmd_opts = argparse.Namespace(quiet=True)
            config.set_main_option("version_locations", str(steps))
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            command.upgrade(config, "head")
            command.revision(
                config,
                message,
                autogenerate=True,
                rev_id=f"{number:04}",
                process_revision_directives=_add_initial if initial else _add_fences,
            )
        engine.dispose()
        written = next(steps.glob(f"{number:04}_*.py"))
        return Path(shutil.move(_tidy(written), folder / written.name))


def _tidy(written: Path) -> Path:
    lines = written.read_text().splitlines(keepends=True)
    written.write_text("".join(line for line in lines if "# ###" not in line))
    for rewrite in (("check", "--fix-only", "-q"), ("format", "-q", "--line-length", "100")):
        subprocess.run([sys.executable, "-m", "ruff", *rewrite, written], check=True)  # noqa: S603 - our own file
    return written


def _add_fences(_context: Any, _revision: Any, directives: list[ops.MigrationScript]) -> None:
    """Add the fence of each new table, and the keys that wait until all tables are there."""
    steps = directives[0].upgrade_ops
    if steps is None:
        return
    late: list[ops.MigrateOperation] = []
    for made in [op for op in steps.ops if isinstance(op, ops.CreateTableOp)]:
        waiting = [c for c in made.columns if isinstance(c, ForeignKeyConstraint) and c.use_alter]
        made.columns = [c for c in made.columns if not any(c is key for key in waiting)]
        waiting.sort(key=lambda key: str(key.name))  # a table keeps its keys in no order
        late += [ops.CreateForeignKeyOp.from_constraint(key) for key in waiting]
        late += _statements(fence(load_tables().tables[made.table_name]))
    steps.ops.extend(late)


def _add_initial(context: Any, revision: Any, directives: list[ops.MigrationScript]) -> None:
    """Add the fences, the operators' functions and what the rooms wrote by hand."""
    _add_fences(context, revision, directives)
    if steps := directives[0].upgrade_ops:
        steps.ops.extend(_statements(tenants.STATEMENTS))
        steps.ops.extend(_statements(_written_by_hand()))


def _statements(statements: Iterable[str]) -> list[ops.MigrateOperation]:
    return [StatementOp(statement) for statement in statements]


def _written_by_hand() -> Iterator[str]:
    """Yield the statements of each room's `ddl.py`: triggers and functions."""
    for room in pkgutil.iter_modules(bordereau.__path__, "bordereau."):
        if room.ispkg and importlib.util.find_spec(f"{room.name}.ddl"):
            yield from importlib.import_module(f"{room.name}.ddl").STATEMENTS


@contextmanager
def _scratch() -> Iterator[str]:
    """Start a server that is thrown away afterwards; yield the owner's address."""
    with tempfile.TemporaryDirectory(prefix="bordereau-") as folder:
        Path(folder).chmod(0o711)
        cluster = embedded_cluster(Path(folder), {"fsync": "off"})
        cluster.start()
        try:
            make_home(cluster, "scratch")
            yield cluster.url(OWNER.name, "scratch")
        finally:
            cluster.stop()


def main() -> None:
    """Read the command line and write the step."""
    parser = argparse.ArgumentParser(description="Write the next migration step.")
    parser.add_argument("message", nargs="?", default="initial", help="what the step changes")
    parser.add_argument("--initial", action="store_true", help="write the first step anew")
    wanted = parser.parse_args()
    sys.stdout.write(f"{write(wanted.message, initial=wanted.initial)}\n")


if __name__ == "__main__":
    main()
