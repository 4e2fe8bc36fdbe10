"""Looking after an installation: migrate, doctor, stop, plugins."""

import typer

from bordereau.connections import Host
from bordereau.store import Database, Settings, embedded
from bordereau.store.doctor import examine
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
from bordereau_api.opening import migrate_all


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
