"""Correcting what is billed of a period when an end, a device or a reading changes afterwards.

Each period that the change touches is computed twice, as it was before and as it is after, both at
the terms that hold now; so a new price alone corrects nothing. What differs, at the prices that
were charged, becomes one charge, late by the policy of the contract, in the currency and with the
tax of what it corrects. Periods that are not billed follow by themselves (`following`).
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
from bordereau.charges.rating.differences import difference, undone
from bordereau.charges.rating.parts import is_free
from bordereau.charges.rating.reading import first_days, usages_of
from bordereau.charges.rating.withdrawing import is_withdrawn, withdraw
from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.states import state_in
from bordereau.charges.tables import COMPUTED, Charge
from bordereau.store import TenantSession, among
from bordereau.values.ids import uuid7

Known = Mapping[str, Any]
_TAKEN = ("reserved", "billed")
_NOT_CHARGED = ("written_off", "split")
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
    Charge.tax_code_id,
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
        used = usages.get(contract_id, Usage())
        for start in _starts(change, mine, rated[contract_id]):
            there = [one for one in mine.get(start, ()) if _is_charged(one)]
            if there and (row := _correction(change, start, used, mine[start])):
                corrected.append((row, [one for one in mine[start] if one["kind"] == KIND]))
            elif not there and start < rated[contract_id]:
                missing += [row for row in change.rows(start, used)[1:] if row]
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


def _is_charged(charge: Known) -> bool:
    """Say whether a charge is what a period costs: whole or a part, but no correction."""
    return str(charge["kind"]) != KIND and str(charge["state"]) != "split"


def _is_taken(charge: Known) -> bool:
    return charge["state"] in _TAKEN or charge["draft_id"] is not None


def _correction(change: Change, start: date, usage: Usage, known: Sequence[Known]) -> Row | None:
    """Return what corrects a period; None if nothing does, or if some of it is free.

    What is free follows by itself.
    """
    charges = [one for one in known if _is_charged(one)]
    taken = next((one for one in charges if _is_taken(one)), None)
    if taken is None or any(is_free(one) for one in charges):
        return None
    currency = taken["currency"]
    old, new = change.billed_like(taken).rows(start, usage)
    charged = [
        one["net"]
        for one in known
        if one["currency"] == currency
        and (one["state"] not in _NOT_CHARGED if _is_charged(one) else one["state"] != "split")
    ]
    net = difference(_net(old), _net(new), sum(charged, Decimal(0)), currency)
    row = new or old
    return {**row, **_amount(net), "kind": KIND, "unit": "C62"} if row and net else None


def _net(row: Row | None) -> Decimal:
    return row["net"] if row else Decimal(0)


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
    gone: list[UUID] = []
    for row, there in corrected:
        same = [one for one in there if one["currency"] == row["currency"]]
        free = next((one for one in same if is_open(one)), None)
        due = row["net"] + (free["net"] if free else 0)
        due, lost = _shares(due, same, contracts[row["contract_id"]].late_policy)
        if free and due:
            place = {name: row[name] for name in ("period_end", "ready_on", "tax_code_id")}
            changed.append({"id": free["id"], **place, **_amount(due)})
        elif free:
            gone.append(free["id"])
        keys = [one["source_key"] for one in there]
        for state, net in (("closed", Decimal(0) if free else due), ("written_off", lost)):
            if net:
                keys.append(key_of(row["contract_id"], row["period_start"], keys))
                named = {"source_key": keys[-1], "state": state, "late": True}
                new.append({"id": uuid7(), **row, **_amount(net), **named})
    insert_rows(session, Charge, new)
    update_rows(session, Charge, changed)
    if gone:
        withdraw(session, among(Charge.id, gone))
    return [row["id"] for row in (*new, *changed)]


def _shares(
    due: Decimal, corrections: Iterable[Known], policy: LatePolicy
) -> tuple[Decimal, Decimal]:
    """Return what of a correction is due and what is written off; what is given back is due."""
    before = [one["net"] for one in corrections if one["state"] == "written_off"]
    lost = undone(due, sum(before, Decimal(0)))
    due -= lost
    if due > 0 and policy is LatePolicy.WRITE_OFF:
        return Decimal(0), lost + due
    return due, lost


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
    """Return the charges of touched periods by contract and start, corrections among them.

    Those that were split are there too: they keep their keys.
    """
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
            ~is_withdrawn(),
        )
    )
    known: dict[UUID, dict[date, list[Known]]] = {}
    for row in found.mappings():
        by_start = known.setdefault(row["contract_id"], {})
        by_start.setdefault(row["period_start"], []).append(dict(row))
    return known
