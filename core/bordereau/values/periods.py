"""Billing periods: half-open, and counted from the contract start instead of chained (A2).

Chained month by month from 31 January the days drift (28 Feb, 28 Mar ...); counted from the start
they do not (28 Feb, 31 Mar, 30 Apr ...).
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from bordereau.values.money import round_amount


class BillingPeriod(StrEnum):
    """How often a contract is billed; the names are those of Atera's public API."""

    END_OF_CONTRACT_DURATION = "EndOfContractDuration"
    WEEKLY = "Weekly"
    BI_WEEKLY = "BiWeekly"
    MONTHLY = "Monthly"
    QUARTERLY = "Quarterly"
    TWICE_A_YEAR = "TwiceAYear"
    YEARLY = "Yearly"
    ON_DEMAND = "OnDemand"


class Timing(StrEnum):
    """When a component of a contract is charged: before its period or after it."""

    ADVANCE = "advance"
    ARREARS = "arrears"


class Proration(StrEnum):
    """What a period costs that was cut short: its whole fee, or the days that are left of it."""

    NONE = "none"
    DAILY = "daily"


_MONTHS = {
    BillingPeriod.MONTHLY: 1,
    BillingPeriod.QUARTERLY: 3,
    BillingPeriod.TWICE_A_YEAR: 6,
    BillingPeriod.YEARLY: 12,
}
_DAYS = {BillingPeriod.WEEKLY: 7, BillingPeriod.BI_WEEKLY: 14}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, but not including, `end`.

    Attributes:
        start: the first day.
        end: the day after the last one.
        cut_from: where the period would have ended, if the end of the contract cut it short.

    Raises:
        ValueError: the period has no day.

    """

    start: date
    end: date
    cut_from: date | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"A period from {self.start} to {self.end} has no day")

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.end - self.start).days

    @property
    def whole(self) -> "Period":
        """The period as it would be if nothing had cut it short."""
        return Period(self.start, self.cut_from or self.end)


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def periods(start: date, end: date, kind: BillingPeriod, until: date) -> tuple[Period, ...]:
    """Return the periods of a contract that start on `until` or before.

    Args:
        start: the first day of the contract.
        end: its last day; the last period is cut there.
        kind: the billing period of the contract; OnDemand has no periods.
        until: nothing that starts later is wanted, commonly today.

    """
    found: list[Period] = []
    day = start
    while day <= until and (period := period_of(day, start, end, kind)):
        found.append(period)
        day = period.end
    return tuple(found)


def period_of(day: date, start: date, end: date, kind: BillingPeriod) -> Period | None:
    """Return the period that a day belongs to, without counting through the ones before.

    None means that the day lies outside the contract, or that the contract is billed on demand.
    """
    if kind is BillingPeriod.ON_DEMAND or not start <= day <= end:
        return None
    after = end + timedelta(days=1)
    if kind is BillingPeriod.END_OF_CONTRACT_DURATION:
        return Period(start, after)
    number = _number_of(day, start, kind)
    first, next_first = _start_of(number, start, kind), _start_of(number + 1, start, kind)
    return Period(first, after, next_first) if after < next_first else Period(first, next_first)


def ready_on(timing: Timing, period: Period) -> date:
    """Return the first day on which what belongs to the period can be billed."""
    return period.start if timing is Timing.ADVANCE else period.end


def prorate(fee: Decimal, part: Period, whole: Period, mode: Proration, currency: str) -> Decimal:
    """Return the fee for a part of a period, rounded; a day counts as a day in any month.

    Raises:
        ValueError: the part reaches outside the whole period.

    """
    if part.start < whole.start or part.end > whole.end:
        raise ValueError(f"{part.start} to {part.end} lies outside the period {whole.start}")
    share = fee if mode is Proration.NONE else fee * part.days / whole.days
    return round_amount(share, currency)


def _number_of(day: date, start: date, kind: BillingPeriod) -> int:
    """Return the place of the day's period, counted from 0."""
    if kind in _DAYS:
        return (day - start).days // _DAYS[kind]
    months = (day.year - start.year) * 12 + day.month - start.month
    number = months // _MONTHS[kind]
    return number if _start_of(number, start, kind) <= day else number - 1


def _start_of(number: int, start: date, kind: BillingPeriod) -> date:
    if kind in _DAYS:
        return start + timedelta(days=number * _DAYS[kind])
    return add_months(start, number * _MONTHS[kind])
