"""Debit and credit of amounts that are sold and taken back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.ledger.rules.sides import CreditBooking, Side, sides

ZERO, TEN = Decimal(0), Decimal(10)


@pytest.mark.row("B62")
@pytest.mark.parametrize(
    ("amount", "usual", "booking", "expected"),
    [
        (TEN, Side.DEBIT, CreditBooking.DEBIT, (TEN, ZERO)),
        (TEN, Side.CREDIT, CreditBooking.NEGATIVE_CREDIT, (ZERO, TEN)),
        (-TEN, Side.CREDIT, CreditBooking.DEBIT, (TEN, ZERO)),
        (-TEN, Side.DEBIT, CreditBooking.DEBIT, (ZERO, TEN)),
        (-TEN, Side.CREDIT, CreditBooking.NEGATIVE_CREDIT, (ZERO, -TEN)),
        (-TEN, Side.DEBIT, CreditBooking.NEGATIVE_CREDIT, (-TEN, ZERO)),
    ],
)
def test_what_is_taken_back_is_booked_as_the_setting_says(
    amount: Decimal,
    usual: Side,
    booking: CreditBooking,
    expected: tuple[Decimal, Decimal],
) -> None:
    assert sides(amount, usual, booking) == expected


@given(
    amount=st.decimals(allow_nan=False, allow_infinity=False, places=2),
    usual=st.sampled_from(Side),
)
def test_both_settings_give_the_same_balance(amount: Decimal, usual: Side) -> None:
    first, second = (sides(amount, usual, booking) for booking in CreditBooking)
    assert first[0] - first[1] == second[0] - second[1]
