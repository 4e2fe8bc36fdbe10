"""Remote monitoring: a rate per device of one category (Atera article 221145327)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bordereau.values.money import round_amount
from bordereau.values.periods import Period


class DeviceKind(StrEnum):
    """What a device is; all but `OTHER` run an agent."""

    PC = "PC"
    MAC = "Mac"
    SERVER = "Server"
    OTHER = "Other devices"


class CountBy(StrEnum):
    """The one category of devices that a contract counts."""

    PC = "PC"
    MAC = "Mac"
    SERVER = "Server"
    OTHER = "Other devices"
    AGENTS_ONLY = "Agents only"
    ALL = "All"

    def counts(self, kind: DeviceKind) -> bool:
        """Say whether a device of this kind belongs to the category."""
        if self is CountBy.AGENTS_ONLY:
            return kind is not DeviceKind.OTHER
        return self is CountBy.ALL or self.value == kind.value


class DeviceCount(StrEnum):
    """How a device counts that came or went during a period.

    * next_period: only devices present on the first day count
    * same_period: every device present on any day counts in full
    * daily: each device counts by its days
    """

    NEXT_PERIOD = "next_period"
    SAME_PERIOD = "same_period"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Device:
    """A device under contract from the day it was added up to the day it was removed."""

    kind: DeviceKind
    added: date
    removed: date | None = None

    def days_in(self, period: Period) -> int:
        """Return on how many days of the period the device was there."""
        until = period.end if self.removed is None else min(self.removed, period.end)
        return max(0, (until - max(self.added, period.start)).days)


@dataclass(frozen=True, slots=True)
class DeviceCharge:
    """How many devices counted, and what they cost."""

    count: int
    amount: Decimal


def device_charge(
    devices: Iterable[Device],
    period: Period,
    rate: Decimal,
    count_by: CountBy,
    how: DeviceCount,
    currency: str,
) -> DeviceCharge:
    """Return the charge for the devices of one category in one period.

    With `daily` each device is rounded for itself, so that its line can be shown; a period cut
    short by the contract end is a share of the whole one.
    """
    there = [one for one in devices if count_by.counts(one.kind) and one.days_in(period)]
    if how is DeviceCount.DAILY:
        whole = period.whole.days
        lines = [round_amount(rate * one.days_in(period) / whole, currency) for one in there]
        return DeviceCharge(len(lines), sum(lines, Decimal(0)))
    if how is DeviceCount.NEXT_PERIOD:
        there = [one for one in there if one.added <= period.start]
    return DeviceCharge(len(there), round_amount(rate * len(there), currency))
