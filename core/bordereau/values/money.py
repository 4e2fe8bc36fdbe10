"""Money: a Decimal with its currency, rounded half away from zero to the minor unit.

The number of decimals of a currency comes from CLDR as babel ships it (0 for JPY, 2 for EUR, 3 for
KWD). CLDR follows practice: for a few currencies (RSD, IQD, LBP ...) it gives fewer decimals than
the ISO 4217 list, because the coins are no longer used.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Self

from babel.numbers import get_currency_precision, is_currency


@lru_cache(maxsize=512)
def minor_unit(currency: str) -> int:
    """Return how many decimals amounts in this currency have.

    Raises:
        ValueError: the code is not an ISO 4217 currency.

    """
    if not is_currency(currency):
        raise ValueError(f"{currency!r} is not a currency code, such as EUR")
    return int(get_currency_precision(currency))


@lru_cache(maxsize=512)
def smallest_amount(currency: str) -> Decimal:
    """Return the smallest amount of the currency: 0.01 for EUR, 1 for JPY, 0.001 for KWD."""
    return Decimal(1).scaleb(-minor_unit(currency))


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """Round half away from zero to the minor unit, so that a credit mirrors its invoice."""
    return amount.quantize(smallest_amount(currency), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency; two currencies never meet in a sum or an order.

    Attributes:
        amount: the value in major units, a Decimal of any precision.
        currency: the ISO 4217 code.

    Raises:
        TypeError: the amount is not a Decimal.
        ValueError: the currency is unknown, or two currencies meet.

    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"An amount of money is a Decimal, not {type(self.amount).__name__}")
        minor_unit(self.currency)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.amount, self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Self) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Self) -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def rounded(self) -> Self:
        """Return this amount at the minor unit of its currency."""
        return type(self)(round_amount(self.amount, self.currency), self.currency)

    def _same(self, other: Self) -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be combined")
        return other.amount


def total(moneys: Iterable[Money], currency: str) -> Money:
    """Add amounts that are all in `currency`; no amounts at all make zero."""
    return sum(moneys, Money(Decimal(0), currency))
