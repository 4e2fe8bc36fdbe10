"""Invoice batches: open, look, run, generate, finalise."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from bordereau.batches import (
    Options,
    Totals,
    delete_batch,
    generate,
    get_batch,
    open_batch,
    run,
    totals,
)
from bordereau.batches.tables import Batch
from bordereau.errors import NotFound
from bordereau.store import TenantSession
from bordereau.values.ids import parse_id, public_id
from bordereau_api.cli.common import (
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

app = typer.Typer(help="Make, run, generate and finalise invoice batches.", no_args_is_help=True)
BatchName = Annotated[str, typer.Argument(help="Id of the batch, bat_….")]
Collect = Annotated[str, typer.Option(help="One invoice per: customer, contract or project.")]
Level = Annotated[str, typer.Option(help="One line per: contract, ticket or entry.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@app.command("create")
@command
def create(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    tenant: TenantSlug,
    source: Annotated[str, typer.Option(help="contracts or projects.")] = "contracts",
    collect: Collect = "customer",
    level: Level = "entry",
    as_of: Day = None,
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
                as_of=as_of.date() if as_of else None,
                options=Options(name=name, collect=collect, line_level=level),
            )
            _show(session, batch, as_json=as_json)


@app.command("show")
@command
def show(batch: BatchName, tenant: TenantSlug, *, as_json: AsJson = False) -> None:
    """Show the totals of a batch."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            _show(session, get_batch(session, _id(batch)), as_json=as_json)


@app.command("run")
@command
def run_(batch: BatchName, tenant: TenantSlug, *, as_json: AsJson = False) -> None:
    """Reserve what is ticked and propose the invoices."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            done = run(session, get_batch(session, _id(batch)), actor=OPERATOR)
            _show(session, done, as_json=as_json)


@app.command("generate")
@command
def generate_(
    batch: BatchName,
    tenant: TenantSlug,
    preview: Annotated[str, typer.Option(help="The preview hash that was shown at run.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Turn the proposed invoices into drafts; refused if they are not those of the preview."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            done = generate(session, get_batch(session, _id(batch)), preview, actor=OPERATOR)
            _show(session, done, as_json=as_json)


@app.command("finalise")
@command
def finalise_(batch: BatchName, tenant: TenantSlug, *, as_json: AsJson = False) -> None:
    """Give the invoices their numbers and send them on their way."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        done = house.finalise(tenant_id, _id(batch), OPERATOR)
    if as_json:
        write_json({"batch": batch, "invoices": done.invoices, "totals": done.totals})
        return
    heads = ("Kind", "First", "Last", ">Invoices")
    rows = [(one.kind, one.first, one.last, one.count) for one in done.ranges]
    write_table(f"{done.name}: {done.invoices} invoices", heads, rows)


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


def _show(session: TenantSession, batch: Batch, *, as_json: bool) -> None:
    found: Totals = totals(session, batch)
    name = public_id("bat", batch.id)
    if as_json:
        write_json(
            {
                "id": name,
                "name": batch.name,
                "state": batch.state,
                "preview_hash": batch.preview_hash,
                "unbilled_tickets": found.tickets,
                "minutes_worked": found.minutes,
                "totals": [
                    {
                        "currency": one.currency,
                        "invoices": one.invoices,
                        "billable": one.billable,
                        "tax": one.tax,
                        "total": one.total,
                    }
                    for one in found.currencies
                ],
            }
        )
        return
    heads = ("Currency", ">Invoices", ">Billable", ">Tax", ">Total")
    rows = [
        (one.currency, one.invoices, one.billable, one.tax, one.total) for one in found.currencies
    ]
    write_table(f"{batch.name} ({name}, {batch.state})", heads, rows)
    hours, minutes = divmod(found.minutes, 60)
    out.print(f"{found.tickets} unbilled tickets, {hours}:{minutes:02d} hours worked")
    if batch.preview_hash:
        out.print(f"preview {batch.preview_hash}", highlight=False)
