"""Settling blocks of hours and money for many contracts at once.

Every period is computed anew until work or block of it was billed; then its statement is settled
and never computed again, but by a restatement. While a batch has reserved charges of a period, the
period waits. The last period of a contract is never settled, so that late work has its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from bordereau.catalog.saving import Row, update_rows
from bordereau.charges.block_reading import (
    Entry,
    Past,
    PeriodUse,
    read_entries,
    read_past,
    read_use,
)
from bordereau.charges.block_writing import write_entries, write_statements
from bordereau.charges.computing import computed_row, periods_from
from bordereau.charges.owners import ContractFacts
from bordereau.charges.placing import state_of_late
from bordereau.charges.rules.block_statements import Statement, statements
from bordereau.charges.rules.blocks import Block, Draw, block_of_hours, block_of_money
from bordereau.charges.rules.contract_types import Component
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.tables import Charge
from bordereau.charges.terms import BlockHoursTerms, BlockMoneyTerms
from bordereau.charges.writing import blank
from bordereau.store import TenantSession
from bordereau.values.money import round_amount
from bordereau.values.periods import Period
from bordereau.values.quantity import hours

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


def rate_blocks(
    session: TenantSession,
    contracts: Mapping[UUID, ContractFacts],
    first: dict[UUID, date],
    until: date,
) -> list[Row]:
    """Settle the blocks among the contracts and return their charges: blocks and overage.

    Args:
        session: the tenant's session.
        contracts: any contracts; those without a block are left alone.
        first: by contract the first day that is computed anew; filled in for blocks.
        until: the last day on which a period may start.

    """
    blocks = {one.id: block for one in contracts.values() if (block := block_of(one))}
    if not blocks:
        return []
    past, use = read_past(session, blocks), read_use(session, blocks)
    plans = [
        _plan(contracts[one], block, past.get(one, ()), use.get(one, {}), until)
        for one, block in blocks.items()
    ]
    first |= {one.contract.id: one.first for one in plans}
    entries = read_entries(session, {one.contract.id: one.first for one in plans})
    rows: list[Row] = []
    found: list[tuple[ContractFacts, Statement]] = []
    drawn: list[tuple[Entry, Draw, Period]] = []
    missed: list[Row] = []
    for one in plans:
        mine = [one.place(entry) for entry in entries.get(one.contract.id, ())]
        known = {entry.id: entry for entry in mine}
        missed += [_missed(one, entry) for entry in mine if entry.day < one.settled_until]
        for statement in _statements(one, mine, until):
            found.append((one.contract, statement))
            rows += _fees(one, statement)
            for draw in statement.draws:
                entry = known[draw.work.id]
                drawn.append((entry, draw, statement.period))
                if draw.beyond:
                    rows.append(_overage(one, entry, draw, statement.period))
    ids = write_statements(session, found, [row for one in plans for row in one.settled])
    write_entries(session, drawn, ids)
    update_rows(session, Charge, missed)
    return rows


def _plan(
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
        elapsed = one.period_end <= min(until, contract.end)
        if not one.settled and not (elapsed and used.is_done(contract.timing)):
            break
        first, opening = one.period_end, one.carried
        if not one.settled and used.reserved:
            continue
        if not one.settled:
            settled.append(one.id)
        settled_until = one.period_end
    return Settling(contract, block, settled_until, first, opening, tuple(settled))


def _statements(one: Settling, entries: Iterable[Entry], until: date) -> tuple[Statement, ...]:
    return statements(
        one.block,
        list(periods_from(one.contract, one.first, until)),
        [entry.work(one.contract) for entry in entries],
        contract_end=one.contract.end,
        opening=one.opening,
        proration=one.contract.proration,
    )


def _fees(one: Settling, statement: Statement) -> list[Row]:
    """Return the charge of the block, and of those that were bought when it was exhausted."""
    period = statement.period
    fee = computed_row(
        one.contract,
        "block",
        period,
        component=Component.FEE,
        quantity=Decimal(1),
        unit_price=statement.fee,
        net=statement.fee,
    )
    if not statement.renewals:
        return [fee]
    more = computed_row(
        one.contract,
        "block",
        period,
        component=Component.USAGE,
        quantity=Decimal(statement.renewals),
        unit_price=one.block.price,
        net=statement.renewal_fee,
    )
    return [fee, more | {"source_key": f"{fee['source_key']}:renewals"}]


def _missed(one: Settling, entry: Entry) -> Row:
    """Return the state of work that its settled period missed, by the policy of the contract."""
    state = state_of_late(one.contract, late=True)
    return {"id": entry.id, "late": True, "state": state}


def _overage(one: Settling, entry: Entry, draw: Draw, period: Period) -> Row:
    """Return the charge for the part of an entry that the balance did not cover."""
    contract, quantity = one.contract, hours(draw.minutes_beyond)
    rate = one.block.overage_rate
    price = contract.worth(entry.rate) if rate is None else rate
    if round_amount(quantity * price, contract.currency) != draw.amount:
        quantity, price = Decimal(1), draw.amount
    return blank(
        kind="overage",
        source_key=f"overage:{entry.id.hex}",
        contract_id=contract.id,
        customer_id=contract.customer_id,
        administration_id=contract.administration_id,
        currency=contract.currency,
        tax_code_id=contract.tax_code_id,
        ticket_id=entry.ticket_id,
        worked_on=entry.worked_on,
        starts_at=entry.starts_at,
        period_start=period.start,
        period_end=period.end,
        ready_on=period.end,
        description=entry.description,
        employee=entry.employee,
        quantity=quantity,
        unit="HUR" if quantity != 1 or price != draw.amount else "C62",
        unit_price=price,
        net=draw.amount,
        billable_minutes=draw.minutes_beyond,
        late=entry.late,
    )
