"""What retainers, hours, devices, backups and projects cost."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.charges.rules.backup import BackupCountBy, BackupUsage, backup_charge
from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.rules.hourly import TimedWork, hourly_total, rate_named
from bordereau.charges.rules.monitoring import (
    CountBy,
    Device,
    DeviceCount,
    DeviceKind,
    device_charge,
)
from bordereau.charges.rules.project import is_spent, project_fee, project_hours
from bordereau.charges.rules.retainer import FeeTerms, fee_for_period, retainer_fee
from bordereau.errors import Invalid
from bordereau.values.periods import Period, Proration

JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))
ONE_OF_EACH = [Device(kind, date(2026, 1, 1)) for kind in DeviceKind]


def test_a_retainer_costs_quantity_times_rate() -> None:
    assert retainer_fee(Decimal(10), Decimal(15), "EUR") == Decimal("150.00")


def test_a_price_change_counts_from_the_next_period_without_proration() -> None:
    terms = [
        FeeTerms(date(2026, 6, 11), Decimal(2), Decimal(300)),
        FeeTerms(date(2026, 1, 1), Decimal(1), Decimal(300)),
    ]
    assert fee_for_period(terms, JUNE, Proration.NONE, "EUR") == Decimal("300.00")
    july = Period(date(2026, 7, 1), date(2026, 8, 1))
    assert fee_for_period(terms, july, Proration.NONE, "EUR") == Decimal("600.00")


def test_a_price_change_counts_by_days_with_proration() -> None:
    terms = [
        FeeTerms(date(2026, 1, 1), Decimal(1), Decimal(300)),
        FeeTerms(date(2026, 6, 11), Decimal(2), Decimal(300)),
    ]
    assert fee_for_period(terms, JUNE, Proration.DAILY, "EUR") == Decimal("500.00")
    cut = Period(JUNE.start, date(2026, 6, 21), JUNE.end)
    assert fee_for_period(terms, cut, Proration.DAILY, "EUR") == Decimal("300.00")
    assert fee_for_period(terms, cut, Proration.NONE, "EUR") == Decimal("300.00")


def test_days_before_the_first_terms_cost_nothing() -> None:
    terms = [FeeTerms(date(2026, 6, 16), Decimal(1), Decimal(300))]
    assert fee_for_period(terms, JUNE, Proration.DAILY, "EUR") == Decimal("150.00")
    assert fee_for_period(terms, JUNE, Proration.NONE, "EUR") == 0
    assert fee_for_period([], JUNE, Proration.DAILY, "EUR") == 0


@given(st.decimals(0, 5000, places=2), st.dates(JUNE.start, date(2026, 6, 30)))
def test_unchanged_terms_cost_the_same_however_often_they_are_renewed(
    rate: Decimal, day: date
) -> None:
    once = [FeeTerms(JUNE.start, Decimal(1), rate)]
    renewed = [*once, FeeTerms(day, Decimal(1), rate)]
    assert fee_for_period(renewed, JUNE, Proration.DAILY, "EUR") == fee_for_period(
        once, JUNE, Proration.DAILY, "EUR"
    )


def test_hours_are_billed_by_the_line_and_the_rounded_lines_are_the_total() -> None:
    assert hourly_total([TimedWork(15, Decimal(90)), TimedWork(20, Decimal(90))], "EUR") == Decimal(
        "52.50"
    )
    third = TimedWork(20, Decimal(1))  # 0.333… each: the lines make 0.99, the hour would be 1.00
    assert hourly_total([third] * 3, "EUR") == Decimal("0.99")


def test_an_entry_takes_the_rate_it_names() -> None:
    assert rate_named(Decimal(90), {"night": Decimal(140)}, None) == Decimal(90)
    assert rate_named(Decimal(90), {"night": Decimal(140)}, "night") == Decimal(140)
    with pytest.raises(Invalid) as refusal:
        rate_named(Decimal(90), {"night": Decimal(140)}, "sunday")
    assert refusal.value.code == "RATE_UNKNOWN"
    assert "night" in refusal.value.hint


@pytest.mark.parametrize(
    ("count_by", "count"),
    [
        (CountBy.PC, 1),
        (CountBy.MAC, 1),
        (CountBy.SERVER, 1),
        (CountBy.OTHER, 1),
        (CountBy.AGENTS_ONLY, 3),
        (CountBy.ALL, 4),
    ],
)
def test_a_contract_counts_one_category_of_devices(count_by: CountBy, count: int) -> None:
    charge = device_charge(ONE_OF_EACH, JUNE, Decimal(9), count_by, DeviceCount.NEXT_PERIOD, "EUR")
    assert (charge.count, charge.amount) == (count, Decimal(9) * count)


@pytest.mark.parametrize(
    ("how", "count", "amount"),
    [
        (DeviceCount.NEXT_PERIOD, 1, "10.00"),
        (DeviceCount.SAME_PERIOD, 2, "20.00"),
        (DeviceCount.DAILY, 2, "15.00"),
    ],
)
def test_a_device_added_in_mid_period_counts_as_the_contract_prefers(
    how: DeviceCount, count: int, amount: str
) -> None:
    devices = [
        Device(DeviceKind.PC, date(2026, 1, 1)),
        Device(DeviceKind.PC, date(2026, 6, 16)),
    ]
    charge = device_charge(devices, JUNE, Decimal(10), CountBy.ALL, how, "EUR")
    assert (charge.count, charge.amount) == (count, Decimal(amount))


@pytest.mark.parametrize("how", DeviceCount)
def test_a_device_outside_the_period_never_counts(how: DeviceCount) -> None:
    devices = [
        Device(DeviceKind.PC, date(2026, 1, 1), date(2026, 6, 1)),
        Device(DeviceKind.PC, date(2026, 7, 1)),
    ]
    assert device_charge(devices, JUNE, Decimal(10), CountBy.ALL, how, "EUR").count == 0


def test_a_device_removed_in_mid_period_was_there_at_its_start() -> None:
    devices = [Device(DeviceKind.PC, date(2026, 1, 1), date(2026, 6, 7))]
    whole = device_charge(devices, JUNE, Decimal(10), CountBy.PC, DeviceCount.NEXT_PERIOD, "EUR")
    daily = device_charge(devices, JUNE, Decimal(10), CountBy.PC, DeviceCount.DAILY, "EUR")
    assert (whole.amount, daily.amount) == (Decimal("10.00"), Decimal("2.00"))


def test_devices_by_day_share_the_whole_period_even_if_it_was_cut() -> None:
    cut = Period(JUNE.start, date(2026, 6, 16), JUNE.end)
    devices = [Device(DeviceKind.PC, date(2026, 1, 1))]
    daily = device_charge(devices, cut, Decimal(10), CountBy.PC, DeviceCount.DAILY, "EUR")
    assert daily.amount == Decimal("5.00")


@pytest.mark.parametrize(
    ("count_by", "gigabytes", "amount"),
    [
        (BackupCountBy.PCS, "234.5", "7.04"),
        (BackupCountBy.SERVERS, "1000", "30.00"),
        (BackupCountBy.BOTH, "1234.5", "37.04"),
    ],
)
def test_backups_cost_their_gigabytes_of_one_option(
    count_by: BackupCountBy, gigabytes: str, amount: str
) -> None:
    usages = [
        BackupUsage(Decimal("234.5"), is_server=False),
        BackupUsage(Decimal(1000), is_server=True),
    ]
    charge = backup_charge(usages, Decimal("0.03"), count_by, "EUR")
    assert (charge.gigabytes, charge.amount) == (Decimal(gigabytes), Decimal(amount))


def test_a_project_costs_its_fee_or_its_hours() -> None:
    assert project_fee(Decimal("1999.995"), "EUR") == Decimal("2000.00")
    assert project_hours([TimedWork(90, Decimal(80))], "EUR") == Decimal("120.00")


def test_a_project_is_billed_once_and_other_contracts_again_and_again() -> None:
    for contract_type in ContractType:
        spent = is_spent(contract_type, charge_billed=False, contract_billed=True)
        assert spent is contract_type.bills_once
        assert is_spent(contract_type, charge_billed=True, contract_billed=False)
        assert not is_spent(contract_type, charge_billed=False, contract_billed=False)
