"""Revenue over periods."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.errors import Invalid
from bordereau.invoices.rules.distribution import Part, check_sum, distribute, distribution, edited

CENT = Decimal("0.01")


def test_equal_parts_leave_the_rest_to_the_last_period() -> None:
    assert distribute(Decimal(1000), 3, CENT) == (
        Decimal("333.33"),
        Decimal("333.33"),
        Decimal("333.34"),
    )
    assert distribute(Decimal(-1000), 7, Decimal(1)) == (*[Decimal(-142)] * 6, Decimal(-148))
    assert distribute(Decimal(1000), 3, Decimal(50)) == (Decimal(300), Decimal(300), Decimal(400))


@given(
    st.decimals(-(10**7), 10**7, places=2),
    st.integers(1, 60),
    st.sampled_from([CENT, Decimal(1), Decimal("0.05"), Decimal(100)]),
)
def test_parts_always_sum_to_the_net_amount(net: Decimal, parts: int, unit: Decimal) -> None:
    found = distribute(net, parts, unit)
    assert (len(found), sum(found)) == (parts, net)
    assert all(part % unit == 0 for part in found[:-1])
    assert len(set(found[:-1])) <= 1


def test_months_are_counted_from_the_first_period() -> None:
    assert distribution(Decimal(90), date(2026, 11, 1), 3, CENT) == (
        Part(date(2026, 11, 1), Decimal(30)),
        Part(date(2026, 12, 1), Decimal(30)),
        Part(date(2027, 1, 1), Decimal(30)),
    )


def test_amounts_can_be_edited_as_long_as_they_sum() -> None:
    parts = distribution(Decimal(90), date(2026, 11, 1), 3, CENT)
    changed = edited(parts, {date(2026, 11, 1): Decimal(50), date(2027, 1, 1): Decimal(10)})
    assert [part.amount for part in changed] == [50, 30, 10]
    with pytest.raises(Invalid) as sums:
        edited(parts, {date(2026, 11, 1): Decimal(50)})
    assert sums.value.code == "DISTRIBUTION_SUM"
    assert "-20" in sums.value.message
    with pytest.raises(Invalid) as stranger:
        edited(parts, {date(2026, 10, 1): Decimal(30)})
    assert stranger.value.code == "UNKNOWN_PERIOD"
    with pytest.raises(Invalid):
        check_sum(Decimal(91), parts)


@pytest.mark.parametrize(
    ("parts", "unit", "code"), [(0, "0.01", "NO_PERIODS"), (3, "0", "ROUNDING_UNIT")]
)
def test_a_distribution_needs_periods_and_a_unit(parts: int, unit: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        distribute(Decimal(1), parts, Decimal(unit))
    assert refusal.value.code == code
