"""Serving the API."""

import logging
import signal
import socket
from contextlib import nullcontext
from typing import Annotated

import typer
import uvicorn

from bordereau.errors import SetupError
from bordereau.work import working
from bordereau_api.app import create_app
from bordereau_api.cli.common import command, log_to_stderr
from bordereau_api.wiring import open_house

log = logging.getLogger(__name__)


@command
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    *,
    with_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Also run work in this process.")
    ] = True,
) -> None:
    """Serve the API, and run the work of a small installation in the same process."""
    log_to_stderr()
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    log.info("listening on http://%s:%s", shown, listening.getsockname()[1])
    with open_house() as house, working(house.engine) if with_worker else nullcontext():
        server = uvicorn.Server(uvicorn.Config(create_app(house), log_config=None))
        for number in (signal.SIGTERM, signal.SIGINT):
            # The server repeats the signal when it has ended; by then work must still be drained.
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
        server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """Take the address before anything else is started.

    Raises:
        SetupError: ADDRESS_UNUSABLE.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SetupError(
            "ADDRESS_UNUSABLE",
            f"Nothing can listen on {host}, port {port}: {error.strerror or error}.",
            hint="Name another address with --host and --port.",
        ) from error
