"""Revenue distribution: the revenue of a line over a range of periods (B64).

Equal parts, rounded down to a chosen unit; the last part takes the rest. Parts may be edited; their
sum is always the net amount.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal

from bordereau.errors import Invalid
from bordereau.values.periods import add_months


@dataclass(frozen=True, slots=True)
class Part:
    """The revenue of one period, named by its first day."""

    period: date
    amount: Decimal


def distribute(net: Decimal, parts: int, unit: Decimal) -> tuple[Decimal, ...]:
    """Split an amount in equal parts, rounded towards zero; the rest joins the last.

    Args:
        net: the amount, of any sign.
        parts: how many, 1 or more.
        unit: what the parts are rounded to, such as 0.01, or 1 for whole euros.

    Raises:
        Invalid: NO_PERIODS, or ROUNDING_UNIT for a unit that is not above 0.

    """
    if parts < 1:
        raise Invalid("NO_PERIODS", "Revenue needs at least one period.", where="periods")
    if unit <= 0:
        raise Invalid("ROUNDING_UNIT", "The rounding unit is above 0.", where="unit")
    part = (net / parts / unit).quantize(Decimal(1), ROUND_DOWN) * unit
    return (*[part] * (parts - 1), net - part * (parts - 1))


def distribution(net: Decimal, first: date, months: int, unit: Decimal) -> tuple[Part, ...]:
    """Split an amount over months, the first of which starts on `first`.

    Raises:
        Invalid: as `distribute`.

    """
    amounts = distribute(net, months, unit)
    return tuple(Part(add_months(first, place), amount) for place, amount in enumerate(amounts))


def edited(parts: Sequence[Part], changes: Mapping[date, Decimal]) -> tuple[Part, ...]:
    """Return the parts with some amounts replaced, keyed by the first day of their period.

    Raises:
        Invalid: UNKNOWN_PERIOD, or DISTRIBUTION_SUM as `check_sum`.

    """
    if unknown := set(changes) - {part.period for part in parts}:
        message = f"The distribution has no period that starts on {min(unknown)}."
        raise Invalid("UNKNOWN_PERIOD", message, where="period")
    changed = tuple(replace(part, amount=changes.get(part.period, part.amount)) for part in parts)
    check_sum(sum((part.amount for part in parts), Decimal(0)), changed)
    return changed


def check_sum(net: Decimal, parts: Sequence[Part]) -> None:
    """Refuse parts that do not sum to the net amount.

    Raises:
        Invalid: DISTRIBUTION_SUM, with the difference.

    """
    difference = net - sum((part.amount for part in parts), Decimal(0))
    if difference:
        raise Invalid(
            "DISTRIBUTION_SUM",
            f"The parts differ from the net amount {net} by {difference}.",
            where="amount",
            hint="Change the amounts until they sum to the net amount.",
        )
