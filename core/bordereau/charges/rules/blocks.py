"""Blocks of hours or money: what is bought, for what price, and what work beyond it costs.

Atera articles 221144967 (hours) and 222522447 (money). A block of hours counts minutes, a block of
money counts money; both are Decimals of the unit of the block.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from bordereau.values.money import round_amount
from bordereau.values.periods import Period, Proration
from bordereau.values.quantity import minutes_of


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


@dataclass(frozen=True, slots=True)
class Bought:
    """What a block adds to the balance of one period, in its unit, and what it costs there."""

    allowance: Decimal
    price: Decimal


def cut_block(block: Block, period: Period, proration: Proration) -> Bought:
    """Return what a period gets of a block: with daily proration less of both if it was cut short.

    A small block may add nothing to a short period, also where it renews: that buys whole blocks.
    """
    whole = period.whole.days
    if proration is Proration.NONE or period.days == whole:
        return Bought(block.allowance, block.price)
    price = round_amount(block.price * period.days / whole, block.currency)
    if block.unit is BlockUnit.MONEY:
        allowance = round_amount(block.allowance * period.days / whole, block.currency)
    else:
        allowance = (block.allowance * period.days / whole).quantize(Decimal(1), ROUND_HALF_UP)
    return Bought(allowance, price)
