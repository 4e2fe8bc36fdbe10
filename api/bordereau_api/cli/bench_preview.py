"""The benchmark of the page of a large batch, which also serves the API."""

from typing import Annotated

import typer

from bordereau_api.bench.preview import preview_bench
from bordereau_api.cli.bench import Server
from bordereau_api.cli.bench_page import say, show
from bordereau_api.cli.common import AsJson, command


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
    found = preview_bench(contracts, charges, issued, server=database, say=say)
    show(found, as_json=as_json)
