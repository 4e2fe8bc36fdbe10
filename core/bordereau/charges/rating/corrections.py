"""Corrections of periods that are billed: what is told apart as one, and what rating makes of it.

What is reserved or billed never changes. If what it was computed from changes later, the difference
is a charge of its own, plus or minus (`correcting` writes it). Should a credit give the charge of
the period back, rating makes it anew, less the corrections that were billed by then.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_

from bordereau.catalog.saving import Row
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rating.computing import computed_row
from bordereau.charges.rating.parts import is_free
from bordereau.charges.rating.withdrawing import MARK
from bordereau.charges.rules.contract_types import Component, ContractType
from bordereau.charges.tables import Charge
from bordereau.values.periods import Period

Known = Mapping[str, Any]
Key = tuple[UUID, date]
KIND = "adjustment"
_PREFIX = "correction:"
_COMPUTES = {
    ContractType.RETAINER_FLAT_FEE: ("fee", Component.FEE),
    ContractType.PROJECT_ONE_TIME_FEE: ("project_fee", Component.FEE),
    ContractType.REMOTE_MONITORING: ("devices", Component.USAGE),
    ContractType.ONLINE_BACKUP: ("backup", Component.USAGE),
}


def is_correction() -> ColumnElement[bool]:
    """Say that a charge corrects a period; a restatement of a block is another adjustment."""
    return and_(Charge.kind == KIND, Charge.source_key.startswith(_PREFIX))


def key_of(contract_id: UUID, start: date, taken: Iterable[str]) -> str:
    """Return the source key of the next correction of a period."""
    number, known = 1, set(taken)
    while (key := f"{_PREFIX}{contract_id.hex}:{start}:{number}") in known:
        number += 1
    return key


def is_open(correction: Known) -> bool:
    """Say whether a correction can still change: it is free, whole, and in no pro forma."""
    return (
        is_free(correction) and correction["parent_id"] is None and correction["draft_id"] is None
    )


def less_corrections(
    contracts: Mapping[UUID, ContractFacts], rows: list[Row], known: Iterable[Known]
) -> list[UUID]:
    """Take what was corrected off charges that are free again, and return what is to be withdrawn.

    A period that costs nothing any more is then charged what its corrections gave back too much.

    Args:
        contracts: the contracts of the charges.
        rows: the charges that periods should have; they are changed and completed.
        known: the charges that the periods have, corrections among them.

    """
    corrections: dict[Key, list[Known]] = {}
    others: dict[Key, list[Known]] = {}
    for one in known:
        if one["state"] != "split" and MARK not in one["source_key"]:
            place = corrections if one["kind"] == KIND else others
            place.setdefault((one["contract_id"], one["period_start"]), []).append(one)
    if not corrections:
        return []
    follow = {
        key
        for key in corrections
        if any(is_free(one) for one in others.get(key, ())) or key not in others
    }
    there = {(row["contract_id"], row["period_start"]) for row in rows}
    for key in sorted(follow - there):
        contract, kept = contracts[key[0]], [o for o in corrections[key] if not is_open(o)]
        if kept and contract.type in _COMPUTES:
            rows.append(_nothing(contract, kept[0]))
    for row in rows:
        if (key := (row["contract_id"], row["period_start"])) in follow:
            _take_off(row, corrections[key])
    rows[:] = [row for row in rows if _is_due(row, there)]
    return [one["id"] for key in follow for one in corrections[key] if is_open(one)]


def _is_due(row: Row, there: Collection[Key]) -> bool:
    return bool(row["net"]) or (row["contract_id"], row["period_start"]) in there


def _nothing(contract: ContractFacts, correction: Known) -> Row:
    """Return the charge of a corrected period that the contract does not charge any more."""
    kind, component = _COMPUTES[contract.type]
    row = computed_row(
        contract,
        kind,
        Period(correction["period_start"], correction["period_end"]),
        component=component,
        quantity=Decimal(1),
        unit_price=Decimal(0),
        net=Decimal(0),
    )
    return row | {"currency": correction["currency"], "tax_code_id": correction["tax_code_id"]}


def _take_off(row: Row, corrections: Iterable[Known]) -> None:
    kept = [one for one in corrections if not is_open(one) and one["currency"] == row["currency"]]
    corrected = sum((one["net"] for one in kept), Decimal(0))
    if corrected:
        net = row["net"] - corrected
        row.update(quantity=Decimal(1), unit_price=net, net=net)
