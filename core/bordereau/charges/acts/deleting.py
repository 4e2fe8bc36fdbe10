"""Deleting a recorded charge that nothing locks."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from bordereau.catalog.saving import lock
from bordereau.catalog.tables import Project
from bordereau.charges.acts.locking import locked_charge
from bordereau.charges.blocks.drawing import draw_at_once, drawn_entries
from bordereau.charges.recording.rounding import groups_of, round_groups
from bordereau.charges.tables import COMPUTED, Charge
from bordereau.charges.writing import SETTLED, refusal
from bordereau.errors import Conflict, Refused
from bordereau.store import TenantSession
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.audit import record_audit
from bordereau.tenancy.rights import Right
from bordereau.values.ids import public_id


def delete_charge(session: TenantSession, actor: Actor, charge_id: UUID) -> None:
    """Delete a recorded charge that nothing locks (rows B8, B12).

    The time that is left of its ticket or day is rounded again, where its contract does so.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such charge.
        Conflict: the code says what holds it, for instance RECORD_BILLED or RECORD_LOCKED.
        Refused: COMPUTED_CHARGE, its contract would compute it again; RECORD_WAS_BILLED, it stood
            on an invoice, which must be able to tell what it billed.

    """
    actor.must(Right.RECORD)
    lock(session, "charge")
    charge = locked_charge(session, charge_id)
    if charge.kind in COMPUTED or charge.kind == "adjustment":
        raise Refused(
            "COMPUTED_CHARGE",
            "A contract computes this charge.",
            hint="Change what it comes from, or write the charge off.",
        )
    project = charge.project_id and session.get(Project, (session.tenant_id, charge.project_id))
    asks = bool(project and project.approval_required) and charge.kind != "instalment"
    columns = {"draft_id": charge.draft_id, "state": charge.state}
    if why := refusal(columns, asks_approval=asks):
        raise Conflict(*why)
    drawn = drawn_entries(session, [charge.source_key]).get(charge.source_key)
    if drawn and drawn.settled:
        raise Conflict(*SETTLED)
    left = groups_of(session, Charge.id == charge_id)
    details = {"key": charge.source_key, "net": f"{charge.net} {charge.currency}"}
    try:
        with session.begin_nested():
            session.delete(charge)
    except IntegrityError as error:
        said = "The charge stood on an invoice, which must be able to tell what it billed."
        raise Refused("RECORD_WAS_BILLED", said, hint="Write it off.") from error
    record_audit(session, actor, "charge.delete", public_id("chg", charge_id), details)
    round_groups(session, left.values())
    counted = {drawn.contract_id} if drawn else {one.contract_id for one in left.values()}
    if counted:
        draw_at_once(session, contract_ids=counted)
