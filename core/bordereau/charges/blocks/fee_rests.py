"""What the fee of a block costs beyond what is billed of it, when its period grew or was cut.

The fee is billed up to a day. Each rest goes on from there, forward to a later end or back to an
earlier one, and names both days in its key. What leads from the start of the period to its end,
and is not taken yet, is the rest of now. It is reckoned at the terms that hold now; what is given
back, at those that were billed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bordereau.catalog.saving import Row
from bordereau.charges.blocks.plans import block_of
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rating.computing import computed_row
from bordereau.charges.rules.blocks import cut_block
from bordereau.charges.rules.contract_types import Component
from bordereau.values.money import round_amount
from bordereau.values.periods import Period

Known = Mapping[str, Any]
Step = tuple[date, date]
KIND = "block"
_NOTHING = Decimal(0)
_DAY = timedelta(days=1)
_TAKEN = ("reserved", "billed", "split")


def fee_key(contract: ContractFacts, start: date) -> str:
    """Return the source key of the fee of a period; those of its rests begin with it."""
    return f"{KIND}:{contract.id.hex}:{start}"


def fee_row(contract: ContractFacts, period: Period) -> Row:
    """Return the charge of the fee of a period."""
    fee = _fee_until(contract, period.start, period.end)
    return computed_row(
        contract,
        KIND,
        period,
        component=Component.FEE,
        quantity=Decimal(1),
        unit_price=fee,
        net=fee,
    )


def is_fee(charge: Known) -> bool:
    """Say whether a charge is the fee of a block, a rest of it or a part, no further block."""
    return charge["kind"] == KIND and ":renewals" not in charge["source_key"]


def parts_of_fee(contract: ContractFacts, start: date, charges: Iterable[Known]) -> list[Known]:
    """Return the fee of a period and its rests among charges."""
    key = fee_key(contract, start)
    return [one for one in charges if one["source_key"].split("@")[0] == key]


def rests_of_fee(
    contract: ContractFacts, start: date, fee: Row | None, taken: Sequence[Known]
) -> Iterator[Row]:
    """Yield the rests of the fee of a period; one that came back becomes less by its rests.

    Args:
        contract: the contract with its block.
        start: the first day of the period.
        fee: the charge of its whole fee; None if the contract has no such period any more.
        taken: what is reserved or billed of the fee.

    """
    key = fee_key(contract, start)
    if not taken:
        return
    if fee and all(one["source_key"] != key for one in taken):
        net = fee["net"] - sum((one["net"] for one in taken), _NOTHING)
        fee.update(quantity=Decimal(1), unit_price=net, net=net)
        return
    keys = {one["source_key"] for one in taken}
    for since, until in _open_steps(start, fee["period_end"] if fee else None, taken):
        net = _fee_until(contract, start, until) - _fee_until(contract, start, since)
        if net < 0:
            net = _as_billed(contract, start, taken, net)
        if not net:
            continue
        name, number = f"{key}@{since}:{until}", 1
        while (rest_key := name if number == 1 else f"{name}:{number}") in keys:
            number += 1
        shown = _period(contract, start, max(since, until))
        row = (fee_row(contract, shown) if shown else fee) or {}
        row = row | {"source_key": rest_key, "quantity": Decimal(1), "unit_price": net, "net": net}
        if net < 0:  # it goes back to whom it was billed, with the tax that it bore
            row |= {name: taken[0][name] for name in ("customer_id", "tax_code_id")}
        yield row


def _open_steps(start: date, end: date | None, taken: Iterable[Known]) -> Iterator[Step]:
    """Yield the steps that are missing between the start of a period and its end."""
    left: Counter[date] = Counter()
    if end:
        left.update({end: 1})
        left.subtract({start: 1})
    for since, until in (_step(start, one) for one in taken):
        left.subtract({until: 1})
        left.update({since: 1})
    sources = sorted((-left).elements())
    targets = sorted((+left).elements())
    return zip(sources, targets, strict=True)


def _step(start: date, part: Known) -> Step:
    """Return from which day to which a part of a fee leads."""
    _, _, days = part["source_key"].partition("@")
    if not days:
        return start, part["period_end"]
    since, until, *_ = days.split(":")
    return date.fromisoformat(since), date.fromisoformat(until)


def _as_billed(
    contract: ContractFacts, start: date, taken: Sequence[Known], net: Decimal
) -> Decimal:
    """Return what is given back in the measure of what was billed, should the price differ now."""
    steps = [_step(start, one) for one in taken]
    now = _NOTHING
    for since, until in steps:
        now += _fee_until(contract, start, until) - _fee_until(contract, start, since)
    billed = sum((one["net"] for one in taken if one["state"] in _TAKEN), _NOTHING)
    return round_amount(net * billed / now, contract.currency) if now else _NOTHING


def _fee_until(contract: ContractFacts, start: date, end: date) -> Decimal:
    """Return what a period costs that ends before a day."""
    block, period = block_of(contract), _period(contract, start, end)
    return cut_block(block, period, contract.proration).price if block and period else _NOTHING


def _period(contract: ContractFacts, start: date, end: date) -> Period | None:
    """Return the period of a contract that ends before a day."""
    return replace(contract, end=end - _DAY).period_of(start) if end > start else None
