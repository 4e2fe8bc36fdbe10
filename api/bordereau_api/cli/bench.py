"""The benchmarks: `bench` bills a workload, `bench preview` looks at the page of a large batch."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from bordereau.errors import Invalid
from bordereau_api.bench import STAGES, Figures, Result, Stage, bench, preview_bench
from bordereau_api.cli.common import FAILED, AsJson, command, out, talk, write_json

app = typer.Typer(
    help="Measure this installation beside the floor of the same machine, in a scratch database.",
    invoke_without_command=True,
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
    found = bench(invoices, issued=issued, stages=chosen, server=database, say=_say)
    show(found, as_json=as_json)


@app.command("preview")
@command
def preview(
    contracts: Annotated[
        int, typer.Option(min=1, help="Contracts with unbilled charges.")
    ] = 10_000,
    charges: Annotated[int, typer.Option(min=1, help="Unbilled charges in all.")] = 100_000,
    issued: Annotated[int, typer.Option(min=0, help="Invoices issued before.")] = 100_000,
    database: Server = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Look at a large batch on a filled database: totals, first page, one tick."""
    found = preview_bench(contracts, charges, issued, server=database, say=_say)
    show(found, as_json=as_json)


def show(result: Result, *, as_json: bool) -> None:
    """Write a result; what does not add up ends with exit code 1."""
    if as_json:
        write_json(result.as_data())
    else:
        _show_environment(result)
        out.print(_table(result.stages))
    for check in result.checks:
        if not check.ok:
            talk.print(f"[bold red]WRONG[/] {check.name}: {check.message}", highlight=False)
    if not result.ok:
        raise typer.Exit(FAILED)


def _say(what: str) -> None:
    talk.print(f"… {what}", highlight=False)


def _show_environment(result: Result) -> None:
    where = result.environment
    server = where["postgresql"]
    out.print(
        f"Python {where['python']}, PostgreSQL {server['server_version']} (fsync {server['fsync']})"
        f", {where['cores']} cores, load {where['load']}",
        highlight=False,
    )
    facts = (f"{name.replace('_', ' ')} {value}" for name, value in result.workload.items())
    out.print(", ".join(facts), highlight=False)


def _table(stages: Sequence[Stage]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("stage", no_wrap=True)
    heads = ("s", "cpu s", "pg cpu", "/s", "/cpu s", "MB", "SQL/1000", "x floor", "x cpu", "goal")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for stage in stages:
        name = f"{stage.name} ({stage.figures.n})"
        table.add_row(name, *_cells(stage.figures), *_ratios(stage))
        table.add_row("[dim]  floor", *(f"[dim]{cell}" for cell in _cells(stage.floor)))
    return table


def _cells(figures: Figures) -> list[str]:
    pg = figures.pg_cpu_seconds
    return [
        f"{figures.seconds:.3f}",
        f"{figures.cpu_seconds:.3f}",
        "-" if pg is None else f"{pg:.2f}",
        f"{figures.per_second:.0f}",
        f"{figures.per_cpu_second:.0f}",
        f"{figures.peak_rss_mb}",
        f"{figures.statements_per_1000:.0f}",
    ]


def _ratios(stage: Stage) -> list[str]:
    said = ""
    if stage.goal is not None:
        colour, word = ("green", "ok") if stage.reached else ("red", "below")
        unit = "x" if stage.goal.measure == "wall" else "x cpu"
        said = f"[{colour}]≤{stage.goal.at_most:g}{unit} {word}"
    return [f"{stage.wall:.1f}", f"{stage.cpu:.1f}", said]
