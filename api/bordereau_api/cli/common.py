"""What all commands share: where output goes, how errors are shown, which tenant is meant."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bordereau.errors import BordereauError, NotFound
from bordereau.store import Database, tenant_id_of
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId

FAILED, PARTLY = 1, 3
OPERATOR = Actor.installation("operator")

out = Console()
talk = Console(stderr=True)

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
        except BordereauError as error:
            talk.print(f"[bold red]{error.code}[/] {error.message}", highlight=False)
            if where := error.details.get("where"):
                talk.print(f"  where: {where}", highlight=False)
            if error.hint:
                talk.print(f"  {error.hint}", highlight=False)
            raise typer.Exit(FAILED) from error

    return run


def write_json(data: Any) -> None:
    """Write data for programs; decimals, dates and ids become text."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")


def write_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table for people; a head that begins with `>` aligns its column to the right."""
    table = Table(title=title, title_justify="left", header_style="bold", show_edge=False)
    for head in heads:
        right = head.startswith(">")
        table.add_column(head.lstrip(">"), justify="right" if right else "left")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    out.print(table)


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


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """Show bars on a terminal, on standard error; nothing where nobody looks."""
    bars = Progress(
        TextColumn("{task.description:<28}"),
        BarColumn(bar_width=36),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=talk,
        disable=quiet or not talk.is_terminal,
    )
    with bars:
        yield bars
