"""Finding drafts and their lines."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from bordereau.charges.rules.readiness import Reason
from bordereau.charges.rules.reason_texts import reason_text
from bordereau.charges.tables import Charge
from bordereau.drafts.tables import Draft, DraftLine
from bordereau.errors import Conflict, NotFound, Refused
from bordereau.store import TenantSession, among
from bordereau.values.ids import public_id

PREFIX = "drf"
OPEN = ("new", "released", "changed")


def get_draft(session: TenantSession, draft_id: UUID, *, lock: bool = False) -> Draft:
    """Find a draft; with `lock` nobody else changes it until the transaction ends.

    Raises:
        NotFound: there is no such draft.

    """
    query = select(Draft).where(Draft.id == draft_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("draft", public_id(PREFIX, draft_id))
    return found


def check_version(draft: Draft, version: int | None) -> None:
    """Refuse a change that was made up from an older draft.

    Raises:
        Conflict: STALE_VERSION.

    """
    if version is not None and version != draft.version:
        raise Conflict(
            "STALE_VERSION",
            "Somebody changed this draft in the meantime.",
            hint="Look at it again and repeat your change.",
            details={"version": draft.version},
        )


def refuse_held(session: TenantSession, charge_ids: Collection[UUID]) -> None:
    """Refuse to bill charges while something stands against it that no date cures.

    Raises:
        Refused: with the code of the reason, for instance NOT_CHARGEABLE or DISTANCE_SALE.

    """
    found = session.execute(
        select(Charge.id, Charge.description, Charge.holds)
        .where(among(Charge.id, charge_ids), func.cardinality(Charge.holds) > 0)
        .order_by(Charge.id)
        .limit(1)
    ).first()
    if found is not None:
        reason = Reason(found.holds[0])
        raise Refused(
            reason.value,
            f"{found.description!r} cannot be billed: {reason_text(reason)}",
            hint="Take the line out of the draft, or remove what stands against it.",
            details={"charge": public_id("chg", found.id)},
        )


def list_drafts(
    session: TenantSession,
    *,
    states: Collection[str] = OPEN,
    customer_id: UUID | None = None,
    administration_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[Draft]:
    """Return drafts in the order of their making, a page at a time."""
    query = select(Draft).where(Draft.state.in_(list(states))).order_by(Draft.id).limit(limit)
    if customer_id is not None:
        query = query.where(Draft.customer_id == customer_id)
    if administration_id is not None:
        query = query.where(Draft.administration_id == administration_id)
    if after is not None:
        query = query.where(Draft.id > after)
    return session.scalars(query).all()


def lines_of(session: TenantSession, draft: Draft) -> Sequence[DraftLine]:
    """Return the lines of a draft in the order of the work."""
    return session.scalars(
        select(DraftLine)
        .join(Charge, Charge.id == DraftLine.charge_id)
        .where(DraftLine.draft_id == draft.id)
        .order_by(Charge.worked_on, DraftLine.id)
    ).all()


def line_of(session: TenantSession, draft: Draft, line_id: UUID) -> DraftLine:
    """Return one line.

    Raises:
        NotFound: the draft has no such line.

    """
    found = session.scalars(
        select(DraftLine).where(DraftLine.id == line_id, DraftLine.draft_id == draft.id)
    ).one_or_none()
    if found is None:
        raise NotFound("line", public_id("lin", line_id))
    return found
