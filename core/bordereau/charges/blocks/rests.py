"""What a period of a block costs beyond what was billed of it already, as a charge of its own.

What is reserved or billed never changes. But late work of the last period of a block may displace
overage that was billed, and the contract may run on past a last period that was billed cut short.
The rest is charged under a key of its own, plus or minus.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bordereau.catalog.saving import Row
from bordereau.charges.blocks.fee_rests import parts_of_fee, rests_of_fee
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rating.withdrawing import MARK
from bordereau.charges.tables import UNBILLED

Known = Mapping[str, Any]
_FEE = "block"
_NOTHING = Decimal(0)


def add_rests(
    contracts: Mapping[UUID, ContractFacts], rows: list[Row], known: Iterable[Known]
) -> None:
    """Add to the computed rows the rests of periods of which something is reserved or billed.

    Args:
        contracts: the contracts by id.
        rows: the charges that the periods should have.
        known: the charges that they have.

    """
    taken: dict[tuple[UUID, date], list[Known]] = {}
    for one in known:
        if one["state"] not in UNBILLED and MARK not in one["source_key"]:
            taken.setdefault((one["contract_id"], one["period_start"]), []).append(one)
    if not taken:
        return
    wanted: dict[tuple[UUID, date], list[Row]] = {}
    for row in rows:
        if (key := (row["contract_id"], row["period_start"])) in taken:
            wanted.setdefault(key, []).append(row)
    for (contract_id, start), mine in taken.items():
        contract = contracts[contract_id]
        if not contract.type.is_block or any(one["currency"] != contract.currency for one in mine):
            continue
        found = wanted.get((contract_id, start), [])
        rows += list(_rests(contract, start, found, mine))


def _rests(
    contract: ContractFacts, start: date, found: list[Row], taken: list[Known]
) -> Iterator[Row]:
    """Yield the rests of a period; `found` are the charges that it should have."""
    fee = next((row for row in found if row["kind"] == _FEE), None)
    period = contract.period_of(start)
    if fee or period is None:  # what rating has not reached yet, stays
        yield from rests_of_fee(contract, start, fee, parts_of_fee(contract, start, taken))
    if fee is None:
        return
    for base, kind in ((f"{fee['source_key']}:renewals", "block"), (_overage(fee), "overage")):
        mine = [one for one in taken if _belongs(one, base, kind)]
        if mine:
            yield from _rest_of_use(fee, base, kind, found, mine)


def _overage(fee: Row) -> str:
    return f"overage:{fee['contract_id'].hex}:{fee['period_start']}"


def _belongs(one: Known, base: str, kind: str) -> bool:
    """Say whether a charge is overage, or a further block: those name their period in the key."""
    key: str = one["source_key"]
    return one["kind"] == kind and (kind == "overage" or key.startswith(base))


def _rest_of_use(
    fee: Row, base: str, kind: str, found: list[Row], taken: list[Known]
) -> Iterator[Row]:
    """Yield what the charges that are taken should be worth by now, less what they are worth."""
    keys = {one["source_key"] for one in taken}
    now = [row for row in found if row["source_key"] in keys and row["kind"] == kind]
    number = 1  # one that a credit gave back leaves its number free
    while f"{base}:rest{number}" in keys:
        number += 1
    name = "quantity" if kind == "block" else "billable_minutes"
    more = _sum(now, name) - _sum(taken, name)
    if not more:
        return
    net = _sum(now, "net") - _sum(taken, "net")
    if kind == "block":
        price = (now or taken)[0]["unit_price"]
        rest = _rest(fee, f"{base}:rest{number}", kind, more * price)
        yield rest | {"quantity": more, "unit_price": price, "ready_on": fee["period_end"]}
    elif net:
        rest = _rest(fee, f"{base}:rest{number}", kind, net)
        yield rest | {"billable_minutes": int(more), "ready_on": fee["period_end"]}


def _rest(fee: Row, key: str, kind: str, net: Decimal) -> Row:
    row = fee | {"source_key": key, "kind": kind}
    _set_net(row, net)
    return row


def _set_net(row: Row, net: Decimal) -> None:
    row.update(quantity=Decimal(1), unit_price=net, net=net)


def _sum(rows: Iterable[Known], name: str) -> Decimal:
    return sum((Decimal(row[name] or 0) for row in rows), _NOTHING)
