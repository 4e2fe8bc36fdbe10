"""Settling blocks of hours and money for many contracts at once.

Every period is computed anew until work or block of it was billed; then its statement is settled
and never computed again, but by a restatement. While a batch has reserved charges of a period, the
period waits. The last period of a contract is never settled, so that late work has its place.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from bordereau.catalog.saving import Row, update_rows
from bordereau.charges.blocks.charges import block_fees, overage_charge, state_if_missed
from bordereau.charges.blocks.plans import Settling, block_of, plan_settling
from bordereau.charges.blocks.reading import Entry, read_entries, read_past, read_use
from bordereau.charges.blocks.writing import give_back, write_entries, write_statements
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rating.computing import periods_from
from bordereau.charges.rules.block_statements import Statement, statements
from bordereau.charges.rules.drawing import Draw
from bordereau.charges.tables import Charge
from bordereau.store import TenantSession
from bordereau.values.periods import Period


def rate_blocks(
    session: TenantSession,
    contracts: Mapping[UUID, ContractFacts],
    first: dict[UUID, date],
    until: Mapping[UUID, date],
) -> list[Row]:
    """Settle the blocks among the contracts and return their charges: blocks and overage.

    Args:
        session: the tenant's session.
        contracts: any contracts; those without a block are left alone.
        first: by contract the first day that is computed anew; filled in for blocks.
        until: by contract the last day on which a period may start.

    """
    blocks = {one.id: block for one in contracts.values() if (block := block_of(one))}
    if not blocks:
        return []
    past, use = read_past(session, blocks), read_use(session, blocks)
    plans = [
        plan_settling(contracts[one], block, past.get(one, ()), use.get(one, {}), until[one])
        for one, block in blocks.items()
    ]
    opened = {one.contract.id: one.first for one in plans}
    first |= opened
    entries = read_entries(session, opened)
    rows: list[Row] = []
    found: list[tuple[ContractFacts, Statement]] = []
    drawn: list[tuple[Entry, Draw, Period]] = []
    missed: list[Row] = []
    for one in plans:
        mine = [one.place(entry) for entry in entries.get(one.contract.id, ())]
        known = {entry.id: entry for entry in mine}
        missed += [state_if_missed(one, entry) for entry in mine if entry.day < one.settled_until]
        for statement in _statements(one, mine, until[one.contract.id]):
            found.append((one.contract, statement))
            rows += block_fees(one, statement)
            for draw in statement.draws:
                entry = known[draw.work.id]
                drawn.append((entry, draw, statement.period))
                if draw.beyond:
                    rows.append(overage_charge(one, entry, draw, statement.period))
    ids = write_statements(session, found, [row for one in plans for row in one.settled])
    give_back(session, opened)
    write_entries(session, drawn, ids)
    update_rows(session, Charge, missed)
    return rows


def _statements(one: Settling, entries: Iterable[Entry], until: date) -> tuple[Statement, ...]:
    return statements(
        one.block,
        list(periods_from(one.contract, one.first, until)),
        [entry.work(one.contract) for entry in entries],
        contract_end=one.contract.end,
        opening=one.opening,
        proration=one.contract.proration,
    )
