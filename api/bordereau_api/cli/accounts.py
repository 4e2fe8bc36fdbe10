"""Accounts (tenants), users and keys."""

from typing import Annotated

import typer

from bordereau.store import tenant_ids
from bordereau.tenancy import ROLES, account, add_user, issue_key, open_account, rights_of
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

app = typer.Typer(help="Open accounts, add users, issue API keys.", no_args_is_help=True)


@app.command("open")
@command
def open_(
    slug: Annotated[str, typer.Argument(help="Short name: lower-case letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="The name people read.")],
    region: Annotated[str, typer.Option(help="Country of registration; decides the currency.")],
    time_zone: Annotated[str, typer.Option(help="IANA name, such as Europe/Paris.")],
    language: Annotated[str, typer.Option(help="en, fr, nl or de.")] = "en",
    plan: Annotated[str, typer.Option(help="trial or subscriber.")] = "trial",
) -> None:
    """Open an account."""
    with open_house() as house:
        open_account(
            house.database,
            slug=slug,
            name=name,
            region=region,
            time_zone=time_zone,
            language=language,
            plan=plan,
        )
    talk.print(f"The account {slug} is open.")


@app.command("list")
@command
def list_(*, as_json: AsJson = False) -> None:
    """List the accounts."""
    rows = []
    with open_house() as house:
        with house.database.operator() as operator:
            ids = tenant_ids(operator)
        for tenant_id in ids:
            with house.database.tenant(tenant_id) as session:
                found = account(session)
                rows.append((found.slug, found.name, found.currency, found.time_zone, found.plan))
    heads = ("Account", "Name", "Currency", "Time zone", "Plan")
    if as_json:
        write_json(
            [dict(zip(("slug", *map(str.lower, heads[1:])), row, strict=True)) for row in rows]
        )
    else:
        write_table("Accounts", heads, rows)


@app.command("key")
@command
def key(
    tenant: TenantSlug,
    email: Annotated[str, typer.Option(help="The user the key acts as; made when missing.")],
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(ROLES)}.")] = "administrator",
) -> None:
    """Make a user with a role and issue an API key, which is shown this one time."""
    with open_house() as house:
        tenant_id = find_tenant(house.database, tenant)
        with house.database.tenant(tenant_id) as session:
            user = add_user(session, OPERATOR, email=email, name=email, rights=rights_of(role))
            issued = issue_key(session, OPERATOR, user_id=user.id, name="command line")
    out.print(issued.text, highlight=False)
