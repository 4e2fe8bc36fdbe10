"""Sharing an amount out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.invoices.composing.shares import shared_out


@given(
    parts=st.lists(st.integers(1, 10_000), min_size=1, max_size=60),
    percent=st.integers(1, 100),
)
def test_shares_sum_to_the_total_and_none_is_more_than_its_part(
    parts: list[int], percent: int
) -> None:
    amounts = [Decimal(part).scaleb(-2) for part in parts]
    total = (sum(amounts, Decimal(0)) * percent / 100).quantize(Decimal("0.01"))
    shares = shared_out(amounts, total, "EUR")
    assert sum(shares) == total
    assert all(0 <= share <= part for share, part in zip(shares, amounts, strict=True))


@pytest.mark.row("B61")
def test_a_part_of_many_small_lines_can_be_credited() -> None:
    assert sorted(shared_out([Decimal(1)] * 5, Decimal(3), "JPY")) == [0, 0, 1, 1, 1]
    assert max(shared_out([Decimal("0.50")] * 100, Decimal("30.33"), "EUR")) == Decimal("0.31")


def test_what_is_taken_off_is_shared_with_its_sign() -> None:
    parts = [Decimal(100), Decimal("-20")]
    assert shared_out(parts, Decimal(40), "EUR") == [Decimal(50), Decimal(-10)]
    assert shared_out(parts, Decimal("-0.01"), "EUR") == [Decimal("-0.01"), Decimal("0.00")]
