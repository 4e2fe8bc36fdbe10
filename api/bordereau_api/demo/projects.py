"""The project flow on sample data: cost lines, approval, pro forma, batches, final invoices.

The French administration puts its lines into drafts first, looks at them and releases them; the
Dutch one bills its to-bill list directly, with the instalment alone and the G account split off.
Course participants follow in a batch of their own.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from bordereau.batches import Options, generate, get_batch, open_batch, run
from bordereau.charges import act_on_charges
from bordereau.charges.rules.lifecycle import Action
from bordereau.charges.tables import Charge
from bordereau.drafts import change_line, fill_drafts, get_draft, lines_of, release
from bordereau.output import OutputOptions
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import TenantId
from bordereau_api.wiring import House

CLOSED_UNTIL = date(2026, 10, 31)  # the month that is billed; what came later stays open


def bill_projects(house: House, tenant_id: TenantId, actor: Actor, day: date) -> UUID:
    """Bill October as the two offices do it; returns the batch of the Dutch one.

    Raises:
        BordereauError: a step was refused.

    """
    with house.database.tenant(tenant_id) as session:
        approve_and_close(session, actor)
        nantes, zwolle = (_administration(session, code) for code in ("NANTES", "ZWOLLE"))
        drafts = fill_drafts(session, actor, as_of=day, administration_ids=[nantes]).draft_ids
        for draft_id in drafts:
            _look_at(session, actor, draft_id)
            release(session, actor, draft_id)
    with house.database.tenant(tenant_id) as session:
        made = house.invoice_drafts(session, actor, drafts, invoice_date=day)
        invoices = [invoice_id for one in made for invoice_id in one.invoice_ids]
        house.issue(session, actor, invoices, OutputOptions())
    first = _batch(house, tenant_id, actor, day, "projects", "Projecten oktober", [zwolle])
    _batch(house, tenant_id, actor, day, "participants", "Cursussen oktober", [])
    return first


def approve_and_close(session: TenantSession, actor: Actor) -> None:
    """Approve and report ready, in bulk after a filter, what was done in the month (row B9)."""
    for action in (Action.APPROVE, Action.REPORT_READY):
        act_on_charges(
            session,
            actor,
            action,
            Charge.worked_on <= CLOSED_UNTIL,
            Charge.kind != "instalment",
            Charge.chargeable.is_(True),
            Charge.state.in_(["open", "approved"]),
        )


def _administration(session: TenantSession, code: str) -> UUID:
    return session.scalars(select(Administration.id).where(Administration.code == code)).one()


def _look_at(session: TenantSession, actor: Actor, draft_id: UUID) -> None:
    """Do not bill work that was repeated by our own fault; leave it written off with its reason."""
    for line in lines_of(session, get_draft(session, draft_id)):
        if line.name == "Reprises après visa":
            change_line(
                session, actor, draft_id, line.id, method="write_off", reason="Erreur de notre part"
            )


def _batch(
    house: House,
    tenant_id: TenantId,
    actor: Actor,
    day: date,
    source: str,
    name: str,
    administrations: list[UUID],
) -> UUID:
    with house.database.tenant(tenant_id) as session:
        batch = open_batch(
            session,
            actor=actor,
            source=source,
            as_of=day,
            administration_ids=administrations,
            options=Options(name=name),
        )
    with house.database.tenant(tenant_id) as session:
        batch = run(session, get_batch(session, batch.id), actor=actor)
    with house.database.tenant(tenant_id) as session:
        generate(session, get_batch(session, batch.id), batch.preview_hash, actor=actor)
    house.finalise(tenant_id, batch.id, actor)
    return batch.id
