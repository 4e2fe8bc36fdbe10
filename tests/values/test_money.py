"""Money in its own currency, at its own minor unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.values.money import Money, minor_unit, round_amount, smallest_amount, total

amounts = st.decimals(-(10**9), 10**9, places=6)


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("EUR", 2), ("USD", 2), ("KWD", 3)])
def test_a_currency_knows_its_decimals(currency: str, digits: int) -> None:
    assert minor_unit(currency) == digits
    assert smallest_amount(currency) == Decimal(10) ** -digits


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="EURO"):
        minor_unit("EURO")
    with pytest.raises(ValueError, match="eur"):
        Money(Decimal(1), "eur")


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.125", "EUR", "0.13"),
        ("-0.125", "EUR", "-0.13"),
        ("2.5", "JPY", "3"),
        ("1.0005", "KWD", "1.001"),
        ("37.035", "EUR", "37.04"),
    ],
)
def test_halves_are_rounded_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert round_amount(Decimal(amount), currency) == Decimal(rounded)


@given(amounts)
def test_a_credit_is_the_exact_negative_of_its_invoice(amount: Decimal) -> None:
    assert round_amount(-amount, "EUR") == -round_amount(amount, "EUR")


@given(amounts)
def test_rounding_never_moves_further_than_half_the_smallest_amount(amount: Decimal) -> None:
    assert abs(round_amount(amount, "EUR") - amount) <= Decimal("0.005")


def test_amounts_of_one_currency_add_subtract_and_compare() -> None:
    five, two = Money(Decimal(5), "EUR"), Money(Decimal(2), "EUR")
    assert five + two == Money(Decimal(7), "EUR")
    assert two - five == Money(Decimal(-3), "EUR")
    assert -two == Money(Decimal(-2), "EUR")
    assert two < five
    assert five >= two
    assert max(two, five) is five
    assert total([five, two, two], "EUR") == Money(Decimal(9), "EUR")
    assert total([], "EUR") == Money(Decimal(0), "EUR")
    assert Money(Decimal("1.005"), "EUR").rounded() == Money(Decimal("1.01"), "EUR")
    assert str(Money(Decimal("1.50"), "EUR")) == "1.50 EUR"


def test_two_currencies_never_meet() -> None:
    euro, dollar = Money(Decimal(1), "EUR"), Money(Decimal(1), "USD")
    assert euro != dollar
    for meet in (
        lambda: euro + dollar,
        lambda: euro - dollar,
        lambda: euro < dollar,
        lambda: euro >= dollar,
        lambda: total([euro, dollar], "EUR"),
    ):
        with pytest.raises(ValueError, match="cannot be combined"):
            meet()


def test_a_float_is_no_amount() -> None:
    with pytest.raises(TypeError, match="float"):
        Money(0.1, "EUR")  # type: ignore[arg-type]
