"""Time: exact minutes, the minutes that are billed, and what they cost.

Minutes are whole numbers. An amount comes from minutes and the rate of an hour, never from the
rounded hours that a document shows: two decimals of an hour miss the amount on most entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from bordereau.values.money import round_amount

_HOUR = 60
_HOURS = Decimal("0.000001")  # reproduces every amount at rates in whole units


class RoundingDirection(StrEnum):
    """Whether a started step counts in full, or only from its middle on."""

    UP = "up"
    NEAREST = "nearest"


class RoundingScope(StrEnum):
    """What is rounded: each entry, all entries of a ticket, or all entries of a day."""

    ENTRY = "entry"
    TICKET = "ticket"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class TimeRounding:
    """How worked minutes become billable ones; the default bills them as they are.

    Attributes:
        step: minutes of one step; 0 switches rounding off.
        direction: up, or to the nearest step (the middle goes up).
        minimum: the fewest minutes that are billed for anything at all.
        scope: what the step and the minimum apply to.

    Raises:
        ValueError: step or minimum is negative.

    """

    step: int = 0
    direction: RoundingDirection = RoundingDirection.UP
    minimum: int = 0
    scope: RoundingScope = RoundingScope.ENTRY

    def __post_init__(self) -> None:
        if self.step < 0 or self.minimum < 0:
            raise ValueError("Step and minimum of a rounding are 0 or more minutes")


@dataclass(frozen=True, slots=True)
class Worked:
    """One time entry, as rounding sees it; entries without a ticket are rounded each alone.

    `billed` are the billable minutes of an entry that stands on an invoice; they stay.
    """

    minutes: int
    day: date
    ticket: str | None = None
    billed: int | None = None


@dataclass(frozen=True, slots=True)
class PricedQuantity:
    """A quantity and the price of one, whose product is the amount of the line."""

    quantity: Decimal
    price: Decimal


def billable_minutes(minutes: int, rounding: TimeRounding) -> int:
    """Return the minutes that are billed for this many worked ones.

    A correction (negative minutes) mirrors the entry that it takes back; nothing stays nothing.
    """
    if minutes <= 0:
        return -billable_minutes(-minutes, rounding) if minutes else 0
    step = rounding.step
    if not step:
        rounded = minutes
    elif rounding.direction is RoundingDirection.UP:
        rounded = -(-minutes // step) * step
    else:
        rounded = (2 * minutes + step) // (2 * step) * step
    return max(rounded, rounding.minimum)


def billable_by_entry(entries: Sequence[Worked], rounding: TimeRounding) -> tuple[int, ...]:
    """Return the billable minutes of each entry; the last of a group takes what rounding adds.

    Minutes that rounding takes away go off the last entry too, and off the one before it once
    that one is used up. Entries that are billed keep theirs: the others take what the group as a
    whole still owes, and nothing where it owes less than was billed.
    """
    groups: dict[object, list[int]] = {}
    for place, entry in enumerate(entries):
        groups.setdefault(_group_of(place, entry, rounding.scope), []).append(place)
    minutes = [entry.minutes for entry in entries]
    for places in groups.values():
        owed = billable_minutes(sum(minutes[place] for place in places), rounding)
        for place in places:
            if (billed := entries[place].billed) is not None:
                minutes[place] = billed
                owed -= billed
        free = [place for place in places if entries[place].billed is None]
        worked = sum(minutes[place] for place in free)
        if free:
            _share_out(minutes, free, (max(owed, 0) if worked >= 0 else owed) - worked)
    return tuple(minutes)


def time_amount(minutes: int, rate: Decimal, currency: str) -> Decimal:
    """Return what so many minutes cost at the rate of an hour, rounded once."""
    return round_amount(minutes * rate / _HOUR, currency)


def hours(minutes: int) -> Decimal:
    """Return minutes as hours with six decimals, for documents.

    At a rate in whole units they give the exact amount; `shown_quantity` sees to other rates.
    """
    return (Decimal(minutes) / _HOUR).quantize(_HOURS, ROUND_HALF_UP)


def hours_text(minutes: int) -> str:
    """Write minutes as h:mm, for example 1:05 or -0:30."""
    whole, rest = divmod(abs(minutes), _HOUR)
    return f"{'-' if minutes < 0 else ''}{whole}:{rest:02d}"


def minutes_of(hours_worked: Decimal) -> int:
    """Return hours as minutes, to the nearest minute (1.5 hours are 90 minutes)."""
    return int((hours_worked * _HOUR).quantize(Decimal(1), ROUND_HALF_UP))


def shown_quantity(
    quantity: Decimal, price: Decimal, amount: Decimal, decimals: int, currency: str
) -> PricedQuantity:
    """Return quantity and price whose product is the amount, as a checking destination wants it.

    The quantity is rounded to `decimals`; where that no longer gives the amount, it becomes 1 and
    the price becomes the amount.
    """
    rounded = quantity.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if round_amount(rounded * price, currency) == amount:
        return PricedQuantity(rounded, price)
    return PricedQuantity(Decimal(1), amount)


def _group_of(place: int, entry: Worked, scope: RoundingScope) -> object:
    if scope is RoundingScope.DAY:
        return entry.day
    if scope is RoundingScope.TICKET and entry.ticket is not None:
        return entry.ticket
    return place


def _share_out(minutes: list[int], places: Sequence[int], change: int) -> None:
    """Add to the last entry, or take from the end on, without turning the sign of an entry."""
    worked = sum(minutes[place] for place in places)
    if (change >= 0) == (worked >= 0):
        minutes[places[-1]] += change
        return
    sign = 1 if worked > 0 else -1
    for place in reversed(places):
        taken = min(max(minutes[place] * sign, 0), abs(change))
        minutes[place] -= taken * sign
        change += taken * sign
