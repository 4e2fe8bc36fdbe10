"""Running an installation: serve, worker, migrate, doctor, stop, plugins."""

import logging
import signal
import socket
import sys
from contextlib import nullcontext
from typing import Annotated

import typer

from bordereau.connections import Host
from bordereau.errors import SetupError
from bordereau.store import Database, Settings, embedded
from bordereau.store.doctor import examine
from bordereau.work import Supervisor, run_worker, working
from bordereau_api.cli.common import (
    FAILED,
    AsJson,
    command,
    out,
    show_trouble,
    talk,
    write_json,
    write_table,
)
from bordereau_api.wiring import migrate_all, open_house

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
    import uvicorn  # noqa: PLC0415 - only a server needs it, and it is slow to import

    from bordereau_api.app import create_app  # noqa: PLC0415 - the web framework likewise

    _log_to_stderr()
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    log.info("listening on http://%s:%s", shown, listening.getsockname()[1])
    with open_house() as house, working(house.engine) if with_worker else nullcontext():
        server = uvicorn.Server(uvicorn.Config(create_app(house), log_config=None))
        for number in (signal.SIGTERM, signal.SIGINT):
            # The server repeats the signal when it has ended; by then work must still be drained.
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
        server.run(sockets=[listening])


@command
def worker(
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many to run.")] = 1,
    *,
    child: Annotated[bool, typer.Option("--child", hidden=True)] = False,
) -> None:
    """Run work until stopped; a worker that dies is replaced, and its work taken up."""
    _log_to_stderr()
    if not child:
        Supervisor([sys.executable, "-m", "bordereau_api", "worker", "--child"], processes).run()
        return
    with open_house() as house:
        run_worker(house.engine)


@command
def migrate() -> None:
    """Bring the database to this version; needs the owner's address on an outside server."""
    database = Database.open(Settings())
    try:
        migrate_all(database)
    finally:
        database.close()
    talk.print("The database is up to date.")


@command
def doctor(*, as_json: AsJson = False) -> None:
    """Look whether everything is ready, and say what is wrong and what to do."""
    findings = examine(Settings())
    left_out = [
        {"code": "PLUGIN_LEFT_OUT", "message": f"{name}: {failure.reason}", "hint": ""}
        for name, failure in Host.discover().failures.items()
    ]
    found = [{"code": one.code, "message": one.message, "hint": one.hint} for one in findings]
    if as_json:
        write_json(found + left_out)
    else:
        for one in found + left_out:
            show_trouble(out, **one)
    if not (as_json or found or left_out):
        out.print("[green]Everything is ready.[/]")
    if found:
        raise typer.Exit(FAILED)


@command
def stop() -> None:
    """Stop the embedded PostgreSQL."""
    embedded.stop(Settings().data_dir)
    talk.print("The embedded PostgreSQL is stopped.")


@command
def plugins(*, as_json: AsJson = False) -> None:
    """List the installed plugins and what they offer, and those that were left out and why."""
    found = Host.discover()
    rows = [
        {
            "name": plugin.name,
            "distribution": plugin.distribution,
            "version": plugin.version,
            "offers": [one.key for one in plugin.capabilities],
            "reason": "",
        }
        for plugin in found.plugins()
    ] + [
        {
            "name": failure.name,
            "distribution": failure.distribution,
            "version": failure.version,
            "offers": [],
            "reason": failure.reason,
        }
        for failure in found.failures.values()
    ]
    if as_json:
        write_json(rows)
        return
    heads = ("Plugin", "From", "Version", "Offers", "Left out because")
    cells = [
        (one["name"], one["distribution"], one["version"], ", ".join(one["offers"]), one["reason"])
        for one in rows
    ]
    write_table("Plugins", heads, cells)


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


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
