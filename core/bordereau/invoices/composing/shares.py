"""Sharing an amount out over parts, so that the shares always sum to it."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from bordereau.values.money import round_amount, smallest_amount


def shared_out(parts: Sequence[Decimal], total: Decimal, currency: str) -> list[Decimal]:
    """Return shares of `total` in the proportion of the parts (method of the largest remainder).

    What rounding down leaves goes, one smallest amount each, to the parts that lost the most; so a
    share of a smaller total is never more than its part. Parts that sum to nothing share nothing:
    the first one takes all.
    """
    whole = sum(parts, Decimal(0))
    if not parts:
        return []
    if not whole:
        return [total, *(round_amount(Decimal(0), currency) for _ in parts[1:])]
    unit = smallest_amount(currency)
    exact = [part * total / whole for part in parts]
    shares = [one.quantize(unit, ROUND_DOWN) for one in exact]
    rest = total - sum(shares, Decimal(0))
    step = unit.copy_sign(rest)
    lost = [(one - share) / step for one, share in zip(exact, shares, strict=True)]
    places = sorted(range(len(parts)), key=lambda place: (-lost[place], place))
    for place in places[: int(rest / step)]:
        shares[place] += step
    return shares
