"""The benchmarks: `bench` bills a workload, `bench preview` looks at the page of a large batch."""

from typing import Annotated

import typer

from bordereau.errors import Invalid
from bordereau_api.bench import STAGES, bench
from bordereau_api.cli.bench_page import say, show
from bordereau_api.cli.common import AsJson, command
from bordereau_api.cli.late_commands import LateCommand, group_of

PREVIEW = LateCommand(
    "preview",
    "bench_preview:preview",
    "Look at a large batch on a filled database: totals, first page, one tick.",
)

app = typer.Typer(
    cls=group_of([PREVIEW]),
    help="Measure this installation beside the floor of the same machine, in a scratch database.",
    invoke_without_command=True,
    add_completion=False,
)
Server = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="A role that may make databases and roles: a scratch database is made there and "
        "dropped. Without it a PostgreSQL of its own is started.",
    ),
]


@app.callback()
@command
def main(
    context: typer.Context,
    invoices: Annotated[int, typer.Option(min=2, help="How many invoices.")] = 1_000,
    issued: Annotated[int, typer.Option(min=0, help="Invoices issued before.")] = 1_000,
    stages: Annotated[
        str, typer.Option(help=f"Which to measure, with commas: {', '.join(STAGES)}.")
    ] = ",".join(STAGES),
    database: Server = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Bill a workload: rate, preview, run, generate, finalise, render, deliver."""
    if context.invoked_subcommand is not None:
        return
    chosen = [name.strip() for name in stages.split(",") if name.strip()]
    if unknown := sorted(set(chosen) - set(STAGES)):
        raise Invalid(
            "STAGE_UNKNOWN",
            f"There is no stage {', '.join(unknown)}.",
            where="stages",
            hint=f"Choose among: {', '.join(STAGES)}.",
        )
    found = bench(invoices, issued=issued, stages=chosen, server=database, say=say)
    show(found, as_json=as_json)
