"""The commands and what they are called."""

from typing import Annotated

import typer

from bordereau import __version__
from bordereau_api.cli.late_commands import LateCommand, group_of

COMMANDS = [
    LateCommand(
        "demo",
        "demonstration:demo",
        "Run the main job on sample data: import, batch, invoices, PDF, e-mail, CSV, archive.",
    ),
    LateCommand(
        "serve",
        "serving:serve",
        "Serve the API, and run the work of a small installation in the same process.",
    ),
    LateCommand(
        "worker",
        "working:worker",
        "Run work until stopped; a worker that dies is replaced, and its work taken up.",
    ),
    LateCommand(
        "migrate",
        "installation:migrate",
        "Bring the database to this version; needs the owner's address on an outside server.",
    ),
    LateCommand(
        "doctor",
        "installation:doctor",
        "Look whether everything is ready, and say what is wrong and what to do.",
    ),
    LateCommand(
        "reseal",
        "sealing:reseal",
        "Seal all stored secrets with the newest key, so that older keys can be taken away.",
    ),
    LateCommand("stop", "installation:stop", "Stop the embedded PostgreSQL."),
    LateCommand(
        "plugins",
        "installation:plugins",
        "List the installed plugins and what they offer, and those that were left out and why.",
    ),
    LateCommand(
        "import",
        "imports:import_",
        "Import a folder of CSV files; good records are taken, bad ones are named.",
    ),
    LateCommand(
        "rate",
        "rating:rate",
        "Compute the fees of contracts; doing it again changes nothing.",
    ),
    LateCommand("account", "accounts:app", "Open accounts, add users, issue API keys."),
    LateCommand("connection", "connecting:app", "Connect channels: PDF, e-mail, folders, files."),
    LateCommand("batch", "batches:app", "Make, run, generate and finalise invoice batches."),
    LateCommand(
        "bench",
        "bench:app",
        "Measure this installation beside the floor of the same machine, in a scratch database.",
    ),
]

app = typer.Typer(
    name="bordereau",
    cls=group_of(COMMANDS),
    help="Turn approved work into invoice batches and carry every invoice where it must go.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def main(
    *, show_version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False
) -> None:
    """Show the version, or go on to the command."""
    if show_version:
        typer.echo(f"bordereau {__version__}")
        raise typer.Exit
