"""Hourly work: the minutes of each entry at the rate that was chosen for it.

Atera article 221110468; an entry chooses its contract and one of the rates (220944808).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bordereau.errors import Invalid
from bordereau.values.quantity import time_amount


@dataclass(frozen=True, slots=True)
class TimedWork:
    """Billable minutes and the rate of an hour."""

    minutes: int
    rate: Decimal


def hourly_total(entries: Iterable[TimedWork], currency: str) -> Decimal:
    """Return what the entries cost: the sum of the rounded lines is the total."""
    lines = (time_amount(entry.minutes, entry.rate, currency) for entry in entries)
    return sum(lines, Decimal(0))


def rate_named(primary: Decimal, additional: Mapping[str, Decimal], name: str | None) -> Decimal:
    """Return the additional rate of this name, or the primary rate if none is named.

    Raises:
        Invalid: RATE_UNKNOWN, the contract has no such rate.

    """
    if name is None:
        return primary
    if name not in additional:
        raise Invalid(
            "RATE_UNKNOWN",
            f"The contract has no rate {name!r}.",
            where="rate",
            hint="Choose one of its rates: " + (", ".join(sorted(additional)) or "primary only"),
        )
    return additional[name]
