"""The demonstration."""

import json
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from bordereau.store import Settings
from bordereau_api.cli.common import AsJson, command, out, progress, write_json, write_table
from bordereau_api.demo import run_demo
from bordereau_api.demo.folders import prepare
from bordereau_api.wiring import open_house


@command
def demo(
    output: Annotated[
        Path | None, typer.Option(help="Where the files go; the data folder by default.")
    ] = None,
    samples: Annotated[Path | None, typer.Option(help="Other sample data.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Run the main job on sample data: import, batch, invoices, PDF, e-mail, CSV, archive."""
    settings = Settings()
    folders = prepare(output or settings.data_dir / "demo")
    with open_house(settings) as house, progress(quiet=as_json) as bars:
        done = run_demo(house, samples or sample_data("msp"), folders, bars)
    text = json.dumps(done.summary, indent=2, ensure_ascii=False)
    folders.summary.write_text(text + "\n", encoding="utf-8")
    if as_json:
        write_json(done.summary)
    else:
        _show(done.summary, folders.root)


def sample_data(name: str) -> Path:
    """Return the folder of sample data: `examples/` of the repository, or of the wheel."""
    shipped = Path(str(resources.files("bordereau_api"))) / "examples" / name
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "examples" / name


def _show(summary: dict[str, Any], root: Path) -> None:
    faults = summary["import"]["faults"]
    rows = [
        (
            one["number"],
            one["customer"],
            one["net"],
            one["tax"],
            one["total"],
            one["currency"],
            one["status"],
            ", ".join(dict.fromkeys(fact["fact"] for fact in one["facts"])),
        )
        for one in summary["invoices"]
    ]
    heads = ("Number", "Customer", ">Net", ">Tax", ">Total", "", "Status", "What happened")
    write_table(f"Batch {summary['batch']['name']}", heads, rows)
    waiting = [
        (one["number"], each["connection"] or "", each["state"], each["message"])
        for one in summary["invoices"]
        for each in one["deliveries"]
        if each["state"] != "done"
    ]
    if waiting:
        write_table("Needs a person", ("Number", "Connection", "State", "Why"), waiting)
    if faults:
        codes = ", ".join(f"{code} ×{n}" for code, n in Counter(f["code"] for f in faults).items())
        out.print(f"\n{len(faults)} records were not taken: {codes}", highlight=False)
    out.print(f"\nAccount {summary['account']}. Files: {root}", highlight=False)
    for name, what in (
        ("summary.json", "everything above, for programs"),
        ("pdf/", "the invoices as PDF/A"),
        ("mail/", "the messages as the mail server received them"),
        ("csv/", "the export"),
        ("archive/", "the customers' folders"),
    ):
        out.print(f"  {name:<13} {what}", highlight=False)
