"""Correcting what is billed of a period when an end, a device or a reading changes afterwards.

Each period that the change touches is computed twice, as it was before and as it is after, both at
the terms that hold now; so a new price alone corrects nothing. What differs becomes one charge,
late by the policy of the contract. Periods that are not billed follow at the next rating.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Uuid, and_, func, literal, or_, select, true

from bordereau.catalog.saving import Row, insert_rows, update_rows
from bordereau.charges.holds import refresh_holds
from bordereau.charges.owners import ContractFacts
from bordereau.charges.placing import state_of_late
from bordereau.charges.rating.changes import Change
from bordereau.charges.rating.computing import Usage, periods_from
from bordereau.charges.rating.corrections import KIND, is_correction, is_open, key_of
from bordereau.charges.rating.parts import is_free
from bordereau.charges.rating.reading import first_days, usages_of
from bordereau.charges.rating.withdrawing import is_withdrawn, withdraw
from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.states import state_in
from bordereau.charges.tables import COMPUTED, Charge
from bordereau.store import TenantSession, among
from bordereau.values.ids import uuid7

Known = Mapping[str, Any]
_TAKEN = ("reserved", "billed")
_COUNTING = {ContractType.REMOTE_MONITORING, ContractType.ONLINE_BACKUP}
_DAY = timedelta(days=1)
_FIELDS = (
    Charge.id,
    Charge.contract_id,
    Charge.parent_id,
    Charge.draft_id,
    Charge.kind,
    Charge.state,
    Charge.source_key,
    Charge.period_start,
    Charge.net,
    Charge.currency,
)


def correct_billed(session: TenantSession, changes: Iterable[Change]) -> None:
    """Charge, or give back, what changes make of periods that are billed or reserved."""
    touched = {one.after.id: one for one in changes if one.first}
    if not touched:
        return
    known = _read(session, touched)
    rated = first_days(session, {one.after.id: one.after for one in touched.values()})
    usages = _usages(session, touched)
    missing: list[Row] = []
    corrected: list[tuple[Row, Sequence[Known]]] = []
    for contract_id, change in touched.items():
        mine = known.get(contract_id, {})
        for start in _starts(change, mine, rated[contract_id]):
            old, new = change.rows(start, usages.get(contract_id, Usage()))
            there = [one for one in mine.get(start, ()) if one["kind"] != KIND]
            if not there and new and start < rated[contract_id]:
                missing.append(new)
            elif _is_taken(there) and (difference := _difference(old, new)):
                corrections = [one for one in mine[start] if one["kind"] == KIND]
                row = {**(new or old or {}), **_amount(difference)}
                corrected.append((row | {"kind": KIND, "unit": "C62"}, corrections))
    contracts = {one.after.id: one.after for one in touched.values()}
    ids = _write(session, contracts, corrected)
    ids += _charge_late(session, contracts, missing)
    if ids:
        refresh_holds(session, charge_ids=ids)


def _starts(change: Change, known: Mapping[date, Any], rated: date) -> list[date]:
    """Return the starts of touched periods: those with charges, and those that rating has left."""
    left = min(change.until, rated - _DAY)
    empty = {one.start for one in periods_from(change.longer, change.since, left)}
    return sorted({*known, *empty})


def _usages(session: TenantSession, touched: Mapping[UUID, Change]) -> dict[UUID, Usage]:
    counting = {key: one for key, one in touched.items() if one.after.type in _COUNTING}
    if not counting:
        return {}
    since = min(one.first or one.since for one in counting.values())
    return usages_of(session, counting, since, max(one.last for one in counting.values()))


def _is_taken(charges: Sequence[Known]) -> bool:
    """Say whether a period is billed and nothing of it is free, which would follow by itself."""
    taken = any(one["state"] in _TAKEN or one["draft_id"] for one in charges)
    return taken and not any(is_free(one) for one in charges)


def _difference(old: Row | None, new: Row | None) -> Decimal:
    return (new["net"] if new else Decimal(0)) - (old["net"] if old else Decimal(0))


def _amount(net: Decimal) -> Row:
    return {"quantity": Decimal(1), "unit_price": net, "net": net}


def _write(
    session: TenantSession,
    contracts: Mapping[UUID, ContractFacts],
    corrected: Iterable[tuple[Row, Sequence[Known]]],
) -> list[UUID]:
    """Add corrections, or change those that are still free, and return their ids."""
    new: list[Row] = []
    changed: list[Row] = []
    undone: list[UUID] = []
    for row, there in corrected:
        free = [one for one in there if is_open(one) and one["currency"] == row["currency"]]
        if not free:
            key = key_of(row["contract_id"], row["period_start"], [o["source_key"] for o in there])
            state = state_of_late(contracts[row["contract_id"]], late=True)
            new.append({"id": uuid7(), **row, "source_key": key, "state": state, "late": True})
        elif net := free[0]["net"] + row["net"]:
            place = {name: row[name] for name in ("period_end", "ready_on", "tax_code_id")}
            changed.append({"id": free[0]["id"], **place, **_amount(net)})
        else:
            undone.append(free[0]["id"])
    insert_rows(session, Charge, new)
    update_rows(session, Charge, changed)
    if undone:
        withdraw(session, among(Charge.id, undone))
    return [row["id"] for row in (*new, *changed)]


def _charge_late(
    session: TenantSession, contracts: Mapping[UUID, ContractFacts], missing: Sequence[Row]
) -> list[UUID]:
    """Charge periods that cost nothing until now, and that rating does not look at any more."""
    if not missing:
        return []
    billed = _last_billed(session, {row["contract_id"] for row in missing})
    rows: list[Row] = []
    for row in missing:
        last = billed.get(row["contract_id"])
        late = last is not None and row["period_start"] < last
        state = state_of_late(contracts[row["contract_id"]], late=late)
        rows.append({"id": uuid7(), **row, "state": state, "late": late})
    insert_rows(session, Charge, rows)
    return [row["id"] for row in rows]


def _last_billed(session: TenantSession, contract_ids: Iterable[UUID]) -> dict[UUID, date]:
    wanted = func.unnest(literal(sorted(contract_ids), ARRAY(Uuid))).column_valued("wanted")
    last = (
        select(Charge.period_start)
        .where(Charge.contract_id == wanted, among(Charge.kind, COMPUTED), state_in(*_TAKEN))
        .order_by(Charge.period_start.desc())
        .limit(1)
        .lateral()
    )
    found = session.execute(select(wanted, last.c.period_start).join(last, true()))
    return {contract_id: day for contract_id, day in found if day}


def _read(
    session: TenantSession, touched: Mapping[UUID, Change]
) -> dict[UUID, dict[date, list[Known]]]:
    """Return the charges of touched periods by contract and start, corrections among them."""
    arrays = (
        literal(list(touched), ARRAY(Uuid)),
        literal([one.first for one in touched.values()], ARRAY(Date)),
        literal([one.until for one in touched.values()], ARRAY(Date)),
    )
    days = func.unnest(*arrays).table_valued("contract_id", "since", "until", name="days")
    days = days.render_derived()
    found = session.execute(
        select(*_FIELDS)
        .join(days, and_(Charge.contract_id == days.c.contract_id))
        .where(
            Charge.period_start.between(days.c.since, days.c.until),
            or_(among(Charge.kind, COMPUTED), is_correction()),
            Charge.state != "split",
            ~is_withdrawn(),
        )
    )
    known: dict[UUID, dict[date, list[Known]]] = {}
    for row in found.mappings():
        by_start = known.setdefault(row["contract_id"], {})
        by_start.setdefault(row["period_start"], []).append(dict(row))
    return known
