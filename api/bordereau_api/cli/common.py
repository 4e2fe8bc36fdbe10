"""What all commands share: where output goes, how errors are shown, which tenant is meant."""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from pydantic import ValidationError
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import OperationalError

from bordereau.errors import BordereauError, NotFound
from bordereau.store import Database, tenant_id_of
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId

FAILED, PARTLY = 1, 3
OPERATOR = Actor.installation("operator")

out = Console(highlight=False)
talk = Console(stderr=True, highlight=False)

P = ParamSpec("P")
R = TypeVar("R")

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for programs.")]
TenantSlug = Annotated[
    str,
    typer.Option("--tenant", "-t", envvar="BORDEREAU_TENANT", help="Short name of the account."),
]


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Show an error as a sentence and what to do about it, and exit with 1."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (BordereauError, ValidationError, OperationalError, OSError) as error:
            shown = _as_ours(error)
            where = str(shown.details.get("where", ""))
            show_trouble(talk, shown.code, shown.message, where, shown.hint)
            raise typer.Exit(FAILED) from error

    return run


def write_json(data: Any) -> None:
    """Write data for programs; decimals, dates and ids become text."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")


def write_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table for people.

    A head that begins with `>` aligns its column to the right. Figures and the first column are
    never wrapped.
    """
    table = new_table()
    for place, head in enumerate(heads):
        right = head.startswith(">")
        justify = "right" if right else "left"
        table.add_column(head.lstrip(">"), justify=justify, no_wrap=right or place == 0)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(cell(value) for value in row))
    show_table(title, table)


def new_table() -> Table:
    """Return an empty table in the look of all tables."""
    return Table(header_style="bold", box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))


def show_table(title: str, table: Table) -> None:
    """Write a table below its title."""
    out.print(Text.assemble((cell(title).plain, "bold")))
    out.print(table)


def cell(value: object) -> Text:
    """Return a value as it stands: neither markup nor a sign that a terminal would obey."""
    text = str(value).expandtabs(1)
    return Text("".join(one if one.isprintable() or one == "\n" else "�" for one in text))


def show_trouble(
    console: Console, code: str, message: str, where: str = "", hint: str = ""
) -> None:
    """Write what is wrong and, below it, where and what to do."""
    console.print(Text.assemble((code, "bold red"), " ", cell(message)), soft_wrap=True)
    if where:
        console.print(Text.assemble("  where: ", cell(where)), soft_wrap=True)
    if hint:
        console.print(Text.assemble("  ", cell(hint)), soft_wrap=True)


def find_tenant(database: Database, slug: str) -> TenantId:
    """Return the account of this short name.

    Raises:
        NotFound: there is none.

    """
    with database.operator() as operator:
        found = tenant_id_of(operator, slug)
    if found is None:
        raise NotFound("account", slug)
    return found


def log_to_stderr() -> None:
    """Let a process that goes on until it is stopped say what it does."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """Show bars on a terminal, on standard error; nothing where nobody looks."""
    bars = Progress(
        TextColumn("{task.description:<28}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=talk,
        disable=quiet or not talk.is_terminal,
        transient=True,
    )
    with bars:
        yield bars


def _as_ours(error: Exception) -> BordereauError:
    """Return what a library raised as an error of the one kind that people see."""
    if isinstance(error, BordereauError):
        return error
    if isinstance(error, ValidationError):
        problem = error.errors(include_url=False, include_input=False)[0]
        where = "_".join(str(part) for part in problem["loc"])
        hint = f"Look at BORDEREAU_{where.upper()}; `docs/configuration.md` lists the settings."
        return BordereauError("SETTINGS_INVALID", f"{where}: {problem['msg']}.", hint=hint)
    if isinstance(error, OperationalError):
        hint = "`bordereau doctor` says more."
        return BordereauError("DATABASE_UNREACHABLE", str(error.orig).strip(), hint=hint)
    return BordereauError("FILE_UNUSABLE", str(error), hint="Look at the path and who may use it.")
