"""Running the work in processes of its own."""

import sys
from typing import Annotated

import typer

from bordereau.work import Supervisor, run_worker
from bordereau_api.cli.common import command, log_to_stderr
from bordereau_api.wiring import open_house


@command
def worker(
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many to run.")] = 1,
    *,
    child: Annotated[bool, typer.Option("--child", hidden=True)] = False,
) -> None:
    """Run work until stopped; a worker that dies is replaced, and its work taken up."""
    log_to_stderr()
    if not child:
        Supervisor([sys.executable, "-m", "bordereau_api", "worker", "--child"], processes).run()
        return
    with open_house() as house:
        run_worker(house.engine)
