"""Billing periods tile the time of a contract, counted from its start."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.values.periods import (
    BillingPeriod,
    Period,
    Proration,
    Timing,
    add_months,
    period_of,
    periods,
    prorate,
    ready_on,
)

REPEATING = [
    BillingPeriod.WEEKLY,
    BillingPeriod.BI_WEEKLY,
    BillingPeriod.MONTHLY,
    BillingPeriod.QUARTERLY,
    BillingPeriod.TWICE_A_YEAR,
    BillingPeriod.YEARLY,
]
days = st.dates(date(2019, 1, 1), date(2032, 12, 31))
lengths = st.integers(0, 1500)


@pytest.mark.row("A2")
def test_a_monthly_contract_from_the_31st_keeps_its_day_where_the_month_has_one() -> None:
    found = periods(date(2026, 1, 31), date(2029, 1, 30), BillingPeriod.MONTHLY, date(2026, 4, 30))
    assert [one.start for one in found] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    assert found[-1].end == date(2026, 5, 31)


def test_a_leap_day_contract_returns_to_the_29th() -> None:
    found = periods(date(2024, 2, 29), date(2028, 12, 31), BillingPeriod.YEARLY, date(2028, 3, 1))
    assert [(one.start.month, one.start.day) for one in found] == [
        (2, 29),
        (2, 28),
        (2, 28),
        (2, 28),
        (2, 29),
    ]


def test_the_last_period_is_cut_at_the_end_of_the_contract() -> None:
    (first, last) = periods(
        date(2026, 1, 1), date(2026, 2, 10), BillingPeriod.MONTHLY, date(2030, 1, 1)
    )
    assert first.cut_from is None
    assert first.whole == first
    assert (last.start, last.end) == (date(2026, 2, 1), date(2026, 2, 11))
    assert last.whole == Period(date(2026, 2, 1), date(2026, 3, 1))
    assert last.days == 10


def test_a_contract_billed_at_its_end_has_one_period() -> None:
    whole = (Period(date(2026, 1, 1), date(2029, 1, 1)),)
    kind = BillingPeriod.END_OF_CONTRACT_DURATION
    assert periods(date(2026, 1, 1), date(2028, 12, 31), kind, date(2027, 5, 5)) == whole


@pytest.mark.row("A2")
def test_a_contract_on_demand_has_no_periods() -> None:
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    assert periods(start, end, BillingPeriod.ON_DEMAND, end) == ()
    assert period_of(start, start, end, BillingPeriod.ON_DEMAND) is None


def test_a_day_outside_the_contract_has_no_period() -> None:
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    assert period_of(date(2025, 12, 31), start, end, BillingPeriod.MONTHLY) is None
    assert period_of(date(2027, 1, 1), start, end, BillingPeriod.MONTHLY) is None
    assert periods(start, end, BillingPeriod.MONTHLY, date(2025, 12, 31)) == ()


def test_a_period_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="has no day"):
        Period(date(2026, 1, 1), date(2026, 1, 1))


@pytest.mark.row("A2")
@given(days, lengths, st.sampled_from(REPEATING))
def test_periods_tile_the_contract_without_gap_or_overlap(
    start: date, length: int, kind: BillingPeriod
) -> None:
    end = start + timedelta(days=length)
    found = periods(start, end, kind, end)
    assert found[0].start == start
    assert found[-1].end == end + timedelta(days=1)
    for one, following in pairwise(found):
        assert one.end == following.start
    assert all(one.cut_from is None for one in found[:-1])


@given(days, lengths, st.integers(0, 1500), st.sampled_from(REPEATING))
def test_the_period_of_a_day_is_the_one_that_counting_finds(
    start: date, length: int, offset: int, kind: BillingPeriod
) -> None:
    end, day = start + timedelta(days=length), start + timedelta(days=offset)
    counted = next((one for one in periods(start, end, kind, end) if day in one), None)
    assert period_of(day, start, end, kind) == counted


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_months_are_added_from_the_start_and_keep_their_order(
    day: date, months: int, more: int
) -> None:
    later = add_months(day, months + more)
    assert later >= add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months + more


@pytest.mark.row("A23")
def test_a_fee_in_advance_is_ready_at_the_start_and_everything_else_at_the_end() -> None:
    march = Period(date(2026, 3, 1), date(2026, 4, 1))
    assert ready_on(Timing.ADVANCE, march) == date(2026, 3, 1)
    assert ready_on(Timing.ARREARS, march) == date(2026, 4, 1)


def test_a_cut_period_costs_its_days_or_the_whole_fee() -> None:
    whole = Period(date(2026, 3, 1), date(2026, 4, 1))
    part = Period(date(2026, 3, 1), date(2026, 3, 11))
    assert prorate(Decimal(310), part, whole, Proration.DAILY, "EUR") == Decimal("100.00")
    assert prorate(Decimal(310), part, whole, Proration.NONE, "EUR") == Decimal("310.00")


def test_a_part_outside_its_period_is_refused() -> None:
    whole = Period(date(2026, 3, 1), date(2026, 4, 1))
    with pytest.raises(ValueError, match="outside"):
        prorate(
            Decimal(1), Period(date(2026, 3, 1), date(2026, 4, 2)), whole, Proration.DAILY, "EUR"
        )
