"""Contracts become charges, period by period, however often they are rated."""

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.fixtures.books import Books
from tests.fixtures.shop import amounts
from tests.fixtures.statements import Counting

from bordereau.catalog.tables import Contract
from bordereau.charges import (
    BackupUsageRecord,
    Charge,
    ContractRecord,
    DeviceRecord,
    mark_billed,
    rate,
    rate_all,
    release,
    save_backup_usage,
    save_contracts,
    save_devices,
)
from bordereau.charges.rating import RatingReport
from bordereau.store import Database, TenantSession, copy_rows
from bordereau.values.ids import TenantId, uuid7

TODAY = date(2026, 11, 21)
RETAINER = {
    "type": "RetainerFlatFee",
    "billing_period": "Monthly",
    "start": date(2026, 9, 1),
    "terms": {"quantity": "10", "rate": "15"},
}


def contract(books: Books, **values: Any) -> Contract:
    return books.contract(books.customer(), books.administration(), **values)


def fees(session: TenantSession) -> list[Any]:
    """Period start, readiness day and net of each computed charge."""
    query = select(Charge.period_start, Charge.ready_on, Charge.net).order_by(Charge.period_start)
    return [(row.period_start, row.ready_on, row.net) for row in session.execute(query)]


@pytest.mark.row("A10")
def test_a_retainer_costs_quantity_times_rate_in_every_period(
    books: Books, session: TenantSession
) -> None:
    contract(books, **RETAINER)
    report = rate(session, until=TODAY)
    assert report == RatingReport(contracts=1, created=3)
    assert fees(session) == [
        (date(2026, 9, 1), date(2026, 10, 1), 150),
        (date(2026, 10, 1), date(2026, 11, 1), 150),
        (date(2026, 11, 1), date(2026, 12, 1), 150),
    ]


@pytest.mark.row("A2")
def test_periods_are_counted_from_the_start_and_never_chained(
    books: Books, session: TenantSession
) -> None:
    contract(books, **RETAINER | {"start": date(2026, 1, 31)})
    rate(session, until=date(2026, 4, 30))
    starts = [start.isoformat() for start, _, _ in fees(session)]
    assert starts == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


@pytest.mark.row("A23")
def test_a_fee_in_advance_is_ready_on_the_first_day(books: Books, session: TenantSession) -> None:
    contract(books, timing="advance", **RETAINER)
    rate(session, until=TODAY)
    assert all(start == ready for start, ready, _ in fees(session))


def test_a_cut_period_costs_its_days_where_the_contract_says_so(
    books: Books, session: TenantSession
) -> None:
    terms = {"quantity": "1", "rate": "310"}
    contract(books, **RETAINER | {"terms": terms, "end": date(2026, 10, 10), "prorate": "daily"})
    rate(session, until=TODAY)
    assert [net for _, _, net in fees(session)] == [310, 100]
    charge = session.scalars(select(Charge).where(Charge.net == 100)).one()
    assert (charge.quantity, charge.unit_price) == amounts("1 100")


def test_rating_again_changes_nothing(books: Books, session: TenantSession) -> None:
    contract(books, **RETAINER)
    rate(session, until=TODAY)
    assert rate(session, until=TODAY) == RatingReport(contracts=1, unchanged=3)


def test_only_the_contracts_that_were_asked_for_are_rated(
    books: Books, session: TenantSession
) -> None:
    wanted, other = contract(books, **RETAINER), contract(books, **RETAINER)
    contract(books, active=False, **RETAINER)
    assert rate(session, until=TODAY, contract_ids=[wanted.id]).created == 3
    assert rate(session, until=TODAY).created == 3
    assert session.scalar(select(func.count()).where(Charge.contract_id == other.id)) == 3


def test_a_new_price_holds_for_what_is_not_billed(books: Books, session: TenantSession) -> None:
    customer, administration = books.customer(), books.administration()
    values = {
        "code": "K1",
        "name": "Workplaces",
        "customer": customer.code,
        "administration": administration.code,
        "taxable": False,
        **RETAINER,
    }
    save_contracts(session, {1: ContractRecord.model_validate(values)})
    rate(session, until=TODAY)
    mark_billed(session, Charge.period_start == date(2026, 9, 1))
    dearer = values | {"terms": {"quantity": "10", "rate": "16.5"}}
    assert save_contracts(session, {1: ContractRecord.model_validate(dearer)}).changed == 1
    rate(session, until=TODAY)
    assert [net for _, _, net in fees(session)] == [150, 165, 165]


