"""Taking away computed charges that a contract no longer makes."""

from sqlalchemy import ColumnElement, Text, and_, cast, delete, func, update

from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.store import TenantSession

_MARK = "#"


def is_withdrawn() -> ColumnElement[bool]:
    """Say that a charge was withdrawn and only its history is kept."""
    return func.strpos(Charge.source_key, _MARK) > 0


def withdraw(session: TenantSession, where: ColumnElement[bool]) -> int:
    """Take away unbilled charges and return how many; those in a pro forma stay.

    One that stood on an invoice before, and was given back, is written off instead, so that the
    invoice can still tell what it billed; its key becomes free.
    """
    unwanted = and_(where, state_in(*UNBILLED), Charge.draft_id.is_(None))
    untouched = delete(Charge).where(unwanted, Charge.version == 1).returning(Charge.id)
    key = func.concat(Charge.source_key, _MARK, cast(Charge.id, Text))
    given_back = (
        update(Charge)
        .where(unwanted)
        .values(state="written_off", source_key=key)
        .returning(Charge.id)
    )
    quiet = {"synchronize_session": False}
    found = [session.scalars(one, execution_options=quiet) for one in (untouched, given_back)]
    return sum(len(ids.all()) for ids in found)
