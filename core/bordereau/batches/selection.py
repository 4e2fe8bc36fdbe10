"""What a batch offers, what is ticked in it, and who owns it: as expressions for statements.

A charge's own choice wins over the choice for its owner, that one over the choice for everything
(`Batch.tick_all`). Only what is ready can be selected, whatever was ticked.
"""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, null, select, true

from bordereau.batches.tables import Batch, ChargeChoice, OwnerChoice
from bordereau.charges import is_ready
from bordereau.charges.tables import Charge
from bordereau.store import among
from bordereau.values.ids import public_id

SelectT = TypeVar("SelectT", bound=Select[*tuple[Any, ...]])

_OWNERS: dict[str, Any] = {
    "contracts": Charge.contract_id,
    "projects": Charge.project_id,
    "participants": Charge.customer_id,
}
_PREFIXES = {"contracts": "ctr", "projects": "prj", "participants": "cus"}


def owner_column(batch: Batch) -> Any:
    """Return the column that says who owns a charge: contract, project, or customer (B66)."""
    return _OWNERS[batch.source]


def owner_key(batch: Batch, owner_id: UUID) -> str:
    """Return the id of an owner as people and programs see it: `ctr_…`, `prj_…` or `cus_…`."""
    return public_id(_PREFIXES[batch.source], owner_id)


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


def own_choice(batch: Batch) -> ColumnElement[bool | None]:
    """Say whether a charge itself was ticked or unticked; null where it was neither.

    Single charges are chosen by hand, so they are few: PostgreSQL looks each charge up in two
    small sets, which costs nothing where they are empty, while a join has its price per charge.
    """
    chosen = select(ChargeChoice.charge_id).where(ChargeChoice.batch_id == batch.id)
    return case(
        (Charge.id.in_(chosen.where(ChargeChoice.ticked)), true()),
        (Charge.id.in_(chosen.where(~ChargeChoice.ticked)), false()),
        else_=null(),
    )


def with_owner_choices(query: SelectT, batch: Batch, owner_id: Any) -> SelectT:
    """Join what was ticked and unticked of owners in the batch, for `decided` and `selected`."""
    of_owner = and_(OwnerChoice.batch_id == batch.id, OwnerChoice.owner_id == owner_id)
    return query.outerjoin(OwnerChoice, of_owner)


def decided(batch: Batch, own: ColumnElement[bool | None]) -> ColumnElement[bool]:
    """Say what counts: the charge's `own` choice, else its owner's, else that for everything.

    The query needs `with_owner_choices`. After the run nothing more is ticked.
    """
    if batch.state != "selecting":
        return false()
    return func.coalesce(own, OwnerChoice.ticked, literal(batch.tick_all))


def ticked(batch: Batch) -> ColumnElement[bool]:
    """Say whether a charge is ticked, ready or not; the query needs `with_owner_choices`."""
    return decided(batch, own_choice(batch))


def selected(batch: Batch) -> ColumnElement[bool]:
    """Match the charges that the batch would bill now; the query needs `with_owner_choices`."""
    return and_(ready(batch), ticked(batch))
