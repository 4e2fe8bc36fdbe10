"""Work of blocks that no balance counts yet: it waits, and is never billed undrawn."""

from sqlalchemy import ARRAY, ColumnElement, Text, and_, case, exists, func, literal, null

from bordereau.catalog.tables import Contract
from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.rules.readiness import Reason
from bordereau.charges.states import state_in
from bordereau.charges.tables import BlockPeriod, Charge
from bordereau.store import among

_BLOCKS = [kind for kind in ContractType if kind.is_block]
_WAITING = literal([Reason.NOT_DRAWN.value, Reason.NOT_RESTATED.value], ARRAY(Text))


def waiting_code(held: ColumnElement[bool]) -> ColumnElement[str | None]:
    """Return why a charge waits for the balance of its block; null if it does not.

    What something else holds draws nothing anyway, so that reason alone is told.

    Args:
        held: whether another reason stands against the charge.

    """
    undrawn = and_(
        among(Contract.type, _BLOCKS),
        Charge.kind == "time",
        Charge.block_period_id.is_(None),
        ~func.coalesce(held, False),
    )
    adjusts = and_(Charge.late, Contract.late_policy == LatePolicy.ADJUST)
    return case(
        (and_(undrawn, adjusts), literal(Reason.NOT_RESTATED.value)),
        (undrawn, literal(Reason.NOT_DRAWN.value)),
        else_=null(),
    )


def is_drawable() -> ColumnElement[bool]:
    """Say that a time entry of a block counts in a balance, or will once it is drawn."""
    return and_(
        Charge.kind == "time",
        Charge.chargeable,
        state_in("closed", "delayed", "reserved", "billed"),
        Charge.holds.op("<@", is_comparison=True)(_WAITING),
    )


def is_settled() -> ColumnElement[bool]:
    """Say that a settled statement counts a time entry for good."""
    return exists().where(
        BlockPeriod.tenant_id == Charge.tenant_id,
        BlockPeriod.id == Charge.block_period_id,
        BlockPeriod.settled,
    )
