"""What becomes of the charges of a contract that is cut into other periods, or of another type."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, or_, select

from bordereau.charges.rating.corrections import is_correction
from bordereau.charges.rating.parts import put_together, wholes_of
from bordereau.charges.rating.withdrawing import withdraw
from bordereau.charges.states import state_in
from bordereau.charges.tables import COMPUTED, Charge
from bordereau.store import TenantSession, among


def withdraw_computed(
    session: TenantSession, contract_ids: Collection[UUID], *, other_type: Collection[UUID]
) -> None:
    """Take away the free computed charges of contracts, those that were split as a whole.

    What corrects periods goes too: the contract has no such periods any more. What is left of a
    charge of which a part is fixed waits for the next rating, unless the contract is of an
    `other_type` now, which never computes it again.
    """
    mine = and_(
        among(Charge.contract_id, contract_ids), or_(among(Charge.kind, COMPUTED), is_correction())
    )
    found = session.execute(
        select(
            Charge.id,
            Charge.contract_id,
            Charge.parent_id,
            Charge.source_key,
            Charge.kind,
            Charge.state,
            Charge.draft_id,
        ).where(mine, or_(Charge.parent_id.is_not(None), state_in("split")))
    )
    wholes = wholes_of(dict(one) for one in found.mappings()).values()
    again = [one for one in wholes if not one.fixed]
    put_together(session, again)
    left = [
        part["id"]
        for one in wholes
        if one.fixed
        and (one.charge["contract_id"] in other_type or one.charge["kind"] not in COMPUTED)
        for part in one.free
    ]
    if left:
        withdraw(session, among(Charge.id, left))
    withdraw(session, and_(mine, Charge.parent_id.is_(None)))
