"""Drawing work from blocks at once: when it is recorded, changed, moved, or resolved (row A57)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from bordereau.catalog.tables import Contract
from bordereau.charges.blocks.rating import rate_blocks
from bordereau.charges.finding import settled_until
from bordereau.charges.owner_reading import contracts_by_id
from bordereau.charges.rating.writing import write_computed
from bordereau.charges.tables import BlockPeriod, Charge
from bordereau.store import TenantSession, among
from bordereau.values.periods import Timing

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """The contract whose balance counts an entry, and whether its statement stands for good.

    It does once work of the period was billed, and while a batch has reserved some.
    """

    contract_id: UUID
    settled: bool


def draw_at_once(
    session: TenantSession,
    *,
    contract_ids: Iterable[UUID] | None = None,
    ticket_ids: Iterable[UUID] | None = None,
    charge_ids: Iterable[UUID] | None = None,
) -> None:
    """Settle blocks anew whose work changed, as far as they were rated before.

    What no rating has reached waits for one (reason NOT_DRAWN). The blocks are those of the
    contracts, tickets and charges that are given.
    """
    session.flush()
    given = {Charge.ticket_id: ticket_ids, Charge.id: charge_ids}
    wanted: list[ColumnElement[bool]] = [
        BlockPeriod.contract_id.in_(select(Charge.contract_id).where(among(column, ids)))
        for column, ids in given.items()
        if ids is not None
    ]
    if contract_ids is not None:
        wanted.append(among(BlockPeriod.contract_id, contract_ids))
    found = session.execute(
        select(BlockPeriod.contract_id, func.max(BlockPeriod.period_start))
        .join(
            Contract,
            and_(
                Contract.tenant_id == BlockPeriod.tenant_id, Contract.id == BlockPeriod.contract_id
            ),
        )
        .where(Contract.active, or_(*wanted))
        .group_by(BlockPeriod.contract_id)
        .order_by(BlockPeriod.contract_id)
    )
    rated = [(contract_id, day) for contract_id, day in found]
    for place in range(0, len(rated), CHUNK):
        _draw(session, dict(rated[place : place + CHUNK]))


def drawn_entries(session: TenantSession, source_keys: Iterable[str]) -> dict[str, Drawn]:
    """Return which of the entries a balance counts already, by their source keys."""
    other = aliased(Charge)
    use = or_(
        among(other.kind, ["time", "overage"]),
        and_(other.kind == "block", Contract.timing == Timing.ARREARS),
    )
    in_use = exists().where(
        other.tenant_id == BlockPeriod.tenant_id,
        other.contract_id == BlockPeriod.contract_id,
        other.period_start == BlockPeriod.period_start,
        among(other.state, ["reserved", "billed"]),
        use,
    )
    waits = and_(BlockPeriod.period_end <= Contract.end, in_use)
    found = session.execute(
        select(Charge.source_key, BlockPeriod.contract_id, or_(BlockPeriod.settled, waits))
        .join(
            BlockPeriod,
            and_(
                BlockPeriod.tenant_id == Charge.tenant_id, BlockPeriod.id == Charge.block_period_id
            ),
        )
        .join(
            Contract,
            and_(
                Contract.tenant_id == BlockPeriod.tenant_id, Contract.id == BlockPeriod.contract_id
            ),
        )
        .where(among(Charge.source_key, source_keys))
    )
    return {key: Drawn(contract_id, settled) for key, contract_id, settled in found}


def _draw(session: TenantSession, until: dict[UUID, date]) -> None:
    """Rate blocks up to these days; the period after the last one that was billed is open too."""
    for contract_id, day in settled_until(session, until).items():
        until[contract_id] = max(day, until[contract_id])
    contracts = contracts_by_id(session, until)
    first: dict[UUID, date] = {}
    rows = rate_blocks(session, contracts, first, until)
    write_computed(session, contracts, first, rows)
