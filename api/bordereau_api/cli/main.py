"""The commands and what they are called."""

from importlib.metadata import version
from typing import Annotated

import typer

from bordereau_api.cli import accounts, batches, demonstration, imports, installation

app = typer.Typer(
    name="bordereau",
    help="Turn approved work into invoice batches and carry every invoice where it must go.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command("demo")(demonstration.demo)
app.command("serve")(installation.serve)
app.command("worker")(installation.worker)
app.command("migrate")(installation.migrate)
app.command("doctor")(installation.doctor)
app.command("stop")(installation.stop)
app.command("plugins")(installation.plugins)
app.command("import")(imports.import_)
app.add_typer(accounts.app, name="account")
app.add_typer(batches.app, name="batch")


@app.callback(invoke_without_command=True)
def main(
    *, show_version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False
) -> None:
    """Show the version, or go on to the command."""
    if show_version:
        typer.echo(f"bordereau {version('bordereau')}")
        raise typer.Exit
