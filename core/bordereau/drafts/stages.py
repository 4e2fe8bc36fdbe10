"""The way of a draft: release, postpone, resume, delete (rows B13, B14)."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, select, update

from bordereau.charges.tables import Charge
from bordereau.drafts.finding import OPEN, PREFIX, check_version, get_draft
from bordereau.drafts.tables import Draft, DraftLine
from bordereau.errors import Invalid, Refused
from bordereau.invoices.rules.drafts import DraftAction, DraftState, move
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id


def step(
    session: TenantSession,
    actor: Actor,
    draft_id: UUID,
    action: DraftAction,
    version: int | None = None,
) -> Draft:
    """Lock a draft and move it to the state that follows an action.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such draft.
        Conflict: STALE_VERSION.
        Refused: DRAFT_TRANSITION_REFUSED or DRAFT_NOT_RELEASED.

    """
    actor.must(Right.DRAFT)
    draft = get_draft(session, draft_id, lock=True)
    check_version(draft, version)
    draft.state = move(DraftState(draft.state), action).value
    draft.version += 1
    record_audit(session, actor, f"draft.{action}", public_id(PREFIX, draft.id))
    return draft


def release(
    session: TenantSession, actor: Actor, draft_id: UUID, *, version: int | None = None
) -> Draft:
    """Allow final invoices to be made from a draft (row B14). Raises as `step`."""
    draft = step(session, actor, draft_id, DraftAction.RELEASE, version)
    draft.released_by, draft.released_at = actor.name, datetime.now(UTC)
    session.flush()
    return draft


def postpone(
    session: TenantSession, actor: Actor, draft_id: UUID, *, until: date, today: date
) -> Draft:
    """Put an unreleased draft off until a day, on which filling opens it again.

    Args:
        session: the tenant's session.
        actor: who does it.
        draft_id: the draft.
        until: a day to come.
        today: the day in the account's zone.

    Raises:
        Invalid: DAY_NOT_AHEAD; else as `step`.

    """
    if until <= today:
        raise Invalid(
            "DAY_NOT_AHEAD",
            f"A draft cannot be put off until {until}, for today is {today}.",
            where="until",
            hint="Choose a later day.",
        )
    draft = step(session, actor, draft_id, DraftAction.POSTPONE)
    draft.delayed_until = until
    session.flush()
    return draft


def resume(session: TenantSession, actor: Actor, draft_id: UUID) -> Draft:
    """Take a postponed draft up again before its day.

    Raises:
        Refused: DRAFT_OPEN, the client has an open draft already (row B13); else as `step`.

    """
    draft = get_draft(session, draft_id)
    if session.scalar(select(Draft.id).where(_open_for(draft))):
        raise Refused(
            "DRAFT_OPEN",
            "This client has an open draft already.",
            hint="Invoice or delete that one first, or wait: on its day this one joins it.",
        )
    draft = step(session, actor, draft_id, DraftAction.RESUME)
    draft.delayed_until = None
    session.flush()
    return draft


def delete_draft(session: TenantSession, actor: Actor, draft_id: UUID) -> Draft:
    """Give a draft up; its charges are back on the to-bill list. Raises as `step`."""
    draft = step(session, actor, draft_id, DraftAction.DELETE)
    session.flush()
    session.execute(delete(DraftLine).where(DraftLine.draft_id == draft.id))
    session.execute(
        update(Charge)
        .where(Charge.draft_id == draft.id)
        .values(draft_id=None, version=Charge.version + 1)
    )
    return draft


def _open_for(draft: Draft) -> ColumnElement[bool]:
    return and_(
        Draft.administration_id == draft.administration_id,
        Draft.customer_id == draft.customer_id,
        Draft.state.in_(OPEN),
    )
