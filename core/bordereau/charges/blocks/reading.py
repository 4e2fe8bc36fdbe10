"""What settling blocks reads: earlier statements, what was billed, and the work to draw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, Date, TableValuedAlias, Uuid, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from bordereau.charges.blocks.waiting import is_drawable
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rules.drawing import Work
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, BlockPeriod, Charge
from bordereau.store import TenantSession, among
from bordereau.values.periods import Timing


@dataclass(frozen=True, slots=True)
class Past:
    """The latest statement of a period, as it is kept."""

    id: UUID
    period_start: date
    period_end: date
    carried: Decimal
    settled: bool


@dataclass(frozen=True, slots=True)
class PeriodUse:
    """What became of the charges of a period."""

    work_billed: bool = False
    block_billed: bool = False
    reserved: bool = False
    unbilled: bool = False

    def is_done(self, timing: Timing) -> bool:
        """Say whether an elapsed period is settled, or waits for a batch that reserved of it.

        A block in advance is billed before its work is known; it settles the period only when
        nothing else of the period is left.
        """
        by_block = self.block_billed and (timing is Timing.ARREARS or not self.unbilled)
        return self.reserved or self.work_billed or by_block


@dataclass(frozen=True, slots=True)
class Entry:
    """A time entry that draws from a block; `day` is the day that decides its period."""

    contract_id: UUID
    id: UUID
    worked_on: date
    day: date
    starts_at: datetime
    minutes: int
    rate: str
    ticket_id: UUID | None
    description: str
    employee: str
    late: bool
    state: str
    quantity: Decimal
    period_start: date | None
    block_period_id: UUID | None
    holds: Sequence[str]

    def work(self, contract: ContractFacts) -> Work:
        """Return the entry as the rules of blocks see it."""
        worth = contract.worth(self.rate)
        return Work(self.id, self.starts_at, self.day, self.minutes, worth)


def read_past(session: TenantSession, contract_ids: Iterable[UUID]) -> dict[UUID, list[Past]]:
    """Return by contract, in order, the last settled statement and all that are not settled."""
    latest = (
        select(BlockPeriod)
        .ext(distinct_on(BlockPeriod.contract_id, BlockPeriod.period_start))
        .where(among(BlockPeriod.contract_id, contract_ids))
        .order_by(BlockPeriod.contract_id, BlockPeriod.period_start, BlockPeriod.revision.desc())
        .subquery()
    )
    last = (
        func.max(latest.c.period_start)
        .filter(latest.c.settled)
        .over(partition_by=latest.c.contract_id)
    )
    ranked = select(latest, last.label("last")).subquery()
    found = session.execute(
        select(ranked)
        .where(ranked.c.period_start >= func.coalesce(ranked.c.last, ranked.c.period_start))
        .order_by(ranked.c.contract_id, ranked.c.period_start)
    )
    past: dict[UUID, list[Past]] = {}
    for row in found:
        one = Past(row.id, row.period_start, row.period_end, row.carried, row.settled)
        past.setdefault(row.contract_id, []).append(one)
    return past


def read_use(
    session: TenantSession, contract_ids: Iterable[UUID]
) -> dict[UUID, dict[date, PeriodUse]]:
    """Return what became of the charges of each period that is not settled yet."""
    work, block = among(Charge.kind, ["time", "overage"]), Charge.kind == "block"
    billed, taken = state_in("billed"), state_in("reserved")
    open_period = (
        select(BlockPeriod.id)
        .where(
            BlockPeriod.contract_id == Charge.contract_id,
            BlockPeriod.period_start == Charge.period_start,
            ~BlockPeriod.settled,
        )
        .exists()
    )
    found = session.execute(
        select(
            Charge.contract_id,
            Charge.period_start,
            func.bool_or(and_(work, billed)),
            func.bool_or(and_(block, billed)),
            func.bool_or(and_(taken, or_(work, block))),
            func.bool_or(and_(state_in(*UNBILLED), or_(work, block))),
        )
        .where(among(Charge.contract_id, contract_ids), open_period)
        .group_by(Charge.contract_id, Charge.period_start)
    )
    use: dict[UUID, dict[date, PeriodUse]] = {}
    for contract_id, start, *flags in found:
        use.setdefault(contract_id, {})[start] = PeriodUse(*flags)
    return use


def first_open(first: Mapping[UUID, date]) -> TableValuedAlias:
    """Return a table of contracts, each with the first day of its open periods."""
    ids, days = literal(list(first), ARRAY(Uuid)), literal(list(first.values()), ARRAY(Date))
    return func.unnest(ids, days).table_valued("contract_id", "day", name="since").render_derived()


def read_entries(session: TenantSession, first: Mapping[UUID, date]) -> dict[UUID, list[Entry]]:
    """Return the work to draw: of open periods, and what settled periods could not draw yet."""
    since = first_open(first)
    undrawn = and_(state_in(*UNBILLED), Charge.block_period_id.is_(None))
    found = session.execute(
        select(
            Charge.contract_id,
            Charge.id,
            Charge.worked_on,
            func.greatest(Charge.worked_on, Charge.period_start),
            Charge.starts_at,
            Charge.billable_minutes,
            Charge.rate,
            Charge.ticket_id,
            Charge.description,
            Charge.employee,
            Charge.late,
            Charge.state,
            Charge.quantity,
            Charge.period_start,
            Charge.block_period_id,
            Charge.holds,
        )
        .join(since, Charge.contract_id == since.c.contract_id)
        .where(
            is_drawable(),
            or_(Charge.period_start >= since.c.day, undrawn),
        )
        .order_by(Charge.contract_id, Charge.starts_at, Charge.id)
    )
    entries: dict[UUID, list[Entry]] = {}
    for row in found:
        entry = Entry(*row)
        entries.setdefault(entry.contract_id, []).append(entry)
    return entries
