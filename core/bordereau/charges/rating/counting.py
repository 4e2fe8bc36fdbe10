"""What a save of devices or readings changes of what is counted for contracts, and on which days.

Only these days are looked at, so that recording usage does not cost more with every billed month.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from bordereau.charges.owner_reading import contracts_by_id
from bordereau.charges.rating.changes import Change
from bordereau.charges.rating.computing import Reading, Usage
from bordereau.charges.rating.correcting import correct_billed
from bordereau.charges.rating.following import follow_at_once
from bordereau.charges.rules.monitoring import Device as Monitored
from bordereau.charges.rules.monitoring import DeviceKind
from bordereau.charges.tables import Device
from bordereau.store import TenantSession, among

_DAY = timedelta(days=1)


class Counted(NamedTuple):
    """A device, and the contract that it counts for."""

    contract_id: UUID
    device: Monitored


@dataclass(slots=True)
class _Usage:
    devices: list[Monitored] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


@dataclass(slots=True)
class _Touched:
    """What is counted otherwise for one contract."""

    since: date = date.max
    until: date = date.min
    gone: _Usage = field(default_factory=_Usage)
    come: _Usage = field(default_factory=_Usage)

    def on(self, first: date, last: date) -> None:
        """Note days that differ."""
        self.since, self.until = min(self.since, first), max(self.until, last)


class Recount:
    """Collects what changed, contract by contract, and then corrects what is billed of it."""

    def __init__(self) -> None:
        """Begin with nothing that changed."""
        self._touched: dict[UUID, _Touched] = {}

    def device(self, old: Counted | None, new: Counted | None) -> None:
        """Note a device as it was and as it is."""
        days = _days_between(old, new)
        for one, before in ((old, True), (new, False)):
            if one and days:
                touched = self._of(one.contract_id)
                (touched.gone if before else touched.come).devices.append(one.device)
                touched.on(*days)

    def reading(self, contract_id: UUID, old: Reading | None, new: Reading) -> None:
        """Note a reading as it was and as it is."""
        touched = self._of(contract_id)
        if old:
            touched.gone.readings.append(old)
        touched.come.readings.append(new)
        touched.on(new.day, new.day)

    def correct(self, session: TenantSession) -> None:
        """Correct what is billed of the days that differ; what is not follows at once."""
        if not self._touched:
            return
        contracts = contracts_by_id(session, self._touched)
        correct_billed(
            session,
            [
                Change(
                    contracts[one],
                    contracts[one],
                    touched.since,
                    touched.until,
                    Usage(touched.gone.devices, touched.gone.readings),
                    Usage(touched.come.devices, touched.come.readings),
                )
                for one, touched in self._touched.items()
            ],
        )
        follow_at_once(session, self._touched)

    def _of(self, contract_id: UUID) -> _Touched:
        return self._touched.setdefault(contract_id, _Touched())


def counted_devices(session: TenantSession, codes: Iterable[str]) -> Mapping[str, Counted]:
    """Return devices with their contracts, by code."""
    found = session.execute(
        select(
            Device.code, Device.contract_id, Device.category, Device.added_on, Device.removed_on
        ).where(among(Device.code, sorted(set(codes))))
    )
    return {
        code: Counted(contract_id, Monitored(DeviceKind(category), added, removed))
        for code, contract_id, category, added, removed in found
    }


def _days_between(old: Counted | None, new: Counted | None) -> tuple[date, date] | None:
    """Return the first and the last day on which a device counts otherwise; None if on none."""
    if old == new:
        return None
    there = [(one.device.added, _last_day(one.device)) for one in (old, new) if one]
    alike = old and new and old[0] == new[0] and old.device.kind == new.device.kind
    if not alike:
        return min(first for first, _ in there), max(last for _, last in there)
    (first, last), (new_first, new_last) = there
    since = min(first, new_first) if first != new_first else min(last, new_last) + _DAY
    until = max(last, new_last) if last != new_last else max(first, new_first) - _DAY
    return since, until


def _last_day(device: Monitored) -> date:
    return device.removed - _DAY if device.removed else date.max
