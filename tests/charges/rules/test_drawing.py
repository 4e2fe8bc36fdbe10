"""Work is drawn from blocks: split at the end of the balance, beyond it, with alerts."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from tests.charges.rules.blocks import exactly, ten_hours

from bordereau.charges.rules.block_statements import statement
from bordereau.charges.rules.blocks import block_of_money
from bordereau.charges.rules.drawing import Work, draw
from bordereau.values.periods import BillingPeriod, periods

MakeWork = Callable[..., Work]
START, END = date(2026, 1, 1), date(2026, 12, 31)
MONTHS = periods(START, END, BillingPeriod.MONTHLY, END)
HOUR = Decimal(60)


def test_the_entry_that_crosses_the_end_of_the_balance_is_split_by_work_time(
    work: MakeWork,
) -> None:
    late, early = work("3", (1, 20), key=1), work("8", (1, 10), key=2)
    drawing = draw(ten_hours(), Decimal(600), (late, early))
    assert [(one.work, one.minutes_within, one.minutes_beyond) for one in drawing.draws] == [
        (early, 480, 0),
        (late, 120, 60),
    ]
    assert [one.amount for one in drawing.draws] == [Decimal(0), Decimal("130.00")]


def test_entries_of_one_moment_are_drawn_in_order_of_their_ids(work: MakeWork) -> None:
    second, first = work("8", (1, 10), key=2), work("8", (1, 10), key=1)
    drawing = draw(ten_hours(), Decimal(600), (second, first))
    assert [one.work for one in drawing.draws] == [first, second]


def test_a_block_of_money_is_drawn_by_the_value_of_the_hours(work: MakeWork) -> None:
    block = block_of_money(Decimal(5000), "EUR", rollover=True)
    found = statement(block, MONTHS[0], [work("20", (1, 5), rate="150")])
    assert (found.fee, found.overage_amount, found.carried) == (
        Decimal(5000),
        Decimal(0),
        Decimal(2000),
    )


def test_money_beyond_the_balance_is_charged_as_it_is(work: MakeWork) -> None:
    block = block_of_money(Decimal(1000), "EUR")
    found = statement(block, MONTHS[0], [work("15", (1, 5), rate="100")])
    assert (found.used, found.overage, found.overage_amount) == (
        Decimal(1500),
        Decimal(500),
        Decimal(500),
    )
    (one,) = found.draws
    assert (one.minutes_within, one.minutes_beyond) == (600, 300)


def test_hours_beyond_a_balance_of_money_take_the_overage_rate_if_there_is_one(
    work: MakeWork,
) -> None:
    block = block_of_money(Decimal(1000), "EUR", overage_rate=Decimal(130))
    found = statement(block, MONTHS[0], [work("15", (1, 5), rate="100")])
    assert found.overage_amount == Decimal("650.00")


@pytest.mark.parametrize(
    ("used", "renewals", "left"), [("25", 2, 5), ("10", 0, 0), ("10.5", 1, Decimal("9.5"))]
)
def test_a_block_that_renews_never_charges_overage(
    work: MakeWork, used: str, renewals: int, left: Decimal
) -> None:
    found = statement(ten_hours(rollover=True, renew=True), MONTHS[0], [work(used, (1, 5))])
    assert (found.renewals, found.carried / HOUR) == (renewals, left)
    assert (found.overage, found.overage_amount) == exactly(0, 0)
    assert found.renewal_fee == renewals * Decimal(1000)
    assert found.charged == (1 + renewals) * Decimal(1000)


def test_alerts_come_at_80_and_95_percent_of_block_and_carry_once_each(work: MakeWork) -> None:
    block = ten_hours(rollover=True)
    works = [
        work("15.9", (1, 3), key=1),
        work("0.1", (1, 4), key=2),
        work("3", (1, 5), key=3),
        work("9", (1, 6), key=4),
    ]
    found = statement(block, MONTHS[0], works, opening=Decimal(600))
    assert [(one.percent, one.reached_at.day) for one in found.alerts] == [(80, 4), (95, 5)]
    one_go = statement(block, MONTHS[0], [work("20", (1, 7))], opening=Decimal(600))
    assert [(one.percent, one.reached_at.day) for one in one_go.alerts] == [(80, 7), (95, 7)]
    assert statement(block, MONTHS[0], [work("7.9", (1, 7))]).alerts == ()


def test_a_correction_gives_hours_back_before_anything_is_drawn(work: MakeWork) -> None:
    works = [work("12", (1, 5), key=1), work("-2", (1, 20), key=2)]
    found = statement(ten_hours(rollover=True), MONTHS[0], works)
    assert (found.used / HOUR, found.overage, found.carried) == exactly(10, 0, 0)


def test_work_of_other_days_is_left_out(work: MakeWork) -> None:
    assert statement(ten_hours(), MONTHS[0], [work("5", (2, 1))]).used == 0