@pytest.mark.parametrize("change", [{"start": "2026-08-01"}, {"billing_period": "Quarterly"}])
def test_a_contract_with_invoices_keeps_its_periods(
    books: Books, session: TenantSession, change: dict[str, str]
) -> None:
    customer, administration = books.customer(), books.administration()
    values = {
        "code": "K1",
        "name": "Workplaces",
        "customer": customer.code,
        "administration": administration.code,
        "taxable": False,
        **RETAINER,
    }
    save_contracts(session, {1: ContractRecord.model_validate(values)})
    rate(session, until=TODAY)
    changed = {7: ContractRecord.model_validate(values | change)}
    billed = Charge.period_start == date(2026, 9, 1)
    mark_billed(session, billed)
    [fault] = save_contracts(session, changed).faults
    assert (fault.line, fault.code) == (7, "RECORD_BILLED")
    release(session, billed)
    assert save_contracts(session, changed).changed == 1
    rate(session, until=TODAY)
    starts = [start for start, _, _ in fees(session)]
    unbilled = session.scalars(select(Charge.state).where(Charge.state == "closed")).all()
    assert len(unbilled) == (4 if "start" in change else 1)
    assert starts[0] == (date(2026, 8, 1) if "start" in change else date(2026, 9, 1))


def test_a_contract_that_ends_sooner_loses_its_unbilled_periods(
    books: Books, session: TenantSession
) -> None:
    row = contract(books, **RETAINER)
    rate(session, until=TODAY)
    row.end = date(2026, 10, 31)
    session.flush()
    assert rate(session, until=TODAY).deleted == 1
    assert len(fees(session)) == 2


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


def test_the_currency_is_that_of_the_customer_else_of_the_administration(
    books: Books, session: TenantSession
) -> None:
    administration = books.administration(currency="CHF")
    for customer in (books.customer(currency="USD"), books.customer(currency=None)):
        books.contract(customer, administration, **RETAINER)
    rate(session, until=date(2026, 9, 1))
    assert sorted(session.scalars(select(Charge.currency))) == ["CHF", "USD"]


def many_contracts(session: TenantSession, books: Books, number: int) -> None:
    customer, administration = books.customer(), books.administration()
    columns = ["id", "code", "name", "customer_id", "administration_id", "type", "start", "end"]
    columns += ["billing_period", "terms"]
    copy_rows(
        session,
        Contract,
        columns,
        (
            [
                uuid7(),
                f"M{n:06d}",
                "Many",
                customer.id,
                administration.id,
                "RetainerFlatFee",
                date(2026, 11, 1),
                date(2029, 10, 31),
                "Monthly",
                {"quantity": "1", "rate": str(n % 90 + 10)},
            ]
            for n in range(number)
        ),
    )


def test_every_thousand_contracts_need_the_same_few_statements(
    database: Database, tenant_id: TenantId, counting: Counting
) -> None:
    with database.tenant(tenant_id) as session:
        many_contracts(session, Books(session), 2_000)
    with counting() as sent:
        report = rate_all(database, tenant_id, until=TODAY)
    assert report == RatingReport(contracts=2_000, created=2_000)
    with counting() as again:
        report = rate_all(database, tenant_id, until=TODAY)
    assert report == RatingReport(contracts=2_000, unchanged=2_000)
    assert len(sent) <= 2 * 12 + 2
    assert len(again) <= len(sent)


@pytest.mark.nightly
def test_ten_thousand_contracts_are_rated_in_seconds(
    database: Database, tenant_id: TenantId
) -> None:
    with database.tenant(tenant_id) as session:
        many_contracts(session, Books(session), 10_000)
    begun = time.process_time()  # of this process, so that a busy machine does not count
    assert rate_all(database, tenant_id, until=TODAY).created == 10_000
    assert time.process_time() - begun < 10
