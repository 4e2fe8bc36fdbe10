"""What a benchmark found, for people or for programs."""

from collections.abc import Sequence

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bordereau_api.bench import Figures, Result, Stage
from bordereau_api.cli.common import FAILED, out, talk, write_json

_WIDTH = 120  # figures are never cut; a narrower terminal breaks the lines


def show(result: Result, *, as_json: bool) -> None:
    """Write a result; what does not add up ends with exit code 1."""
    if as_json:
        write_json(result.as_data())
    else:
        _show_environment(result)
        Console(width=max(out.width, _WIDTH)).print(_table(result.stages))
    for check in result.checks:
        if not check.ok:
            talk.print(f"[bold red]WRONG[/] {check.name}: {check.message}", highlight=False)
    if not result.ok:
        raise typer.Exit(FAILED)


def say(what: str) -> None:
    """Tell people what happens next."""
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
        unit = {"wall": "x", "cpu": "x cpu", "seconds": " s"}[stage.goal.measure]
        said = f"[{colour}]≤{stage.goal.at_most:g}{unit} {word}"
    return [f"{stage.wall:.1f}", f"{stage.cpu:.1f}", said]
