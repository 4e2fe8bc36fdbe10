"""How much a correction gives back or charges: pure functions over amounts of one currency."""

from decimal import Decimal

from bordereau.values.money import round_amount


def difference(old: Decimal, new: Decimal, charged: Decimal, currency: str) -> Decimal:
    """Return what a change makes of a period that was charged at other prices perhaps.

    The change counts at the prices that were charged. The period then costs nothing at the least,
    and at the most what was charged or what it costs now.

    Args:
        old: what the period cost before the change, at today's terms.
        new: what it costs after the change.
        charged: what was charged so far, corrections included.
        currency: of all these.

    """
    change = new - old
    if old and charged != old:
        change = round_amount(change * charged / old, currency)
    least, most = min(Decimal(0), charged, new), max(Decimal(0), charged, new)
    return min(max(charged + change, least), most) - charged


def undone(due: Decimal, written_off: Decimal) -> Decimal:
    """Return how much of what is due only undoes what was written off, so that nobody pays it."""
    if due * written_off >= 0:
        return Decimal(0)
    return max(due, -written_off) if due < 0 else min(due, -written_off)
