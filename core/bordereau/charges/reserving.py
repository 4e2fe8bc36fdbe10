"""Reserving charges for a batch, freeing them, and marking them billed: one statement each.

A charge is reserved by one batch at most: the update waits for whoever holds the row, and then
finds it taken.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, distinct, func, select, update

from bordereau.catalog.tables import Contract
from bordereau.charges.holds import refresh_holds
from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.states import state_in
from bordereau.charges.tables import Charge
from bordereau.store import TenantSession

_ONCE = [kind.value for kind in ContractType if kind.bills_once]
Where = ColumnElement[bool]


def reserve(session: TenantSession, batch_id: UUID, where: Where) -> int:
    """Reserve charges for a batch and return how many (row A37); `where` includes `is_ready`."""
    free = [state_in("closed", "delayed"), func.cardinality(Charge.holds) == 0]
    return _set(session, [where, *free], state="reserved", batch_id=batch_id, delayed_until=None)


def release(session: TenantSession, where: Where) -> int:
    """Put reserved or billed charges back on the to-bill list and return how many.

    A batch was deleted, an invoice without a number taken out of it, or a credit gives them back.
    """
    back = {"state": "closed", "batch_id": None, "draft_id": None}
    done = _set(session, [where, state_in("reserved", "billed")], **back)
    _refresh_spent(session, where)
    return done


def mark_billed(session: TenantSession, where: Where) -> int:
    """Mark charges as billed, and the rest of a contract that is billed only once as spent."""
    billed = {"state": "billed", "batch_id": None, "draft_id": None}
    done = _set(session, [where, state_in("reserved", "closed")], **billed)
    _refresh_spent(session, where)
    return done


def _refresh_spent(session: TenantSession, where: Where) -> None:
    """Find holds again where billing one charge of a contract decides about the others."""
    touched = (
        select(distinct(Charge.contract_id))
        .join(Contract, Contract.id == Charge.contract_id)
        .where(where, Contract.type.in_(_ONCE))
    )
    contract_ids = [found for found in session.scalars(touched) if found]
    if contract_ids:
        refresh_holds(session, contract_ids=contract_ids)


def _set(session: TenantSession, where: list[Where], **values: Any) -> int:
    result: Any = session.execute(
        update(Charge)
        .where(*where)
        .values(version=Charge.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)
