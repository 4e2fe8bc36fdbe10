"""What is to be settled of a contract with a block: its block, and where its open periods start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from bordereau.charges.blocks.reading import Entry, Past, PeriodUse
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rules.blocks import Block, block_of_hours, block_of_money
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.terms import BlockHoursTerms, BlockMoneyTerms

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Settling:
    """A contract and where its open periods start.

    Attributes:
        settled_until: the end of the last settled period, or the start of the contract.
        first: the start of the first open period; between the two, periods wait for a batch.
        opening: the balance carried into it.
        settled: statements that are to be settled now.

    """

    contract: ContractFacts
    block: Block
    settled_until: date
    first: date
    opening: Decimal
    settled: tuple[UUID, ...]

    def place(self, entry: Entry) -> Entry:
        """Return an entry where it draws: late work, that is billed next, in the first period."""
        late = entry.day < self.settled_until
        if late and self.contract.late_policy is LatePolicy.BILL_NEXT:
            return replace(entry, day=self.first, late=True)
        return entry


def block_of(contract: ContractFacts) -> Block | None:
    """Return the block of a contract; None if it is of another type."""
    match contract.terms:
        case BlockHoursTerms() as terms:
            return block_of_hours(
                terms.hours_included,
                terms.price_per_hour,
                terms.overage_rate,
                contract.currency,
                rollover=terms.commit_rollover,
                on_exhausted=terms.on_exhausted,
            )
        case BlockMoneyTerms() as terms:
            return block_of_money(
                terms.contract_amount,
                contract.currency,
                overage_rate=terms.overage_rate,
                rollover=terms.commit_rollover,
                on_exhausted=terms.on_exhausted,
            )
    return None


def plan_settling(
    contract: ContractFacts,
    block: Block,
    past: Sequence[Past],
    use: Mapping[date, PeriodUse],
    until: date,
) -> Settling:
    """Find where the open periods of a contract start, and which ones are to be settled now."""
    settled_until = first = contract.start
    opening, settled = _NOTHING, list[UUID]()
    for one in past:
        used = use.get(one.period_start, PeriodUse())
        if not one.settled and not (
            _has_elapsed(contract, one, until) and used.is_done(contract.timing)
        ):
            break
        first, opening = one.period_end, one.carried
        if not one.settled and used.reserved:
            continue
        if not one.settled:
            settled.append(one.id)
        settled_until = one.period_end
    return Settling(contract, block, settled_until, first, opening, tuple(settled))


def _has_elapsed(contract: ContractFacts, one: Past, until: date) -> bool:
    """Say whether a period is over; one that the end of the contract cuts anew is not."""
    period = contract.period_of(one.period_start)
    unchanged = period is not None and period.end == one.period_end
    return unchanged and one.period_end <= min(until, contract.end)
