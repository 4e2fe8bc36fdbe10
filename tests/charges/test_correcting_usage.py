"""Devices and readings that come, go or change after their period was billed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from tests.charges.corrected import BACKUP, DEVICES, Agreement, corrections, unbilled
from tests.fixtures.books import Books
from tests.fixtures.statements import Counting

from bordereau.catalog import Saved
from bordereau.charges import (
    BackupUsageRecord,
    Charge,
    ContractRecord,
    DeviceRecord,
    is_ready,
    mark_billed,
    rate,
    release,
    save_backup_usage,
    save_contracts,
    save_devices,
)
from bordereau.store import Database, TenantSession
from bordereau.values.ids import TenantId

TERMS = {"rate_per_device": "7", "count_by": "PC", "device_count": "same_period"}
SAME_PERIOD = {**DEVICES, "terms": TERMS}
TODAY = date(2026, 11, 21)


def device(session: TenantSession, code: str = "D1", **values: Any) -> Saved:
    values = {"contract": "K", "category": "PC", "added_on": "2026-01-01"} | values
    saved = save_devices(session, {1: DeviceRecord.model_validate({"code": code, **values})})
    assert saved.faults == []
    return saved


def reading(session: TenantSession, day: str, gigabytes: str, category: str = "PC") -> Saved:
    values = {"contract": "K", "day": day, "category": category, "gigabytes": gigabytes}
    return save_backup_usage(session, {1: BackupUsageRecord.model_validate(values)})


@pytest.mark.row("A10")
def test_a_device_that_is_added_in_billed_periods_is_billed_for_them(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **SAME_PERIOD)
    device(session)
    one.bill(date(2026, 2, 1))
    device(session, "D2", added_on="2026-01-05")
    assert corrections(session) == [("01 Jan", "7"), ("01 Feb", "7")]
    assert len(session.scalars(select(Charge).where(is_ready(TODAY))).all()) == 2
    one.rate(date(2026, 3, 1))
    assert unbilled(session) == [("01 Jan", "7"), ("01 Feb", "7"), ("01 Mar", "14")]


@pytest.mark.row("A10")
def test_a_device_that_left_before_is_given_back(books: Books, session: TenantSession) -> None:
    one = Agreement(books, session, **DEVICES)
    device(session)
    device(session, "D2")
    one.bill(date(2026, 3, 1))
    device(session, "D2", removed_on="2026-02-01")
    assert corrections(session) == [("01 Feb", "-7"), ("01 Mar", "-7")]


def test_saving_a_device_twice_or_taking_its_change_back_leaves_no_correction(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **SAME_PERIOD)
    device(session)
    one.bill(date(2026, 2, 1))
    device(session, "D2", added_on="2026-01-05")
    assert device(session, "D2", added_on="2026-01-05").unchanged == 1
    assert corrections(session) == [("01 Jan", "7"), ("01 Feb", "7")]
    device(session, "D2", added_on="2026-02-05")
    assert corrections(session) == [("01 Feb", "7")]
    device(session, "D2", added_on="2026-02-05", removed_on="2026-02-05")
    assert corrections(session) == []


def test_a_device_of_a_category_that_its_contract_does_not_count_corrects_nothing(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **SAME_PERIOD)
    device(session)
    one.bill(date(2026, 1, 1))
    device(session, "D2", category="Server")
    assert corrections(session) == []
    device(session, "D2", category="PC")
    assert corrections(session) == [("01 Jan", "7")]


def test_a_device_that_goes_to_another_contract_is_corrected_in_both(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DEVICES)
    other = {**one.values, "code": "K2", "terms": {"rate_per_device": "9", "count_by": "PC"}}
    save_contracts(session, {1: ContractRecord.model_validate(other)})
    for code, contract in (("D1", "K"), ("D2", "K"), ("D3", "K2")):
        device(session, code, contract=contract)
    one.bill(date(2026, 1, 1))
    device(session, "D2", contract="K2")
    assert sorted(corrections(session)) == [("01 Jan", "-7"), ("01 Jan", "9")]


@pytest.mark.row("A10")
def test_a_reading_that_is_corrected_after_billing_bills_the_difference(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **BACKUP)
    reading(session, "2026-01-31", "10")
    one.bill(date(2026, 1, 1))
    assert reading(session, "2026-01-31", "100").changed == 1
    assert corrections(session) == [("01 Jan", "90")]
    assert reading(session, "2026-01-31", "100").unchanged == 1
    assert corrections(session) == [("01 Jan", "90")]
    reading(session, "2026-01-31", "4")
    assert corrections(session) == [("01 Jan", "-6")]


def test_only_a_reading_that_counts_corrects_a_billed_period(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **BACKUP)
    reading(session, "2026-01-30", "10")
    one.bill(date(2026, 1, 1))
    reading(session, "2026-01-10", "500")
    assert corrections(session) == []
    reading(session, "2026-01-31", "12")
    reading(session, "2026-01-31", "5", "Server")
    assert corrections(session) == [("01 Jan", "7")]


def test_usage_of_a_period_that_cost_nothing_before_is_billed_late(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **BACKUP)
    reading(session, "2026-02-28", "10")
    one.bill(date(2026, 2, 1))
    reading(session, "2026-01-31", "3")
    charge = session.scalars(select(Charge).where(Charge.net == 3)).one()
    assert (charge.kind, charge.late, charge.state) == ("backup", True, "closed")
    reading(session, "2026-01-31", "4")
    one.rate(date(2026, 2, 1))
    assert unbilled(session) == [("01 Jan", "4")]


def test_usage_before_anything_is_billed_is_left_to_rating(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **BACKUP)
    reading(session, "2026-02-28", "10")
    assert unbilled(session) == []
    one.rate(date(2026, 2, 1))
    reading(session, "2026-01-31", "3")
    assert unbilled(session) == [("01 Jan", "3"), ("01 Feb", "10")]
    assert session.scalars(select(Charge).where(Charge.late)).all() == []


def test_late_usage_is_written_off_where_the_contract_says_so(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **BACKUP, late_policy="write_off")
    reading(session, "2026-02-28", "10")
    one.bill(date(2026, 2, 1))
    reading(session, "2026-01-31", "3")
    reading(session, "2026-02-28", "12")
    query = select(Charge.kind, Charge.net, Charge.state).where(Charge.late)
    found = [tuple(row) for row in session.execute(query.order_by(Charge.period_start))]
    assert found == [
        ("backup", Decimal(3), "written_off"),
        ("adjustment", Decimal(2), "written_off"),
    ]
    one.rate(TODAY)
    assert unbilled(session) == []


def test_usage_that_a_batch_gave_back_is_one_charge_with_its_correction(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **BACKUP)
    reading(session, "2026-01-31", "10")
    one.bill(date(2026, 1, 1))
    reading(session, "2026-01-31", "25")
    release(session, Charge.net == 10)
    one.rate(date(2026, 1, 1))
    assert unbilled(session) == [("01 Jan", "25")]


def test_many_devices_are_corrected_by_as_many_statements_as_one(
    database: Database, tenant_id: TenantId, counting: Counting
) -> None:
    sent: list[int] = []
    with database.tenant(tenant_id) as session:
        books = Books(session)
        one = Agreement(books, session, **SAME_PERIOD)
        codes = [f"K{n}" for n in range(41)]
        records = [ContractRecord.model_validate(one.values | {"code": code}) for code in codes]
        save_contracts(session, dict(enumerate(records)))
        for code in codes:
            device(session, f"D{code}", contract=code)
        rate(session, until=date(2026, 1, 1))
        mark_billed(session, Charge.state == "closed")
        for part in (codes[:1], codes[1:]):
            devices = {
                n: DeviceRecord.model_validate(
                    {"code": f"E{c}", "contract": c, "category": "PC", "added_on": "2026-01-05"}
                )
                for n, c in enumerate(part)
            }
            with counting() as statements:
                assert save_devices(session, devices).created == len(part)
            sent.append(len(statements))
        assert len(corrections(session)) == 41
    assert sent[0] == sent[1]
