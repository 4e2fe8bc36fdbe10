"""Devices and gigabytes are counted, a project fee is charged once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.charges.rated import TODAY, contract, fees
from tests.fixtures.books import Books

from bordereau.charges import (
    BackupUsageRecord,
    Charge,
    DeviceRecord,
    mark_billed,
    rate,
    save_backup_usage,
    save_devices,
)
from bordereau.store import TenantSession


@pytest.mark.row("A10")
@pytest.mark.parametrize(
    ("how", "september", "october"),
    [("next_period", 20, 30), ("same_period", 30, 30), ("daily", 25, "25.81")],
)
def test_devices_are_counted_as_the_contract_says(
    books: Books, session: TenantSession, how: str, september: int, october: Any
) -> None:
    row = contract(
        books,
        type="RemoteMonitoring",
        billing_period="Monthly",
        start=date(2026, 9, 1),
        terms={"rate_per_device": "10", "count_by": "PC", "device_count": how},
    )
    devices = [
        {"added_on": "2026-08-01", "category": "PC"},
        {"added_on": "2026-09-16", "category": "PC"},
        {"added_on": "2026-08-01", "category": "PC", "removed_on": "2026-10-19"},
        {"added_on": "2026-08-01", "category": "Server"},
    ]
    records = {
        n: DeviceRecord.model_validate({"code": f"D{n}", "contract": row.code, **one})
        for n, one in enumerate(devices)
    }
    assert save_devices(session, records).created == 4
    rate(session, until=date(2026, 10, 31))
    assert [net for _, _, net in fees(session)] == [september, Decimal(october)]
    assert save_devices(session, records).unchanged == 4


@pytest.mark.row("A10")
@pytest.mark.parametrize(
    ("how", "net"), [("next_period", 31), ("same_period", 62), ("daily", "15.00")]
)
def test_in_a_cut_period_a_device_counts_in_full_unless_devices_are_counted_by_days(
    books: Books, session: TenantSession, how: str, net: Any
) -> None:
    row = contract(
        books,
        type="RemoteMonitoring",
        billing_period="Monthly",
        start=date(2026, 10, 1),
        end=date(2026, 10, 10),
        prorate="daily",
        terms={"rate_per_device": "31", "count_by": "PC", "device_count": how},
    )
    for code, added_on in (("D1", "2026-10-01"), ("D2", "2026-10-06")):
        device = {"code": code, "contract": row.code, "category": "PC", "added_on": added_on}
        save_devices(session, {1: DeviceRecord.model_validate(device)})
    rate(session, until=TODAY)
    assert [net for _, _, net in fees(session)] == [Decimal(net)]


@pytest.mark.row("A10")
def test_backup_costs_the_gigabytes_last_read_in_the_period(
    books: Books, session: TenantSession
) -> None:
    row = contract(
        books,
        type="OnlineBackup",
        billing_period="Monthly",
        start=date(2026, 9, 1),
        terms={"rate_per_gb": "0.03", "count_by": "Servers"},
    )
    readings = [("2026-09-10", "Server", 900), ("2026-09-30", "Server", "1234.5")]
    readings += [("2026-09-30", "PC", 5000)]
    records = {
        n: BackupUsageRecord.model_validate(
            {"contract": row.code, "day": day, "category": kind, "gigabytes": amount}
        )
        for n, (day, kind, amount) in enumerate(readings)
    }
    assert save_backup_usage(session, records).created == 3
    assert save_backup_usage(session, records).unchanged == 3
    rate(session, until=date(2026, 9, 30))
    assert [net for _, _, net in fees(session)] == [Decimal("37.04")]


@pytest.mark.row("A10")
def test_a_one_time_fee_is_charged_once(books: Books, session: TenantSession) -> None:
    contract(
        books,
        type="ProjectOneTimeFee",
        billing_period="Monthly",
        start=date(2026, 9, 1),
        end=date(2026, 11, 15),
        terms={"total_amount": "6400"},
    )
    rate(session, until=TODAY)
    assert fees(session) == [(date(2026, 9, 1), date(2026, 11, 16), 6400)]
    mark_billed(session, Charge.net == 6400)
    assert rate(session, until=date(2028, 1, 1)).created == 0
