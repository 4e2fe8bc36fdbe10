"""Accounts (tenants), users and keys."""

from typing import Annotated, Literal

import typer
from sqlalchemy import select

from bordereau.errors import Invalid
from bordereau.store import TenantSession, tenant_ids
from bordereau.tenancy import ROLES, account, add_user, issue_key, open_account
from bordereau.tenancy.tables import User
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
from bordereau_api.opening import open_database

app = typer.Typer(
    help="Open accounts, add users, issue API keys.", no_args_is_help=True, add_completion=False
)


@app.command("open")
@command
def open_(
    slug: Annotated[str, typer.Argument(help="Short name: lower-case letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="The name people read.")],
    region: Annotated[str, typer.Option(help="Country of registration; decides the currency.")],
    time_zone: Annotated[str, typer.Option(help="IANA name, such as Europe/Paris.")],
    language: Annotated[Literal["en", "fr", "nl", "de"], typer.Option(help="Of pages.")] = "en",
    plan: Annotated[
        Literal["trial", "subscriber"], typer.Option(help="Only subscribers send e-mail.")
    ] = "trial",
) -> None:
    """Open an account."""
    with open_database() as database:
        open_account(
            database,
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
    with open_database() as database:
        with database.operator() as operator:
            ids = tenant_ids(operator)
        for tenant_id in ids:
            with database.tenant(tenant_id) as session:
                found = account(session)
                rows.append((found.slug, found.name, found.currency, found.time_zone, found.plan))
    if as_json:
        names = ("slug", "name", "currency", "time_zone", "plan")
        write_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        write_table("Accounts", ("Account", "Name", "Currency", "Time zone", "Plan"), rows)


@app.command("key")
@command
def key(
    tenant: TenantSlug,
    email: Annotated[str, typer.Option(help="The user the key acts as; added if missing.")],
    role: Annotated[
        str | None,
        typer.Option(help=f"Of a new user: {', '.join(ROLES)}.", show_default="administrator"),
    ] = None,
) -> None:
    """Issue an API key, which is shown this one time."""
    with open_database() as database:
        tenant_id = find_tenant(database, tenant)
        with database.tenant(tenant_id) as session:
            user = _user(session, email, role)
            issued = issue_key(session, OPERATOR, user_id=user.id, name="command line")
    out.print(issued.text, soft_wrap=True)


def _user(session: TenantSession, email: str, role: str | None) -> User:
    """Find the user, or add one; a role is never changed on the side.

    Raises:
        Invalid: USER_HAS_RIGHTS, a role was given for somebody who is known; ROLE_UNKNOWN.

    """
    user = session.scalars(select(User).where(User.email == email)).one_or_none()
    if user is None:
        roles = [role or "administrator"]
        return add_user(session, OPERATOR, email=email, name=email, roles=roles)
    if role is not None:
        raise Invalid(
            "USER_HAS_RIGHTS",
            f"{email} is a user already and has rights.",
            where="role",
            hint="Leave the role out, or change the rights through the API.",
        )
    return user
