"""Blocks of hours or money: what is bought, drawn, carried on, lost and charged on top.

Atera articles 221144967 (hours) and 222522447 (money). A block of hours counts minutes, a block of
money counts money; both are Decimals of the unit of the block. Work is drawn in order of the time
it was done, and the entry that crosses the end of the balance is split.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from bordereau.values.money import round_amount
from bordereau.values.periods import Period, Proration
from bordereau.values.quantity import minutes_of, time_amount

ALERT_PERCENTS = (80, 95)


class OnExhausted(StrEnum):
    """What follows the end of a balance: work at the overage rate, or another whole block."""

    OVERAGE = "overage"
    RENEW = "renew"


class BlockUnit(StrEnum):
    """What the balance of a block is counted in."""

    MINUTES = "minutes"
    MONEY = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The terms of a block.

    Attributes:
        unit: minutes or money.
        allowance: what one block adds to the balance, in the unit.
        price: what one block costs.
        overage_rate: the rate of an hour beyond the balance; None (a block of money only) charges
            the money beyond the balance as it is.
        rollover: whether an unused balance joins the next period.
        on_exhausted: overage, or another block.
        currency: the currency of price and rates.

    Raises:
        ValueError: a block to be renewed adds nothing, or hours have no overage rate.

    """

    unit: BlockUnit
    allowance: Decimal
    price: Decimal
    currency: str
    overage_rate: Decimal | None = None
    rollover: bool = False
    on_exhausted: OnExhausted = OnExhausted.OVERAGE

    def __post_init__(self) -> None:
        renews = self.on_exhausted is OnExhausted.RENEW
        if self.allowance < 0 or (renews and not self.allowance):
            raise ValueError("A block adds something to its balance, or it cannot be renewed")
        if self.unit is BlockUnit.MINUTES and self.overage_rate is None and not renews:
            raise ValueError("A block of hours needs an overage rate, or must renew")


@dataclass(frozen=True, slots=True)
class Work:
    """A time entry that is drawn from a block.

    Attributes:
        id: breaks ties between entries of one moment.
        worked_at: when the work was done; the order of drawing.
        day: its local day, which decides the period.
        minutes: billable minutes; negative on a correction.
        rate: the rate of an hour, which values the work in a block of money.

    """

    id: UUID
    worked_at: datetime
    day: date
    minutes: int
    rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Draw:
    """What became of one entry: a part within the balance and a part beyond it.

    Attributes:
        work: the entry.
        within: what was drawn from the balance, in the unit of the block.
        beyond: what the balance did not cover, in the same unit.
        minutes_within: the minutes that the balance covered.
        minutes_beyond: the other minutes of the entry.
        amount: what the part beyond costs, rounded.

    """

    work: Work
    within: Decimal
    beyond: Decimal
    minutes_within: int
    minutes_beyond: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Alert:
    """A share of the available balance that was used up, and the moment it was."""

    percent: int
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class Drawing:
    """All draws of a period, the blocks bought in between, the balance left, and the alerts."""

    draws: tuple[Draw, ...]
    renewals: int
    left: Decimal
    alerts: tuple[Alert, ...]


def block_of_hours(
    hours: Decimal,
    price_per_hour: Decimal,
    overage_rate: Decimal | None,
    currency: str,
    *,
    rollover: bool = False,
    on_exhausted: OnExhausted = OnExhausted.OVERAGE,
) -> Block:
    """Return the terms of a block of hours; its price is hours times the price of one."""
    return Block(
        unit=BlockUnit.MINUTES,
        allowance=Decimal(minutes_of(hours)),
        price=round_amount(hours * price_per_hour, currency),
        overage_rate=overage_rate,
        rollover=rollover,
        on_exhausted=on_exhausted,
        currency=currency,
    )


def block_of_money(
    amount: Decimal,
    currency: str,
    *,
    overage_rate: Decimal | None = None,
    rollover: bool = False,
    on_exhausted: OnExhausted = OnExhausted.OVERAGE,
) -> Block:
    """Return the terms of a block of money, which costs what it adds."""
    return Block(
        unit=BlockUnit.MONEY,
        allowance=round_amount(amount, currency),
        price=round_amount(amount, currency),
        overage_rate=overage_rate,
        rollover=rollover,
        on_exhausted=on_exhausted,
        currency=currency,
    )


def cut_block(block: Block, period: Period, proration: Proration) -> Block:
    """Return the block of a period that was cut short: with daily proration less of both."""
    whole = period.whole.days
    if proration is Proration.NONE or period.days == whole:
        return block
    price = round_amount(block.price * period.days / whole, block.currency)
    if block.unit is BlockUnit.MONEY:
        allowance = round_amount(block.allowance * period.days / whole, block.currency)
    else:
        allowance = (block.allowance * period.days / whole).quantize(Decimal(1), ROUND_HALF_UP)
    return replace(block, allowance=allowance, price=price)


def draw(block: Block, available: Decimal, works: tuple[Work, ...]) -> Drawing:
    """Draw the work of one period from the balance, in order of work time, ties by id.

    Corrections (negative minutes) come first: they give back before anything is drawn, so that a
    period never charges overage on hours that were taken back.
    """
    left, renewals, draws = available, 0, []
    for work in sorted(works, key=lambda one: (one.minutes >= 0, one.worked_at, one.id)):
        value = _value(block, work)
        if block.on_exhausted is OnExhausted.RENEW and value > left:
            bought = _blocks_for(value - left, block.allowance)
            renewals, left = renewals + bought, left + bought * block.allowance
        within = min(value, max(left, Decimal(0)))
        draws.append(_split(block, work, value, within))
        left -= within
    return Drawing(tuple(draws), renewals, left, _alerts(available, draws))


def _value(block: Block, work: Work) -> Decimal:
    """Return what an entry takes from the balance, in the unit of the block."""
    if block.unit is BlockUnit.MINUTES:
        return Decimal(work.minutes)
    return time_amount(work.minutes, work.rate, block.currency)


def _blocks_for(missing: Decimal, allowance: Decimal) -> int:
    """Return how many whole blocks cover what is missing."""
    whole, rest = divmod(missing, allowance)
    return int(whole) + (1 if rest else 0)


def _split(block: Block, work: Work, value: Decimal, within: Decimal) -> Draw:
    beyond = value - within
    if not beyond:
        return Draw(work, within, beyond, work.minutes, 0, Decimal(0))
    minutes = Fraction(within) / Fraction(value) * work.minutes
    minutes_within = int(minutes + Fraction(1, 2))
    if block.overage_rate is None:
        amount = beyond
    else:  # hours beyond a balance of money are revalued, to the fraction of a minute
        exact = Decimal(work.minutes) * beyond * block.overage_rate / value / 60
        amount = round_amount(exact, block.currency)
    return Draw(work, within, beyond, minutes_within, work.minutes - minutes_within, amount)


def _alerts(available: Decimal, draws: list[Draw]) -> tuple[Alert, ...]:
    """Return each share of the available balance at the moment when it was first used up."""
    found: list[Alert] = []
    used, waiting = Decimal(0), list(ALERT_PERCENTS) if available > 0 else []
    for one in draws:
        used += one.within + one.beyond
        while waiting and used * 100 >= available * waiting[0]:
            found.append(Alert(waiting.pop(0), one.work.worked_at))
    return tuple(found)
