"""The samples: whose records they are, and how they are billed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bordereau.batches import Options, generate, get_batch, open_batch, run
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId
from bordereau_api.demo.projects import bill_projects
from bordereau_api.wiring import House

# The sample data tells of autumn 2026; on this day some of it is ready and some is not.
DAY = date(2026, 11, 21)
CLERK = Actor.installation("demo")


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of records.

    Attributes:
        name: of its folder in `examples/`.
        slug: of the account that the demonstration opens.
        account: the name of the account.
        sender: who sends its mail.
        bill: does the billing and returns the batch that the summary names.

    """

    name: str
    slug: str
    account: str
    sender: str
    bill: Callable[[House, TenantId, Actor, date], UUID]


def bill_contracts(house: House, tenant_id: TenantId, actor: Actor, day: date) -> UUID:
    """Open, run, generate and finalise a batch: four clicks, each its own transaction.

    Raises:
        BordereauError: a step was refused.

    """
    options = Options(name="Novembre 2026", collect="customer", line_level="entry")
    with house.database.tenant(tenant_id) as session:
        batch = open_batch(session, actor=actor, as_of=day, options=options)
    with house.database.tenant(tenant_id) as session:
        batch = run(session, get_batch(session, batch.id), actor=actor)
    with house.database.tenant(tenant_id) as session:
        generate(session, get_batch(session, batch.id), batch.preview_hash, actor=actor)
    house.finalise(tenant_id, batch.id, actor)
    return batch.id


SAMPLES = {
    one.name: one
    for one in (
        Sample("msp", "demo", "Lumen Infogérance", "facturation@lumen.example", bill_contracts),
        Sample(
            "projects",
            "demo-projects",
            "Ponts & Charpentes",
            "facturation@ponts-charpentes.example",
            bill_projects,
        ),
    )
}
