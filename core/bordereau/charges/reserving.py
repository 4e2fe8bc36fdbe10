"""Reserving charges for a batch, freeing them, and marking them billed: one statement each.

A charge is reserved by one batch at most: the update waits for whoever holds the row, and then
finds it taken.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from bordereau.catalog.saving import lock
from bordereau.catalog.tables import Contract
from bordereau.charges.blocks.drawing import draw_at_once
from bordereau.charges.blocks.writing import unsettle
from bordereau.charges.holds import refresh_holds
from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.states import state_in
from bordereau.charges.tables import Charge
from bordereau.store import TenantSession, among

_ONCE = [kind.value for kind in ContractType if kind.bills_once]
Where = ColumnElement[bool]


def reserve(session: TenantSession, batch_id: UUID, where: Where) -> int:
    """Reserve charges for a batch and return how many (row A37); `where` includes `is_ready`.

    Charges of a tenant change one after the other, so what another batch took in between, or a
    ticket that was opened again, is seen here and stays out.
    """
    lock(session, "charge")
    free = [state_in("closed", "delayed"), func.cardinality(Charge.holds) == 0]
    reserved = {"state": "reserved", "batch_id": batch_id, "delayed_until": None}
    touched = _set(session, [where, *free], reserved)
    _refresh_spent(session, touched.values())
    return len(touched)


def release(session: TenantSession, where: Where, *, reopened: bool = False) -> int:
    """Put reserved or billed charges back on the to-bill list and return how many.

    A batch was deleted, an invoice without a number taken out of it, or a credit gives them back:
    then they are `reopened`, and may be billed again beside what their contract billed only once.
    What stands against them is found again: a ticket may be open now, a contract switched off.
    """
    free: dict[str, Any] = {"state": "closed", "batch_id": None, "draft_id": None}
    if reopened:
        free["reopened"] = True
    touched = _set(session, [where, state_in("reserved", "billed")], free)
    contract_ids = {one for one in touched.values() if one}
    unsettle(session, contract_ids)
    refresh_holds(session, charge_ids=touched)
    _refresh_spent(session, touched.values())
    draw_at_once(session, contract_ids=contract_ids)
    return len(touched)


def mark_billed(session: TenantSession, where: Where) -> int:
    """Mark charges as billed, and the rest of a contract that is billed only once as spent."""
    billed = {"state": "billed", "batch_id": None, "draft_id": None}
    touched = _set(session, [where, state_in("reserved", "closed")], billed)
    _refresh_spent(session, touched.values())
    return len(touched)


def give_up(session: TenantSession, where: Where) -> int:
    """Write charges off that a pro forma holds, and return how many."""
    gone = {"state": "written_off", "draft_id": None}
    return len(_set(session, [where, state_in("closed"), Charge.draft_id.is_not(None)], gone))


def _refresh_spent(session: TenantSession, touched: Collection[UUID | None]) -> None:
    """Find holds again where billing or reserving one charge of a contract decides about others."""
    contract_ids = sorted({found for found in touched if found})
    once = session.scalars(
        select(Contract.id).where(among(Contract.id, contract_ids), among(Contract.type, _ONCE))
    ).all()
    if once:
        refresh_holds(session, contract_ids=once)


def _set(
    session: TenantSession, where: list[Where], values: Mapping[str, Any]
) -> dict[UUID, UUID | None]:
    """Change charges and return the contract of each."""
    changed = session.execute(
        update(Charge)
        .where(*where)
        .values({"version": Charge.version + 1, **values})
        .returning(Charge.id, Charge.contract_id)
        .execution_options(synchronize_session=False)
    )
    return {row.id: row.contract_id for row in changed}
