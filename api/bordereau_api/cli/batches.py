"""Invoice batches: open, look, run, generate, finalise."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import typer
from sqlalchemy import select

from bordereau.batches import (
    Options,
    delete_batch,
    generate,
    get_batch,
    numbers_at_once,
    open_batch,
    run,
)
from bordereau.batches.tables import Batch
from bordereau.errors import NotFound
from bordereau.tenancy import billing_day
from bordereau.values.ids import parse_id, public_id
from bordereau_api.cli.batch_page import show_batch
from bordereau_api.cli.common import (
    OPERATOR,
    AsJson,
    TenantSlug,
    cell,
    command,
    find_tenant,
    talk,
    write_json,
    write_table,
)
from bordereau_api.wiring import open_house

app = typer.Typer(
    help="Make, run, generate and finalise invoice batches.",
    no_args_is_help=True,
    add_completion=False,
)
BatchName = Annotated[str, typer.Argument(help="Id of the batch, bat_….")]


@app.command("list")
@command
def list_(tenant: TenantSlug, *, as_json: AsJson = False) -> None:
    """List the batches, newest first."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            query = select(Batch).where(Batch.state != "deleted").order_by(Batch.id.desc())
            rows = [
                (public_id("bat", one.id), one.name, one.source, one.as_of, one.state)
                for one in session.scalars(query)
            ]
    if as_json:
        names = ("id", "name", "source", "as_of", "state")
        write_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        write_table("Batches", ("Id", "Name", "Source", "As of", "State"), rows)


@app.command("create")
@command
def create(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    tenant: TenantSlug,
    source: Annotated[
        Literal["contracts", "projects", "participants"], typer.Option(help="What it bills.")
    ] = "contracts",
    collect: Annotated[
        Literal["customer", "contract", "project"] | None,
        typer.Option(
            help="One invoice per …; without it per contract, and projects as their "
            "administration has it."
        ),
    ] = None,
    level: Annotated[
        Literal["contract", "ticket", "entry"], typer.Option(help="One line per …")
    ] = "entry",
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that decides what is ready; today."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Open a batch in which everything that is ready is ticked, and show its totals."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            batch = open_batch(
                session,
                actor=OPERATOR,
                source=source,
                as_of=billing_day(session, as_of.date() if as_of else None),
                options=Options(name=name, collect=collect, line_level=level),
            )
            show_batch(session, batch, as_json=as_json)


@app.command("show")
@command
def show(batch: BatchName, tenant: TenantSlug, *, as_json: AsJson = False) -> None:
    """Show the totals of a batch, and how far its deliveries are."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            show_batch(session, get_batch(session, _id(batch)), as_json=as_json)


@app.command("run")
@command
def run_(batch: BatchName, tenant: TenantSlug, *, as_json: AsJson = False) -> None:
    """Reserve what is ticked and propose the invoices."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            done = run(session, get_batch(session, _id(batch)), actor=OPERATOR)
            show_batch(session, done, as_json=as_json)


@app.command("generate")
@command
def generate_(
    batch: BatchName,
    tenant: TenantSlug,
    preview: Annotated[str, typer.Option(help="The preview hash that was shown at run.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Turn the proposed invoices into drafts; refused if they are not those of the preview.

    Where the administration numbers at generation, they get their numbers and leave.
    """
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            done = generate(session, get_batch(session, _id(batch)), preview, actor=OPERATOR)
            at_once = numbers_at_once(session, done)
        if at_once:
            house.finalise(tenant_id, _id(batch), OPERATOR)
        with house.database.tenant(tenant_id) as session:
            show_batch(session, get_batch(session, _id(batch)), as_json=as_json)


@app.command("finalise")
@command
def finalise_(batch: BatchName, tenant: TenantSlug, *, as_json: AsJson = False) -> None:
    """Give the invoices their numbers and send them on their way; a worker carries them."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        done = house.finalise(tenant_id, _id(batch), OPERATOR)
    ranges = [(one.kind, one.first, one.last, one.count) for one in done.ranges]
    if as_json:
        names = ("kind", "first", "last", "invoices")
        told = [dict(zip(names, row, strict=True)) for row in ranges]
        head = {"id": batch, "name": done.name, "invoices": done.invoices}
        write_json({**head, "ranges": told, "warnings": done.warnings})
    else:
        title = f"{done.name}: {done.invoices} invoices"
        write_table(title, ("Kind", "First", "Last", ">Invoices"), ranges)
        for warning in done.warnings:
            talk.print(cell(warning))


@app.command("delete")
@command
def delete(batch: BatchName, tenant: TenantSlug) -> None:
    """Delete a batch that has no number yet; its items can be billed again."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            delete_batch(session, get_batch(session, _id(batch)), actor=OPERATOR)
    talk.print("The batch is deleted and its items are free.")


def _id(text: str) -> UUID:
    try:
        return parse_id("bat", text)
    except ValueError as error:
        raise NotFound("batch", text) from error
