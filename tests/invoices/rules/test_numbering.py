"""Invoice numbers from a pattern, and their dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.errors import Invalid
from bordereau.invoices.rules.numbering import check_date, check_length, parse_pattern

DAY = date(2027, 3, 9)


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("{year}-{seq:05d}", "2027-00042"),
        ("{yy}{month}{seq:03d}", "2703042"),
        ("F{seq}", "F42"),
        ("{year:04d}/{month:02d}/{seq:06d}", "2027/03/000042"),
    ],
)
def test_a_pattern_makes_the_number(pattern: str, number: str) -> None:
    assert parse_pattern(pattern).number(42, DAY) == number


def test_a_number_is_never_cut() -> None:
    assert parse_pattern("{year}-{seq:05d}").number(1234567, DAY) == "2027-1234567"


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{year}",
        "{seq}{seq}",
        "{seq",
        "{seq}}",
        "{seq.__class__}",
        "{seq!r}",
        "{seq:099999d}",
        "{seq:5f}",
        "{customer}-{seq}",
        " {seq}",
        "{seq}\n",
        "X" * 40 + "{seq}",
    ],
)
def test_a_pattern_that_cannot_number_is_refused(pattern: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_pattern(pattern)
    assert refusal.value.code == "NUMBER_PATTERN"
    assert refusal.value.where == "pattern"


@given(
    st.sampled_from(["{year}-{seq:05d}", "{yy}{seq}", "F-{month}-{seq:03d}"]),
    st.integers(1, 10**7),
    st.integers(1, 10**7),
)
def test_two_places_of_a_series_never_share_a_number(text: str, one: int, other: int) -> None:
    pattern = parse_pattern(text)
    assert (pattern.number(one, DAY) == pattern.number(other, DAY)) is (one == other)


def test_a_pattern_shows_the_year_or_not() -> None:
    assert parse_pattern("{yy}{seq}").shows_the_year
    assert not parse_pattern("F{seq}").shows_the_year


def test_a_pattern_too_long_for_a_destination_is_refused_beforehand() -> None:
    pattern = parse_pattern("{year}-{seq:05d}")
    check_length(pattern, {"quickbooks_desktop": 11, "xero": 255}, highest=99_999)
    check_length(pattern, {}, highest=10**9)
    with pytest.raises(Invalid) as refusal:
        check_length(pattern, {"quickbooks_desktop": 11, "xero": 255}, highest=9_999_999)
    assert refusal.value.code == "NUMBER_TOO_LONG"
    assert "quickbooks_desktop" in refusal.value.message
    assert "xero" not in refusal.value.message


def test_a_date_before_the_last_of_its_series_warns_or_is_refused() -> None:
    last = date(2027, 3, 10)
    assert check_date(DAY, None, strict=True) == ""
    assert check_date(last, last, strict=True) == ""
    assert "2027-03-10" in check_date(DAY, last, strict=False)
    with pytest.raises(Invalid) as refusal:
        check_date(DAY, last, strict=True)
    assert refusal.value.code == "DATE_BEFORE_LAST"
