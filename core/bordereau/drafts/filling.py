"""Filling drafts: ready charges of projects join the one open draft of their client (row B13)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from bordereau.catalog.saving import lock
from bordereau.catalog.tables import Customer, Project
from bordereau.charges.tables import Charge
from bordereau.drafts.coming_back import bring_back
from bordereau.drafts.finding import OPEN, PREFIX
from bordereau.drafts.tables import Draft, DraftLine
from bordereau.drafts.taking import is_taken, why_left_out
from bordereau.store import TenantSession, among
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id, uuid7

_QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of filling.

    Attributes:
        draft_ids: the drafts that charges joined, and those that are no longer postponed.
        taken: how many charges joined.
        refused: why chosen charges stay out, by a code each: that of the reason against billing
            them, or DRAFT_PROJECTS_ONLY, DRAFT_TAX, INSTALMENT_MIXED, RECORD_WRITTEN_OFF or
            RECORD_SPLIT.

    """

    draft_ids: tuple[UUID, ...]
    taken: int
    refused: dict[UUID, str]


def fill_drafts(
    session: TenantSession,
    actor: Actor,
    *,
    as_of: date,
    charge_ids: Collection[UUID] | None = None,
    administration_ids: Collection[UUID] | None = None,
    customer_ids: Collection[UUID] | None = None,
) -> Filled:
    """Put ready charges into drafts: chosen ones, or all that match the filter (rows B11, B13).

    A draft that was released must be released again when lines join it. Unless charges were chosen
    one by one, the postponed drafts of the filter whose day has come are open again too.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    actor.must(Right.DRAFT)
    lock(session, "charge")
    wanted = _matching(Charge, administration_ids, customer_ids)
    back: list[UUID] = []
    refused: dict[UUID, str] = {}
    if charge_ids is None:
        due = _matching(Draft, administration_ids, customer_ids)
        back = bring_back(session, actor, as_of, *due)
    else:
        wanted.append(among(Charge.id, charge_ids))
        refused = why_left_out(session, wanted, as_of)
    takes = and_(*wanted, is_taken(as_of))
    pairs = _clients(session, takes)
    _open_missing(session, pairs)
    drafts = _lock(session, pairs)
    taken = _join(session, takes, list(drafts))
    open_again = [one for one in back if one not in drafts]
    _mark_changed(session, [*drafts, *open_again])
    for draft_id in drafts:
        record_audit(session, actor, "draft.fill", public_id(PREFIX, draft_id))
    return Filled((*drafts, *open_again), taken, refused)


def _matching(
    model: type[Charge | Draft],
    administration_ids: Collection[UUID] | None,
    customer_ids: Collection[UUID] | None,
) -> list[ColumnElement[bool]]:
    given = (
        (model.administration_id, administration_ids),
        (model.customer_id, customer_ids),
    )
    return [among(column, ids) for column, ids in given if ids is not None]


def _clients(session: TenantSession, takes: Any) -> list[tuple[UUID, UUID]]:
    """Return administration and customer of each draft that these charges need."""
    query = (
        select(Charge.administration_id, Charge.customer_id, Customer.code)
        .join(Customer, Customer.id == Charge.customer_id)
        .where(takes)
        .distinct()
        .order_by(Customer.code, Charge.administration_id)
    )
    return [(row[0], row[1]) for row in session.execute(query) if row[1]]


def _open_missing(session: TenantSession, pairs: list[tuple[UUID, UUID]]) -> None:
    rows = [
        {
            "tenant_id": session.tenant_id,
            "id": uuid7(),
            "administration_id": administration_id,
            "customer_id": customer_id,
        }
        for administration_id, customer_id in pairs
    ]
    if rows:
        statement = upsert(Draft).on_conflict_do_nothing(
            index_elements=["tenant_id", "administration_id", "customer_id"],
            index_where=text("state in ('new', 'released', 'changed')"),
        )
        session.execute(statement, rows)


def _lock(session: TenantSession, pairs: list[tuple[UUID, UUID]]) -> list[UUID]:
    query = (
        select(Draft.id, Draft.administration_id, Draft.customer_id)
        .where(
            among(Draft.customer_id, {customer for _, customer in pairs}),
            among(Draft.administration_id, {administration for administration, _ in pairs}),
            Draft.state.in_(OPEN),
        )
        .order_by(Draft.id)
        .with_for_update()
    )
    wanted = set(pairs)
    return [row[0] for row in session.execute(query) if (row[1], row[2]) in wanted]


def _join(session: TenantSession, takes: Any, draft_ids: list[UUID]) -> int:
    home = (
        select(Draft.id)
        .where(
            among(Draft.id, draft_ids),
            Draft.administration_id == Charge.administration_id,
            Draft.customer_id == Charge.customer_id,
        )
        .scalar_subquery()
    )
    moved: Any = session.scalars(
        update(Charge)
        .where(takes, home.is_not(None))  # what became ready meanwhile waits for the next filling
        .values(draft_id=home, state="closed", delayed_until=None, version=Charge.version + 1)
        .returning(Charge.id),
        execution_options=_QUIET,
    ).all()
    columns = ("tenant_id", "id", "draft_id", "charge_id", "name", "quantity", "unit")
    session.execute(
        insert(DraftLine).from_select(
            [*columns, "unit_price", "net"],
            select(
                Charge.tenant_id,
                func.gen_random_uuid(),
                Charge.draft_id,
                Charge.id,
                func.coalesce(func.nullif(Charge.description, ""), Project.name, Charge.kind),
                Charge.quantity,
                Charge.unit,
                Charge.unit_price,
                Charge.net,
            )
            .outerjoin(
                Project,
                and_(Project.tenant_id == Charge.tenant_id, Project.id == Charge.project_id),
            )
            .where(among(Charge.id, moved)),
        )
    )
    return len(moved)


def _mark_changed(session: TenantSession, draft_ids: list[UUID]) -> None:
    """Set the period to that of the lines; a released draft must be released again."""
    session.execute(
        update(Draft)
        .where(among(Draft.id, draft_ids))
        .values(
            state=case((Draft.state == "released", "changed"), else_=Draft.state),
            **_period(),
            version=Draft.version + 1,
        ),
        execution_options=_QUIET,
    )
    session.expire_all()


def _period() -> dict[str, ColumnElement[Any]]:
    """Return the period: from the end of the one invoiced before, up to the last day of work.

    A draft keeps the start it has, and so do lines left behind; work that is late altogether has
    a period of its own.
    """
    first, last = func.min(Charge.worked_on), func.max(Charge.worked_on) + 1
    work = select(first).where(Charge.draft_id == Draft.id)
    begins, ends = (work.with_only_columns(one).scalar_subquery() for one in (first, last))
    earlier = aliased(Draft)
    previous_end = (
        select(func.max(earlier.period_end))
        .where(
            earlier.administration_id == Draft.administration_id,
            earlier.customer_id == Draft.customer_id,
            earlier.state == "invoiced",
        )
        .scalar_subquery()
    )
    follows = case((previous_end < ends, previous_end), else_=begins)
    return {"period_start": func.coalesce(Draft.period_start, follows), "period_end": ends}
