"""What is counted for contracts: devices under monitoring, and gigabytes of backup."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal, Self
from uuid import UUID

from pydantic import model_validator
from sqlalchemy import select

from bordereau.catalog.fields import Code, Day, PositiveAmount, Record, Words, refusal
from bordereau.catalog.saving import Row, Saved, insert_rows, lock, resolve, update_rows, upsert
from bordereau.catalog.services import rows_of
from bordereau.charges.rating.computing import Reading
from bordereau.charges.rating.counting import Recount, counted_devices
from bordereau.charges.recording.tickets import CONTRACT
from bordereau.charges.rules.monitoring import DeviceKind
from bordereau.charges.tables import BackupUsage, Device
from bordereau.store import TenantSession, among
from bordereau.values.ids import uuid7

Key = tuple[UUID, date, str]


class DeviceRecord(Record):
    """A device; it counts from `added_on` up to, and without, `removed_on`."""

    code: Code
    contract: Code
    category: DeviceKind
    name: Words = ""
    added_on: Day
    removed_on: Day | None = None

    @model_validator(mode="after")
    def _days_fit(self) -> Self:
        if self.removed_on is not None and self.removed_on < self.added_on:
            raise refusal("removed_on", "END_BEFORE_START", "It was removed before it was added.")
        return self


class BackupUsageRecord(Record):
    """How many gigabytes the machines of one kind held on a day, in the backup of a contract."""

    contract: Code
    day: Day
    category: Literal["PC", "Server"]
    gigabytes: PositiveAmount

    @property
    def key(self) -> str:
        """What names the reading: contract, day and kind."""
        return f"{self.contract} {self.day} {self.category}"


def save_devices(session: TenantSession, records: Mapping[int, DeviceRecord]) -> Saved:
    """Add or change devices by their code.

    Periods that were rated follow at once; what is billed of those that change is corrected here.
    """
    lock(session, "charge")
    rows, given = rows_of(records, (CONTRACT,))
    faults = resolve(session, rows, (CONTRACT,))
    codes = [row["code"] for row in rows.values()]
    before = counted_devices(session, codes)
    saved = upsert(session, Device, rows, given)
    saved.faults += faults
    recount = Recount()
    for code, device in counted_devices(session, codes).items():
        recount.device(before.get(code), device)
    recount.correct(session)
    return saved


def save_backup_usage(session: TenantSession, records: Mapping[int, BackupUsageRecord]) -> Saved:
    """Add or change readings by contract, day and kind.

    Periods that were rated follow at once; what is billed of those that change is corrected here.
    """
    lock(session, "charge")
    rows, _ = rows_of(records, (CONTRACT,))
    faults = resolve(session, rows, (CONTRACT,))
    known = _known(session, rows)
    saved = Saved(faults=faults)
    new: list[Row] = []
    changed: list[Row] = []
    recount = Recount()
    for row in rows.values():
        old = known.get((row["contract_id"], row["day"], row["category"]))
        if old is None:
            new.append({"id": uuid7(), **row})
        elif old[1] == row["gigabytes"]:
            saved.unchanged += 1
        else:
            changed.append({"id": old[0], "gigabytes": row["gigabytes"]})
        if old is None or old[1] != row["gigabytes"]:
            read = Reading(row["day"], row["category"], row["gigabytes"])
            recount.reading(row["contract_id"], old and replace(read, gigabytes=old[1]), read)
    insert_rows(session, BackupUsage, new)
    update_rows(session, BackupUsage, changed)
    saved.created, saved.changed = len(new), len(changed)
    recount.correct(session)
    return saved


def _known(session: TenantSession, rows: Mapping[int, Row]) -> dict[Key, tuple[UUID, Decimal]]:
    contract_ids = sorted({row["contract_id"] for row in rows.values()})
    days = sorted({row["day"] for row in rows.values()})
    found = session.execute(
        select(
            BackupUsage.contract_id,
            BackupUsage.day,
            BackupUsage.category,
            BackupUsage.id,
            BackupUsage.gigabytes,
        ).where(among(BackupUsage.contract_id, contract_ids), among(BackupUsage.day, days))
    )
    return {(one, day, kind): (id_, amount) for one, day, kind, id_, amount in found}
