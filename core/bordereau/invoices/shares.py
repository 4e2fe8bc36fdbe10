"""Sharing an amount out over parts, so that the shares always sum to it."""

from collections.abc import Sequence
from decimal import Decimal

from bordereau.values.money import round_amount


def shared_out(parts: Sequence[Decimal], total: Decimal, currency: str) -> list[Decimal]:
    """Return shares of `total` in the proportion of the parts; the largest takes the rest.

    Parts that sum to nothing share nothing: the first one takes all.
    """
    whole = sum(parts, Decimal(0))
    if not parts:
        return []
    if not whole:
        return [total, *(round_amount(Decimal(0), currency) for _ in parts[1:])]
    shares = [round_amount(part * total / whole, currency) for part in parts]
    largest = max(range(len(parts)), key=lambda place: abs(parts[place]))
    shares[largest] += total - sum(shares, Decimal(0))
    return shares
