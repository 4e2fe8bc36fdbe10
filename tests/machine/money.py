"""Amounts and periods of the model, by arithmetic of its own: nothing of the product is used."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}
MONTHS = {"Monthly": 1, "Quarterly": 3, "TwiceAYear": 6, "Yearly": 12}
DAYS = {"Weekly": 7, "BiWeekly": 14}
ONE_DAY = timedelta(days=1)
ZERO = Decimal(0)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the smallest amount of the currency."""
    return amount.quantize(Decimal(1).scaleb(-DIGITS[currency]), ROUND_HALF_UP)


def share(net: Decimal, percent: Decimal, currency: str) -> Decimal:
    """Return a percentage of an amount, rounded."""
    return rounded(net * percent / 100, currency)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Add up."""
    return sum(amounts, ZERO)


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a billing period, `end` excluded; `whole_end` is where it ends if not cut."""

    start: date
    end: date
    whole_end: date

    def holds(self, day: date) -> bool:
        return self.start <= day < self.end


def later(day: date, months: int) -> date:
    """Return the same day of a later month, or the last one of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def spans(start: date, end: date, kind: str) -> Iterator[Span]:
    """Yield all billing periods of a contract, each counted from its start."""
    after, number = end + ONE_DAY, 0
    if kind == "EndOfContractDuration":
        yield Span(start, after, after)
    while kind in MONTHS or kind in DAYS:
        if kind in MONTHS:
            first, last = (later(start, MONTHS[kind] * place) for place in (number, number + 1))
        else:
            first = start + timedelta(days=DAYS[kind] * number)
            last = first + timedelta(days=DAYS[kind])
        if first > end:
            return
        yield Span(first, min(last, after), last)
        number += 1
