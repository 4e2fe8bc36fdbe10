"""Connections: set a channel up, list what is set up, try it."""

import sys
from typing import Annotated, Any, Literal

import typer

from bordereau.connections import check
from bordereau.connections.tables import Connection
from bordereau.errors import Invalid, NotFound
from bordereau.values.ids import parse_id, public_id
from bordereau_api.cli.common import (
    FAILED,
    OPERATOR,
    AsJson,
    TenantSlug,
    command,
    find_tenant,
    out,
    talk,
    write_json,
    write_table,
)
from bordereau_api.wiring import open_house

app = typer.Typer(
    help="Connect channels: PDF, e-mail, folders, files.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("add")
@command
def add(
    kind: Annotated[Literal["renderer", "delivery", "destination"], typer.Argument()],
    key: Annotated[str, typer.Argument(help="What `bordereau plugins` lists, such as email.")],
    tenant: TenantSlug,
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="field=value; field=- reads a line of input.")
    ] = None,
    *,
    automatic: Annotated[
        bool, typer.Option("--automatic", help="Export every finalised batch there by itself.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Set a channel up; `docs/configuration.md` lists the settings of each."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            made = house.connections.add(
                session,
                OPERATOR,
                kind=kind,
                key=key,
                name=name,
                settings=dict(_setting(one) for one in settings or ()),
                automatic=automatic,
            )
            shown = _told(made)
    if as_json:
        write_json(shown)
    else:
        talk.print(f"Connected: {shown['name']}")
        out.print(shown["id"])


@app.command("list")
@command
def list_(tenant: TenantSlug, *, as_json: AsJson = False) -> None:
    """List what is set up; secrets are not shown."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            rows = [_told(one) for one in house.connections.list(session)]
    if as_json:
        write_json(rows)
        return
    names = ("id", "name", "kind", "key", "state", "problem")
    cells = [tuple(one[name] for name in names) for one in rows]
    write_table("Connections", ("Id", "Name", "Kind", "Key", "State", "Problem"), cells)


@app.command("check")
@command
def check_(
    connection: Annotated[str, typer.Argument(help="Id of the connection, con_….")],
    tenant: TenantSlug,
) -> None:
    """Ask the far side whether the settings work."""
    try:
        connection_id = parse_id("con", connection)
    except ValueError as error:
        raise NotFound("connection", connection) from error
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        problem = check(house.database, house.connections, tenant_id, connection_id)
    if problem:
        talk.print(f"It does not work: {problem}", markup=False)
        raise typer.Exit(FAILED)
    talk.print("It works.")


def _setting(text: str) -> tuple[str, str]:
    """Part `field=value`; a value `-` is read from standard input, so that it shows nowhere."""
    field, sign, value = text.partition("=")
    if not sign:
        raise Invalid("SETTING_UNREADABLE", f"{text!r} is not field=value.", where="set")
    return field, sys.stdin.readline().rstrip("\n") if value == "-" else value


def _told(row: Connection) -> dict[str, Any]:
    names = ("name", "kind", "key", "state", "problem", "automatic", "settings")
    return {"id": public_id("con", row.id)} | {name: getattr(row, name) for name in names}
