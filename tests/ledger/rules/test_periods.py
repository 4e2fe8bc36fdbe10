"""Open and closed days, and ranges of months."""

from datetime import date

import pytest

from bordereau.errors import Invalid, Refused
from bordereau.ledger.rules.periods import months, must_be_open

END = date(2026, 10, 31)


@pytest.mark.row("B65")
def test_the_last_closed_day_is_closed_and_the_next_one_open() -> None:
    with pytest.raises(Refused) as caught:
        must_be_open(END, END)
    assert caught.value.code == "PERIOD_CLOSED"
    assert caught.value.details["first_open_day"] == "2026-11-01"
    must_be_open(date(2026, 11, 1), END)
    must_be_open(END, None)


@pytest.mark.row("B64")
def test_any_days_of_the_first_and_last_month_name_the_range() -> None:
    assert months(date(2026, 11, 20), date(2027, 1, 1)) == (date(2026, 11, 1), 3)
    assert months(date(2026, 11, 1), date(2026, 11, 30)) == (date(2026, 11, 1), 1)


@pytest.mark.parametrize(
    ("last", "code"),
    [(date(2026, 10, 31), "NO_PERIODS"), (date(2046, 11, 1), "TOO_MANY_PERIODS")],
)
def test_a_range_has_at_least_one_month_and_at_most_twenty_years(last: date, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        months(date(2026, 11, 1), last)
    assert caught.value.code == code
