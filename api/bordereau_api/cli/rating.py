"""Computing what running contracts bill."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from bordereau.charges import rate_all
from bordereau.tenancy import today
from bordereau_api.cli.common import AsJson, TenantSlug, command, find_tenant, talk, write_json
from bordereau_api.opening import open_database


@command
def rate(
    tenant: TenantSlug,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Periods that start later wait; today by default."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Compute the fees of contracts; doing it again changes nothing."""
    with open_database() as database:
        tenant_id = find_tenant(database, tenant)
        with database.tenant(tenant_id) as session:
            day = until.date() if until else today(session)
        done = rate_all(database, tenant_id, until=day)
    if as_json:
        write_json(asdict(done) | {"until": day})
        return
    talk.print(
        f"{done.contracts} contracts until {day}: {done.created} charges are new, "
        f"{done.changed} changed, {done.unchanged} as before, {done.deleted} gone."
    )
