"""Taking away computed charges that a contract no longer makes."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, delete, exists, func, update
from sqlalchemy.orm import aliased

from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.store import TenantSession, among

MARK = "#"
_QUIET = {"synchronize_session": False}


def is_withdrawn() -> ColumnElement[bool]:
    """Say that a charge was withdrawn and only its history is kept."""
    return func.strpos(Charge.source_key, MARK) > 0


def withdraw(session: TenantSession, where: ColumnElement[bool]) -> int:
    """Take away unbilled charges and return how many; those in a pro forma stay.

    One that stood on an invoice before, and was given back, is written off instead, so that the
    invoice can still tell what it billed; its key becomes free.
    """
    unwanted = and_(where, state_in(*UNBILLED), Charge.draft_id.is_(None))
    untouched = delete(Charge).where(unwanted, Charge.version == 1).returning(Charge.id)
    given_back = (
        update(Charge)
        .where(unwanted)
        .values(state="written_off", source_key=_marked())
        .returning(Charge.id)
    )
    found = [session.scalars(one, execution_options=_QUIET) for one in (untouched, given_back)]
    return sum(len(ids.all()) for ids in found)


def withdraw_parents(session: TenantSession, ids: Collection[UUID]) -> None:
    """Take away parts that were themselves split, after their own parts were withdrawn.

    The parent of something that stood on an invoice is kept; its key becomes free.
    """
    part = aliased(Charge)
    has_parts = exists().where(part.tenant_id == Charge.tenant_id, part.parent_id == Charge.id)
    left = set(ids)
    while left:
        childless = delete(Charge).where(among(Charge.id, left), ~has_parts).returning(Charge.id)
        gone = set(session.scalars(childless, execution_options=_QUIET))
        if not gone:
            break
        left -= gone
    if left:
        kept = update(Charge).where(among(Charge.id, left)).values(source_key=_marked())
        session.execute(kept, execution_options=_QUIET)


def _marked() -> ColumnElement[str]:
    return func.concat(Charge.source_key, MARK, cast(Charge.id, Text))
