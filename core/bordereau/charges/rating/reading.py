"""What rating reads: which periods of contracts are open or rated, devices and gigabytes."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, func, literal, select, true

from bordereau.charges.owners import ContractFacts
from bordereau.charges.rating.computing import Reading, Usage
from bordereau.charges.rating.withdrawing import is_withdrawn
from bordereau.charges.rules.monitoring import Device as Monitored
from bordereau.charges.rules.monitoring import DeviceKind
from bordereau.charges.states import state_in
from bordereau.charges.tables import COMPUTED, UNBILLED, BackupUsage, Charge, Device
from bordereau.store import TenantSession, among


def first_days(session: TenantSession, contracts: dict[UUID, ContractFacts]) -> dict[UUID, date]:
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


def last_days(session: TenantSession, contract_ids: Iterable[UUID]) -> dict[UUID, date]:
    """Return by contract the start of the last period that was rated; others are left out."""
    wanted = func.unnest(literal(list(contract_ids), ARRAY(Uuid))).column_valued("wanted")
    last = (
        select(Charge.period_start.label("day"))
        .where(
            Charge.contract_id == wanted,
            among(Charge.kind, COMPUTED),
            Charge.period_start.is_not(None),
            ~is_withdrawn(),
        )
        .order_by(Charge.period_start.desc())
        .limit(1)
        .lateral()
    )
    found = session.execute(select(wanted, last.c.day).join(last, true()))
    return dict(found.all())


def usages_of(
    session: TenantSession, contracts: Collection[UUID], since: date, until: date = date.max
) -> dict[UUID, Usage]:
    """Return devices and gigabytes by contract, of the days from `since` to `until`."""
    devices: dict[UUID, list[Monitored]] = {}
    found = session.execute(
        select(Device.contract_id, Device.category, Device.added_on, Device.removed_on).where(
            among(Device.contract_id, list(contracts)),
            func.coalesce(Device.removed_on, literal(date.max)) > since,
            Device.added_on <= until,
        )
    )
    for contract_id, category, added, removed in found:
        one = Monitored(DeviceKind(category), added, removed)
        devices.setdefault(contract_id, []).append(one)
    readings: dict[UUID, list[Reading]] = {}
    collected = session.execute(
        select(
            BackupUsage.contract_id, BackupUsage.day, BackupUsage.category, BackupUsage.gigabytes
        ).where(
            among(BackupUsage.contract_id, list(contracts)), BackupUsage.day.between(since, until)
        )
    )
    for contract_id, day, category, gigabytes in collected:
        readings.setdefault(contract_id, []).append(Reading(day, category, gigabytes))
    return {one: Usage(devices.get(one, ()), readings.get(one, ())) for one in (devices | readings)}
