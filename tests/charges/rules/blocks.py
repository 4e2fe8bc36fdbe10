"""What tests of blocks share: ten hours at 100."""

from decimal import Decimal

from bordereau.charges.rules.blocks import Block, OnExhausted, block_of_hours


def exactly(*amounts: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(amount) for amount in amounts)


def ten_hours(*, rollover: bool = False, renew: bool = False) -> Block:
    exhausted = OnExhausted.RENEW if renew else OnExhausted.OVERAGE
    return block_of_hours(
        Decimal(10), Decimal(100), Decimal(130), "EUR", rollover=rollover, on_exhausted=exhausted
    )
