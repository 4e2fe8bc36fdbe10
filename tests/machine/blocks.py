"""Blocks: what rating made of them is taken over, after reckoning it again where that is simple.

A contract of which nothing was billed, reserved or written off yet is settled from its start; that
is reckoned here from the rules. Later on the truths about balances hold it together.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import text
from tests.machine.desk import Desk
from tests.machine.model import Model
from tests.machine.money import ZERO, Span, rounded
from tests.machine.pricing import rate_of, state_of_late, stepped, time_price, withdraw
from tests.machine.things import BLOCK_KINDS, BLOCKS, Contract, Item

WAITS = frozenset({"NOT_DRAWN", "NOT_RESTATED"})  # what keeps work of blocks that no balance counts
_FOUND = text("""\
select c.id, c.source_key, c.kind, c.state, c.net, c.ready_on, c.worked_on, c.period_start,
  c.period_end, c.holds, t.code as ticket
from charge c join contract k on k.tenant_id = c.tenant_id and k.id = c.contract_id
left join ticket t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
where c.tenant_id = :tenant and k.code = :contract
  and (c.state in ('open', 'approved', 'closed', 'delayed')
    or (c.kind = 'time' and c.state = 'written_off'))""")
_USED = text("""\
select sum(used) as used from (
  select distinct on (period_start) used from block_period b
  join contract k on k.tenant_id = b.tenant_id and k.id = b.contract_id
  where b.tenant_id = :tenant and k.code = :contract order by period_start, revision desc
) as latest""")
_COUNTED = text("""\
select c.source_key from charge c
join block_period b on b.tenant_id = c.tenant_id and b.id = c.block_period_id
where c.tenant_id = :tenant and b.settled""")
_STANDS = text("""\
select coalesce(bool_or(b.settled or (b.period_end <= k."end" and exists (
  select from charge o where o.tenant_id = c.tenant_id and o.contract_id = b.contract_id
    and o.period_start = b.period_start and o.state in ('reserved', 'billed')
    and (o.kind in ('time', 'overage') or (o.kind = 'block' and k.timing = 'arrears'))
))), false) as settled
from charge c join block_period b on b.tenant_id = c.tenant_id and b.id = c.block_period_id
join contract k on k.tenant_id = b.tenant_id and k.id = b.contract_id
where c.tenant_id = :tenant and c.source_key = :key""")
_SETTLED = text("""\
select max(period_end) as until from block_period b
join contract k on k.tenant_id = b.tenant_id and k.id = b.contract_id
where b.tenant_id = :tenant and k.code = :contract and b.settled""")
_BALANCES = text("""\
select period_start, opening, included, used, overage, carried, lost
from block_period b join contract k on k.tenant_id = b.tenant_id and k.id = b.contract_id
where b.tenant_id = :tenant and k.code = :contract order by period_start""")


def rate_blocks(model: Model, desk: Desk) -> None:
    """Compare and take over what rating made of the blocks."""
    for contract in model.contracts.values():
        begun = contract.active and contract.start <= model.today
        if begun and contract.type in BLOCKS:
            found = desk.rows(_FOUND, contract=contract.code)
            mine = model.of_contract(contract.code)
            if all(item.free and not item.touched for item in mine):
                balances = [tuple(row) for row in desk.rows(_BALANCES, contract=contract.code)]
                _compare(model, contract, found, balances)
            _take_over(model, desk, contract, found)
            waits = any(item.state == "reserved" for item in model.of_contract(contract.code))
            if contract.type == "BlockHours" and not (waits or contract.rewritten):
                _check_drawn(model, desk, contract)


def settled_entries(desk: Desk) -> set[str]:
    """Return the entries that settled statements count: they stay where they were drawn."""
    return {row.source_key for row in desk.rows(_COUNTED)}


def _check_drawn(model: Model, desk: Desk, contract: Contract) -> None:
    """See that all work that is ready, or was billed, was drawn from the balances, and once."""
    begun = [span for span in contract.spans if span.start <= model.today]
    drawn = [
        stepped(contract, item.minutes)
        for item in model.of_contract(contract.code)
        if item.kind == "time"
        and item.chargeable
        and item.day < begun[-1].end
        and (item.state in {"reserved", "billed"} or (item.counts and not item.holds))
        and "NOT_RESTATED" not in item.waits
    ]
    used = desk.rows(_USED, contract=contract.code)[0].used
    assert (used or ZERO) == sum(drawn), contract.code


def restate(model: Model, desk: Desk, contract: Contract) -> None:
    """Take over what a restatement made: late work that is free, and the adjustment of it."""
    _take_over(model, desk, contract, desk.rows(_FOUND, contract=contract.code))


def take_over_blocks(model: Model, desk: Desk) -> None:
    """Take over what was drawn at once, because work was recorded, changed, moved or resolved."""
    for item in model.items.values():
        item.waits = frozenset()
    for contract in model.contracts.values():
        if contract.type in BLOCKS:
            _take_over(model, desk, contract, desk.rows(_FOUND, contract=contract.code))


def stands_settled(desk: Desk, key: str) -> bool:
    """Say whether a statement that work was billed of, or is reserved, counts an entry."""
    return bool(desk.rows(_STANDS, key=key)[0].settled)


def _take_over(model: Model, desk: Desk, contract: Contract, found: list[Any]) -> None:
    rows = {desk.plain(row.source_key): row for row in found}
    for item in model.of_contract(contract.code):
        row = rows.pop(item.key, None)
        if row is None and item.free and item.kind in BLOCK_KINDS:
            withdraw(model, item)
        elif row is not None and item.free:
            _place(item, row)
            if item.kind == "time":
                item.waits = WAITS & frozenset(row.holds)
            if item.kind == "time" and row.state != item.state:
                assert row.state == state_of_late(contract), item.key
                assert item.day < desk.rows(_SETTLED, contract=contract.code)[0].until, item.key
                item.state = row.state
            if item.kind in BLOCK_KINDS:
                item.net = row.net
    for key, row in rows.items():
        if row.state == "written_off":
            continue
        assert row.kind in {*BLOCK_KINDS, "adjustment"}, key
        model.items[key] = item = Item(
            key=key,
            kind=row.kind,
            customer=contract.customer,
            seller=contract.seller,
            currency=model.customers[contract.customer].currency,
            day=row.worked_on,
            ready_on=row.ready_on,
            net=row.net,
            contract=contract.code,
            ticket=row.ticket,
            tax=contract.tax,
        )
        _place(item, row)


def _place(item: Item, row: Any) -> None:
    item.ready_on = row.ready_on
    if row.period_start:
        item.span = Span(row.period_start, row.period_end, row.period_end)


def _compare(
    model: Model, contract: Contract, found: list[Any], balances: list[tuple[Any, ...]]
) -> None:
    """Settle every period that has begun, and compare charges and balances."""
    currency = model.customers[contract.customer].currency
    fees: dict[object, Decimal] = {}
    overages: dict[object, Decimal] = {}
    expected, opening = [], ZERO
    for span in contract.spans:
        if span.start > model.today:
            break
        allowance, fees[span.start] = _block(contract, span, currency)
        left, used = opening + allowance, ZERO
        for item in _work(model, contract, span):
            value = _value(contract, item, currency)
            within = min(value, max(left, ZERO))
            left, used = left - within, used + value
            if beyond := value - within:
                overages[item.id.hex] = _overage(contract, beyond, currency)
        over = used + left - opening - allowance
        keeps = contract.terms["commit_rollover"] and span.end <= contract.end
        carried, lost = (left, ZERO) if keeps else (ZERO, left)
        expected.append((span.start, opening, allowance, used, over, carried, lost))
        opening = carried
    assert balances == expected
    assert {row.period_start: row.net for row in found if row.kind == "block"} == fees
    assert _by_entry(found) == overages


def _by_entry(found: list[Any]) -> dict[object, Decimal]:
    amounts: dict[object, Decimal] = defaultdict(Decimal)
    for row in found:
        if row.kind == "overage":
            amounts[row.source_key.removeprefix("overage:")] += row.net
    return dict(amounts)


def _block(contract: Contract, span: Span, currency: str) -> tuple[Decimal, Decimal]:
    """Return what a block adds to the balance, in minutes or money, and what it costs."""
    if contract.type == "BlockMoney":
        allowance = price = contract.figure("contract_amount")
    else:
        allowance = contract.figure("hours_included") * 60
        price = contract.figure("hours_included") * contract.figure("price_per_hour")
    days, whole = (span.end - span.start).days, (span.whole_end - span.start).days
    if contract.daily:
        allowance, price = allowance * days / whole, price * days / whole
    if contract.type == "BlockMoney":
        return rounded(allowance, currency), rounded(price, currency)
    return allowance.quantize(Decimal(1), ROUND_HALF_UP), rounded(price, currency)


def _work(model: Model, contract: Contract, span: Span) -> list[Item]:
    """Return the ready work of a period: what is taken back first, the rest by time of work."""
    found = [
        item
        for item in model.of_contract(contract.code)
        if item.kind == "time" and item.counts and not item.holds and span.holds(item.day)
    ]
    return sorted(found, key=lambda one: (one.minutes >= 0, one.starts_at, one.id))


def _value(contract: Contract, item: Item, currency: str) -> Decimal:
    if contract.type == "BlockHours":
        return Decimal(stepped(contract, item.minutes))
    price = rate_of(contract, item.rate, worth=True)
    assert price is not None
    return time_price(contract, item.minutes, price, currency)


def _overage(contract: Contract, beyond: Decimal, currency: str) -> Decimal:
    if contract.type == "BlockMoney":
        return beyond
    return rounded(beyond * contract.figure("overage_rate") / 60, currency)
