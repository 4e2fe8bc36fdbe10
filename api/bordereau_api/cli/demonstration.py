"""The demonstration."""

import json
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from bordereau.store import Settings
from bordereau_api.cli.common import AsJson, command, progress, write_json
from bordereau_api.cli.demo_page import show_demo
from bordereau_api.demo import run_demo
from bordereau_api.demo.folders import prepare
from bordereau_api.demo.samples import SAMPLES
from bordereau_api.wiring import open_house


@command
def demo(
    output: Annotated[
        Path | None,
        typer.Option(help="Folder for the files; by default `demo` in the data folder."),
    ] = None,
    sample: Annotated[
        str, typer.Option(help=f"Which sample data: {' or '.join(SAMPLES)}.")
    ] = "msp",
    records: Annotated[
        Path | None, typer.Option(help="Folder of other records for the sample.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Run the main job on sample data: import, batch, invoices, PDF, e-mail, CSV, archive."""
    chosen = SAMPLES.get(sample)
    if chosen is None:
        raise typer.BadParameter(f"There is no sample {sample}.", param_hint="--sample")
    settings = Settings()
    folders = prepare(output or settings.data_dir / "demo")
    with open_house(settings) as house, progress(quiet=as_json) as bars:
        done = run_demo(house, chosen, records or sample_data(chosen.name), folders, bars)
    text = json.dumps(done.summary, indent=2, ensure_ascii=False)
    folders.summary.write_text(text + "\n", encoding="utf-8")
    if as_json:
        write_json(done.summary)
    else:
        show_demo(done.summary, folders.root)


def sample_data(name: str) -> Path:
    """Return the folder of sample data: `examples/` of the repository, or of the wheel."""
    shipped = Path(str(resources.files("bordereau_api"))) / "examples" / name
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "examples" / name
