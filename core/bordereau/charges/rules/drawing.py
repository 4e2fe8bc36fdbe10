"""Drawing work from a block: what its balance covers, what lies beyond, renewals and alerts.

Work is drawn in order of the time it was done, and the entry that crosses the end of the balance is
split.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from bordereau.charges.rules.blocks import Block, BlockUnit, OnExhausted
from bordereau.values.money import round_amount
from bordereau.values.quantity import time_amount

ALERT_PERCENTS = (80, 95)


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
