"""The statement of a block, period by period: opening, used, carried, lost, overage.

An entry belongs to the period of its work day. An unused balance joins the next opening with
roll-over, without a cap; without it, and at the end of the contract, it is lost and shown as such.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bordereau.charges.rules.blocks import Block, cut_block
from bordereau.charges.rules.drawing import Alert, Draw, Work, draw
from bordereau.values.periods import Period, Proration


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One period of a block; all quantities are in the unit of the block.

    `opening + added = used - overage + carried + lost` always holds.

    Attributes:
        period: the days it covers.
        opening: carried in from the period before.
        added: the allowance of the block and of those that were bought when it was exhausted.
        used: all work of the period, within the balance and beyond it.
        overage: the part of it that the balance did not cover.
        carried: what joins the next opening.
        lost: what was left and does not.
        renewals: how many further blocks were bought.
        fee: the price of the block.
        renewal_fee: the price of the further blocks.
        overage_amount: what the overage costs, the sum of its rounded lines.
        draws: every entry with its part within and beyond the balance.
        alerts: the shares of the balance that were reached.

    """

    period: Period
    opening: Decimal
    added: Decimal
    used: Decimal
    overage: Decimal
    carried: Decimal
    lost: Decimal
    renewals: int
    fee: Decimal
    renewal_fee: Decimal
    overage_amount: Decimal
    draws: tuple[Draw, ...]
    alerts: tuple[Alert, ...]

    @property
    def charged(self) -> Decimal:
        """All that the period costs."""
        return self.fee + self.renewal_fee + self.overage_amount


def statement(
    block: Block,
    period: Period,
    works: Iterable[Work],
    *,
    opening: Decimal = Decimal(0),
    last: bool = False,
    proration: Proration = Proration.NONE,
) -> Statement:
    """Settle one period of a block.

    Args:
        block: the terms.
        period: the period; entries of other days are left out.
        works: time entries drawn from the block.
        opening: what the period before carried on.
        last: whether the contract ends with this period, so that nothing is carried on.
        proration: what a period cut short adds and costs.

    """
    first = cut_block(block, period, proration)
    drawing = draw(
        block, opening + first.allowance, tuple(work for work in works if work.day in period)
    )
    kept = block.rollover and not last
    return Statement(
        period=period,
        opening=opening,
        added=first.allowance + drawing.renewals * block.allowance,
        used=sum((one.within + one.beyond for one in drawing.draws), Decimal(0)),
        overage=sum((one.beyond for one in drawing.draws), Decimal(0)),
        carried=drawing.left if kept else Decimal(0),
        lost=Decimal(0) if kept else drawing.left,
        renewals=drawing.renewals,
        fee=first.price,
        renewal_fee=drawing.renewals * block.price,
        overage_amount=sum((one.amount for one in drawing.draws), Decimal(0)),
        draws=drawing.draws,
        alerts=drawing.alerts,
    )


def statements(
    block: Block,
    over: Sequence[Period],
    works: Iterable[Work],
    *,
    contract_end: date,
    opening: Decimal = Decimal(0),
    proration: Proration = Proration.NONE,
) -> tuple[Statement, ...]:
    """Settle periods that follow each other, each opening with what the one before carried on.

    Args:
        block: the terms.
        over: the periods, in order and without gaps.
        works: time entries of any day.
        contract_end: the last day of the contract.
        opening: what was carried into the first of the periods.
        proration: what a period cut short adds and costs.

    """
    by_day: dict[date, list[Work]] = {}
    for work in works:
        by_day.setdefault(work.day, []).append(work)
    days = sorted(by_day)
    settled: list[Statement] = []
    for period in over:
        within = days[bisect_left(days, period.start) : bisect_left(days, period.end)]
        one = statement(
            block,
            period,
            [work for day in within for work in by_day[day]],
            opening=opening,
            last=period.end > contract_end,
            proration=proration,
        )
        settled.append(one)
        opening = one.carried
    return tuple(settled)
