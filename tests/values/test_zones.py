"""Moments in UTC and the local days they belong to."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.values.periods import BillingPeriod, period_of
from bordereau.values.zones import day_bounds, local_date

ZONES = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
]
FIRST, LAST = datetime(2020, 1, 1), datetime(2030, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


def test_late_evening_in_utc_is_the_next_day_in_paris() -> None:
    moment = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert local_date(moment, "Europe/Paris") == date(2026, 7, 1)
    assert local_date(moment, "UTC") == date(2026, 6, 30)
    period = period_of(
        local_date(moment, "Europe/Paris"), date(2026, 1, 1), date(2028, 12, 31),
        BillingPeriod.MONTHLY,
    )  # fmt: skip
    assert period is not None
    assert period.start == date(2026, 7, 1)


def test_the_zone_in_which_a_moment_was_written_does_not_matter() -> None:
    moment = datetime(2026, 7, 1, 5, 0, tzinfo=timezone(timedelta(hours=9)))
    assert local_date(moment, "Europe/Paris") == date(2026, 6, 30)


def test_a_moment_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        local_date(datetime(2026, 7, 1), "UTC")  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("name", ["Europe/Pariss", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        local_date(datetime(2026, 7, 1, tzinfo=UTC), name)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_has_23_24_or_25_hours_where_clocks_change(day: date, hours: int) -> None:
    first, after = day_bounds(day, "Europe/Paris")
    assert after - first == timedelta(hours=hours)


@given(moments, st.sampled_from(ZONES))
def test_every_moment_lies_within_the_bounds_of_its_local_day_only(
    moment: datetime, zone: str
) -> None:
    day = local_date(moment, zone)
    first, after = day_bounds(day, zone)
    assert first <= moment < after
    assert day_bounds(day + timedelta(days=1), zone)[0] == after
