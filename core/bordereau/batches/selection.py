"""What a batch offers, what is ticked in it, and who owns it: as expressions for statements.

A charge's own choice wins over the choice for its owner, that one over the choice for everything
(`Batch.tick_all`). Only what is ready can be selected, whatever was ticked.
"""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, true

from bordereau.batches.tables import Batch, ChargeChoice, OwnerChoice
from bordereau.charges import is_ready
from bordereau.charges.tables import Charge
from bordereau.invoices.plumbing import among

SelectT = TypeVar("SelectT", bound=Select[*tuple[Any, ...]])

_OWNERS: dict[str, Any] = {
    "contracts": Charge.contract_id,
    "projects": Charge.project_id,
    "participants": Charge.customer_id,
}


def owner_column(batch: Batch) -> Any:
    """Return the column that says who owns a charge: contract, project, or customer (B66)."""
    return _OWNERS[batch.source]


def offered(batch: Batch) -> ColumnElement[bool]:
    """Match the charges that the batch is about: of its source and its administrations (B30)."""
    chosen = [UUID(one) for one in batch.filters.get("administrations", ())]
    within = among(Charge.administration_id, chosen) if chosen else true()
    if batch.source == "participants":
        return and_(Charge.kind == "participant", within)
    return and_(owner_column(batch).is_not(None), within)


def ready(batch: Batch) -> ColumnElement[bool]:
    """Match what can be billed on the batch's day and is in no other batch."""
    return and_(offered(batch), is_ready(batch.as_of))


def with_choices(query: SelectT, batch: Batch) -> SelectT:
    """Join what was ticked and unticked in the batch, for `ticked` and `selected`."""
    on_charge = and_(
        ChargeChoice.tenant_id == Charge.tenant_id,
        ChargeChoice.batch_id == batch.id,
        ChargeChoice.charge_id == Charge.id,
    )
    on_owner = and_(
        OwnerChoice.tenant_id == Charge.tenant_id,
        OwnerChoice.batch_id == batch.id,
        OwnerChoice.owner_id == owner_column(batch),
    )
    return query.outerjoin(ChargeChoice, on_charge).outerjoin(OwnerChoice, on_owner)


def ticked(batch: Batch) -> ColumnElement[bool]:
    """Say whether a charge is ticked, ready or not; after the run nothing more is."""
    if batch.state != "selecting":
        return false()
    return func.coalesce(ChargeChoice.ticked, OwnerChoice.ticked, literal(batch.tick_all))


def selected(batch: Batch) -> ColumnElement[bool]:
    """Match the charges that the batch would bill now; the query needs `with_choices`."""
    return and_(ready(batch), ticked(batch))
