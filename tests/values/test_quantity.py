"""Exact minutes, billable minutes and what they cost."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.values.money import round_amount
from bordereau.values.quantity import (
    RoundingDirection,
    RoundingScope,
    TimeRounding,
    Worked,
    billable_by_entry,
    billable_minutes,
    hours,
    hours_text,
    minutes_of,
    shown_quantity,
    time_amount,
)

MONDAY, TUESDAY = date(2026, 6, 1), date(2026, 6, 2)
UP, NEAREST = RoundingDirection.UP, RoundingDirection.NEAREST
rates = st.decimals(1, 300, places=2)
roundings = st.builds(
    TimeRounding,
    step=st.sampled_from([0, 1, 5, 6, 10, 15, 30, 60]),
    direction=st.sampled_from(RoundingDirection),
    minimum=st.integers(0, 60),
    scope=st.sampled_from(RoundingScope),
)
entries = st.lists(
    st.builds(
        Worked,
        minutes=st.integers(-60, 480),
        day=st.sampled_from([MONDAY, TUESDAY]),
        ticket=st.sampled_from([None, "T1", "T2"]),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("minutes", "rounding", "billed"),
    [
        (16, TimeRounding(15), 30),
        (22, TimeRounding(15, NEAREST), 15),
        (23, TimeRounding(15, NEAREST), 30),
        (3, TimeRounding(0, UP, 10), 10),
        (17, TimeRounding(), 17),
        (0, TimeRounding(15, UP, 30), 0),
        (-16, TimeRounding(15), -30),
    ],
)
def test_minutes_are_rounded_as_the_contract_says(
    minutes: int, rounding: TimeRounding, billed: int
) -> None:
    assert billable_minutes(minutes, rounding) == billed


def test_rounding_each_entry_bills_more_than_rounding_their_ticket() -> None:
    worked = [Worked(5, MONDAY, "T1"), Worked(5, TUESDAY, "T1")]
    assert billable_by_entry(worked, TimeRounding(15)) == (15, 15)
    per_ticket = TimeRounding(15, scope=RoundingScope.TICKET)
    assert billable_by_entry(worked, per_ticket) == (5, 10)


def test_rounding_by_day_puts_the_rest_on_the_last_entry_of_the_day() -> None:
    worked = [Worked(20, MONDAY, "T1"), Worked(5, TUESDAY, "T1"), Worked(20, MONDAY)]
    assert billable_by_entry(worked, TimeRounding(60, scope=RoundingScope.DAY)) == (20, 60, 40)


def test_entries_without_a_ticket_are_rounded_each_alone() -> None:
    worked = [Worked(5, MONDAY), Worked(5, MONDAY)]
    assert billable_by_entry(worked, TimeRounding(15, scope=RoundingScope.TICKET)) == (15, 15)


def test_minutes_that_rounding_takes_away_never_turn_an_entry_negative() -> None:
    worked = [Worked(20, MONDAY, "T1"), Worked(1, MONDAY, "T1")]
    nearest = TimeRounding(15, NEAREST, scope=RoundingScope.TICKET)
    assert billable_by_entry(worked, nearest) == (15, 0)
    taken_back = [Worked(-20, MONDAY, "T1"), Worked(-1, MONDAY, "T1")]
    assert billable_by_entry(taken_back, nearest) == (-15, 0)


@given(entries, roundings)
def test_rounded_entries_sum_to_the_rounding_of_their_groups(
    worked: list[Worked], rounding: TimeRounding
) -> None:
    billed = billable_by_entry(worked, rounding)
    groups: dict[object, list[int]] = {}
    for place, entry in enumerate(worked):
        key: object = place
        if rounding.scope is RoundingScope.DAY:
            key = entry.day
        elif rounding.scope is RoundingScope.TICKET and entry.ticket:
            key = entry.ticket
        groups.setdefault(key, []).append(place)
    for places in groups.values():
        exact = sum(worked[place].minutes for place in places)
        assert sum(billed[place] for place in places) == billable_minutes(exact, rounding)


@given(st.integers(-600, 600), roundings)
def test_a_correction_takes_back_exactly_what_was_billed(
    minutes: int, rounding: TimeRounding
) -> None:
    assert billable_minutes(-minutes, rounding) == -billable_minutes(minutes, rounding)


def test_a_negative_step_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        TimeRounding(step=-1)


def test_an_amount_comes_from_minutes_not_from_shown_hours() -> None:
    assert time_amount(20, Decimal(90), "EUR") == Decimal("30.00")
    assert time_amount(50, Decimal(100), "EUR") == Decimal("83.33")
    assert round_amount(Decimal("0.33") * 90, "EUR") == Decimal(
        "29.70"
    )  # what two decimals would bill


@given(st.integers(1, 480), st.integers(1, 300))
def test_shown_hours_reproduce_the_amount_at_a_whole_rate(minutes: int, rate: int) -> None:
    amount = time_amount(minutes, Decimal(rate), "EUR")
    assert round_amount(hours(minutes) * rate, "EUR") == amount


def test_at_other_rates_shown_hours_may_miss_a_tie_by_a_cent() -> None:
    amount, rate = time_amount(50, Decimal("75.03"), "EUR"), Decimal("75.03")
    assert (amount, round_amount(hours(50) * rate, "EUR")) == (Decimal("62.53"), Decimal("62.52"))
    assert shown_quantity(hours(50), rate, amount, 6, "EUR").quantity == 1


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0:00"), (65, "1:05"), (-30, "-0:30"), (6000, "100:00")]
)
def test_minutes_are_written_as_hours_and_minutes(minutes: int, text: str) -> None:
    assert hours_text(minutes) == text


def test_hours_become_whole_minutes() -> None:
    assert minutes_of(Decimal("1.5")) == 90
    assert minutes_of(Decimal("0.333333")) == 20


@given(st.integers(0, 10_000))
def test_minutes_survive_as_hours(minutes: int) -> None:
    assert minutes_of(hours(minutes)) == minutes


def test_a_quantity_that_misses_the_amount_becomes_one() -> None:
    amount = time_amount(20, Decimal(90), "EUR")
    kept = shown_quantity(hours(20), Decimal(90), amount, 5, "EUR")
    assert (kept.quantity, kept.price) == (Decimal("0.33333"), Decimal(90))
    one = shown_quantity(hours(20), Decimal(90), amount, 2, "EUR")
    assert (one.quantity, one.price) == (Decimal(1), Decimal("30.00"))


@given(st.integers(1, 480), rates, st.integers(0, 6))
def test_quantity_times_price_is_always_the_amount(
    minutes: int, rate: Decimal, decimals: int
) -> None:
    amount = time_amount(minutes, rate, "EUR")
    shown = shown_quantity(hours(minutes), rate, amount, decimals, "EUR")
    assert round_amount(shown.quantity * shown.price, "EUR") == amount
