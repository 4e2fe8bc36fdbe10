"""Rating: contracts become charges, a thousand contracts at a time and by few statements.

Rating again changes nothing. What was reserved or billed stays as it is; what is unbilled follows
the contract. Only periods from the first unbilled one on are looked at, so that the cost does not
grow with the billed past.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Uuid, and_, func, literal, select, true

from bordereau.catalog.saving import Row, among, insert_rows, lock, update_rows
from bordereau.catalog.tables import Contract
from bordereau.charges.block_rating import rate_blocks
from bordereau.charges.computing import Reading, Usage, computed_rows
from bordereau.charges.holds import refresh_holds
from bordereau.charges.owners import ContractFacts, contracts_by_id
from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.rules.monitoring import Device as Monitored
from bordereau.charges.rules.monitoring import DeviceKind
from bordereau.charges.states import state_in
from bordereau.charges.tables import COMPUTED, UNBILLED, BackupUsage, Charge, Device
from bordereau.charges.withdrawing import is_withdrawn, withdraw
from bordereau.store import Database, TenantSession
from bordereau.values.ids import TenantId, uuid7

CHUNK = 1_000
_COMPUTING = [
    ContractType.RETAINER_FLAT_FEE,
    ContractType.BLOCK_HOURS,
    ContractType.BLOCK_MONEY,
    ContractType.REMOTE_MONITORING,
    ContractType.ONLINE_BACKUP,
    ContractType.PROJECT_ONE_TIME_FEE,
]
_FOLLOWING = (
    "administration_id",
    "customer_id",
    "tax_code_id",
    "currency",
    "worked_on",
    "period_start",
    "period_end",
    "ready_on",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "net",
)


@dataclass(slots=True)
class RatingReport:
    """What rating did."""

    contracts: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0

    def add(self, other: "RatingReport") -> None:
        """Add what was done for further contracts."""
        self.contracts += other.contracts
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.deleted += other.deleted


def rate(
    session: TenantSession, *, until: date, contract_ids: Iterable[UUID] | None = None
) -> RatingReport:
    """Compute the charges of contracts for every period that starts on `until` or before.

    Args:
        session: the tenant's session; everything happens in its transaction.
        until: commonly today in the account's zone.
        contract_ids: some contracts; without them all that are switched on.

    """
    report = RatingReport()
    lock(session, "charge")
    after: UUID | None = None
    wanted = None if contract_ids is None else sorted(set(contract_ids))
    while ids := _next_contracts(session, until, after, wanted):
        report.add(_rate_chunk(session, ids, until))
        after = ids[-1]
    return report


def rate_all(
    database: Database,
    tenant_id: TenantId,
    *,
    until: date,
    on_progress: Callable[[RatingReport], None] | None = None,
) -> RatingReport:
    """Rate all contracts of a tenant, one transaction per thousand of them."""
    report, after = RatingReport(), None
    while True:
        with database.tenant(tenant_id) as session:
            ids = _next_contracts(session, until, after, None)
            if not ids:
                return report
            lock(session, "charge")
            report.add(_rate_chunk(session, ids, until))
        after = ids[-1]
        if on_progress:
            on_progress(report)


def count_to_rate(session: TenantSession, until: date) -> int:
    """Return how many contracts `rate_all` would look at."""
    query = select(func.count()).select_from(Contract).where(_is_rated(until))
    return session.scalar(query) or 0


def _is_rated(until: date) -> ColumnElement[bool]:
    return and_(Contract.active, Contract.start <= until, among(Contract.type, _COMPUTING))


def _next_contracts(
    session: TenantSession, until: date, after: UUID | None, wanted: Sequence[UUID] | None
) -> list[UUID]:
    query = select(Contract.id).where(_is_rated(until))
    if after is not None:
        query = query.where(Contract.id > after)
    if wanted is not None:
        query = query.where(among(Contract.id, wanted))
    return list(session.scalars(query.order_by(Contract.id).limit(CHUNK)))


def _rate_chunk(session: TenantSession, ids: list[UUID], until: date) -> RatingReport:
    contracts = contracts_by_id(session, ids)
    first = _first_days(session, contracts)
    usages = _usages(session, contracts, min(first.values()))
    rows = rate_blocks(session, contracts, first, until)
    for one in contracts.values():
        if not one.type.is_block:
            rows += computed_rows(one, first[one.id], until, usages.get(one.id, Usage()))
    report = _write(session, first, rows)
    report.contracts = len(ids)
    return report


def _first_days(session: TenantSession, contracts: dict[UUID, ContractFacts]) -> dict[UUID, date]:
    """Return by contract the first day to look at; periods before it are billed for good.

    It is that of the first unbilled computed charge, else of the last one, else the start.
    """
    wanted = func.unnest(literal(list(contracts), ARRAY(Uuid))).column_valued("wanted")
    of_contract = and_(
        Charge.contract_id == wanted, among(Charge.kind, COMPUTED), Charge.period_start.is_not(None)
    )
    open_from = (
        select(func.min(Charge.period_start).label("day"))
        .where(of_contract, state_in(*UNBILLED))
        .lateral()
    )
    last = (
        select(Charge.period_start.label("day"))
        .where(of_contract, ~is_withdrawn())
        .order_by(Charge.period_start.desc())
        .limit(1)
        .lateral()
    )
    found = session.execute(
        select(wanted, func.coalesce(open_from.c.day, last.c.day))
        .join(open_from, true())
        .join(last, true(), isouter=True)
    )
    days = {contract_id: day for contract_id, day in found if day}
    return {one.id: days.get(one.id, one.start) for one in contracts.values()}


def _usages(
    session: TenantSession, contracts: dict[UUID, ContractFacts], since: date
) -> dict[UUID, Usage]:
    """Return devices and gigabytes by contract."""
    devices: dict[UUID, list[Monitored]] = {}
    found = session.execute(
        select(Device.contract_id, Device.category, Device.added_on, Device.removed_on).where(
            among(Device.contract_id, list(contracts)),
            func.coalesce(Device.removed_on, literal(date.max)) > since,
        )
    )
    for contract_id, category, added, removed in found:
        one = Monitored(DeviceKind(category), added, removed)
        devices.setdefault(contract_id, []).append(one)
    readings: dict[UUID, list[Reading]] = {}
    collected = session.execute(
        select(
            BackupUsage.contract_id, BackupUsage.day, BackupUsage.category, BackupUsage.gigabytes
        ).where(among(BackupUsage.contract_id, list(contracts)), BackupUsage.day >= since)
    )
    for contract_id, day, category, gigabytes in collected:
        readings.setdefault(contract_id, []).append(Reading(day, category, gigabytes))
    return {one: Usage(devices.get(one, ()), readings.get(one, ())) for one in (devices | readings)}


def _write(session: TenantSession, first: dict[UUID, date], rows: list[Row]) -> RatingReport:
    """Bring the computed charges from the first days on to what they should be."""
    report = RatingReport()
    existing = _existing(session, first)
    new: list[Row] = []
    changed: list[Row] = []
    for row in rows:
        old = existing.pop(row["source_key"], None)
        if old is None:
            new.append({"id": uuid7(), **row})
        elif old["state"] in UNBILLED and any(row[name] != old[name] for name in _FOLLOWING):
            changed.append({"id": old["id"], **{name: row[name] for name in _FOLLOWING}})
        else:
            report.unchanged += 1
    insert_rows(session, Charge, new)
    update_rows(session, Charge, changed)
    if gone := [old["id"] for old in existing.values() if old["state"] in UNBILLED]:
        report.deleted = withdraw(session, among(Charge.id, gone))
    if new or changed:
        refresh_holds(session, charge_ids=[row["id"] for row in (*new, *changed)])
    report.created, report.changed = len(new), len(changed)
    return report


def _existing(session: TenantSession, first: dict[UUID, date]) -> dict[str, dict[str, Any]]:
    """Return the computed charges of the contracts from their first days on, by source key."""
    ids, days = literal(list(first), ARRAY(Uuid)), literal(list(first.values()), ARRAY(Date))
    since = func.unnest(ids, days).table_valued("contract_id", "day", name="since").render_derived()
    columns = [getattr(Charge, name) for name in ("id", "source_key", "state", *_FOLLOWING)]
    found = session.execute(
        select(*columns)
        .join(since, and_(Charge.contract_id == since.c.contract_id))
        .where(
            Charge.period_start >= since.c.day,
            among(Charge.kind, COMPUTED),
            Charge.parent_id.is_(None),
        )
    )
    return {row["source_key"]: dict(row) for row in found.mappings()}
