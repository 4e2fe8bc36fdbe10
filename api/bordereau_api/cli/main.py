"""The commands and what they are called."""

from importlib.metadata import version
from typing import Annotated

import typer

from bordereau_api.cli.accounts import app as account
from bordereau_api.cli.batches import app as batch
from bordereau_api.cli.bench import app as bench
from bordereau_api.cli.connecting import app as connection
from bordereau_api.cli.demonstration import demo
from bordereau_api.cli.imports import import_
from bordereau_api.cli.installation import doctor, migrate, plugins, serve, stop, worker
from bordereau_api.cli.rating import rate

app = typer.Typer(
    name="bordereau",
    help="Turn approved work into invoice batches and carry every invoice where it must go.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command("demo")(demo)
app.command("serve")(serve)
app.command("worker")(worker)
app.command("migrate")(migrate)
app.command("doctor")(doctor)
app.command("stop")(stop)
app.command("plugins")(plugins)
app.command("import")(import_)
app.command("rate")(rate)
app.add_typer(account, name="account")
app.add_typer(connection, name="connection")
app.add_typer(batch, name="batch")
app.add_typer(bench, name="bench")


@app.callback(invoke_without_command=True)
def main(
    *, show_version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False
) -> None:
    """Show the version, or go on to the command."""
    if show_version:
        typer.echo(f"bordereau {version('bordereau')}")
        raise typer.Exit
