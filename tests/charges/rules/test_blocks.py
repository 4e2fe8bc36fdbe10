"""Blocks of hours and of money: bought, carried on, cut short, accounted for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.charges.rules.blocks import exactly, ten_hours

from bordereau.charges.rules.block_statements import Statement, statement, statements
from bordereau.charges.rules.blocks import (
    Block,
    BlockUnit,
    OnExhausted,
    block_of_hours,
    block_of_money,
)
from bordereau.charges.rules.drawing import Work
from bordereau.values.periods import BillingPeriod, Period, Proration, periods

MakeWork = Callable[..., Work]
START, END = date(2026, 1, 1), date(2026, 12, 31)
MONTHS = periods(START, END, BillingPeriod.MONTHLY, END)
HOUR = Decimal(60)


@pytest.mark.parametrize(
    ("rollover", "carried", "overage"),
    [
        (True, [Decimal(4), Decimal(0)], ["0", "130"]),
        (False, [Decimal(0), Decimal(0)], ["0", "650"]),
    ],
)
def test_unused_hours_join_the_next_opening_or_are_lost(
    *,
    work: MakeWork,
    rollover: bool,
    carried: list[Decimal],
    overage: list[str],
) -> None:
    works = [work("6", (1, 10)), work("15", (2, 10))]
    found = statements(ten_hours(rollover=rollover), MONTHS[:2], works, contract_end=END)
    assert [one.fee for one in found] == [Decimal("1000.00")] * 2
    assert [one.carried / HOUR for one in found] == carried
    assert [one.overage_amount for one in found] == [Decimal(amount) for amount in overage]
    assert found[0].lost / HOUR == (Decimal(0) if rollover else Decimal(4))
    assert found[1].opening == found[0].carried


def test_what_is_left_at_the_end_of_the_contract_is_lost_and_reported(work: MakeWork) -> None:
    found = statements(
        ten_hours(rollover=True), MONTHS[-2:], [work("4", (12, 5))], contract_end=END
    )
    assert [(one.carried / HOUR, one.lost / HOUR) for one in found] == [
        exactly(10, 0),
        exactly(0, 16),
    ]


def test_roll_over_has_no_cap() -> None:
    found = statements(ten_hours(rollover=True), MONTHS[:11], [], contract_end=END)
    assert found[-1].carried / HOUR == 110


def test_a_block_cut_short_is_smaller_and_cheaper_only_with_proration() -> None:
    cut = Period(date(2026, 6, 1), date(2026, 6, 16), date(2026, 7, 1))
    whole = statement(ten_hours(), cut, [])
    daily = statement(ten_hours(), cut, [], proration=Proration.DAILY)
    assert (whole.added / HOUR, whole.fee) == exactly(10, 1000)
    assert (daily.added / HOUR, daily.fee) == exactly(5, 500)
    money = statement(block_of_money(Decimal(1000), "EUR"), cut, [], proration=Proration.DAILY)
    assert (money.added, money.fee) == (Decimal(500), Decimal(500))


def test_a_block_that_cannot_work_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be renewed"):
        replace(ten_hours(renew=True), allowance=Decimal(0))
    with pytest.raises(ValueError, match="overage rate"):
        block_of_hours(Decimal(10), Decimal(100), None, "EUR")


works_of_a_year = st.lists(
    st.builds(
        lambda key, day, minutes, rate: Work(
            UUID(int=key),
            datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day),
            START + timedelta(days=day),
            minutes,
            Decimal(rate),
        ),
        st.integers(0, 10**6),
        st.integers(0, 364),
        st.integers(1, 900),
        st.integers(1, 200),
    ),
    max_size=40,
    unique_by=lambda one: one.id,
)
blocks = st.builds(
    Block,
    unit=st.sampled_from(BlockUnit),
    allowance=st.integers(1, 3000).map(Decimal),
    price=st.just(Decimal(500)),
    currency=st.just("EUR"),
    overage_rate=st.just(Decimal(130)),
    rollover=st.booleans(),
    on_exhausted=st.sampled_from(OnExhausted),
)


def balances(one: Statement) -> tuple[Decimal, Decimal]:
    return one.opening + one.added, one.used - one.overage + one.carried + one.lost


@given(blocks, works_of_a_year)
def test_a_statement_accounts_for_every_unit(block: Block, works: list[Work]) -> None:
    found = statements(block, MONTHS, works, contract_end=END)
    for one, following in pairwise(found):
        assert following.opening == one.carried
    for one in found:
        came_in, went_out = balances(one)
        assert came_in == went_out
        assert min(one.carried, one.lost, one.overage, one.used - one.overage) >= 0
    drawn = [draw for one in found for draw in one.draws]
    assert sorted(one.work.id for one in drawn) == sorted(work.id for work in works)
    assert all(
        one.minutes_within + one.minutes_beyond == one.work.minutes and one.minutes_within >= 0
        for one in drawn
    )


@given(works=works_of_a_year, rollover=st.booleans())
def test_minutes_beyond_a_block_of_hours_follow_the_short_formula(
    *,
    works: list[Work],
    rollover: bool,
) -> None:
    carry = Decimal(0)
    found = statements(ten_hours(rollover=rollover), MONTHS, works, contract_end=END)
    for one in found[:-1]:
        used = sum(work.minutes for work in works if work.day in one.period)
        assert one.overage == max(Decimal(0), used - 600 - carry)
        carry = max(Decimal(0), 600 + carry - used) if rollover else Decimal(0)
        assert one.carried == carry


def test_a_small_block_that_renews_may_add_nothing_to_a_short_period(work: MakeWork) -> None:
    block = block_of_hours(
        Decimal("0.1"), Decimal(100), None, "EUR", on_exhausted=OnExhausted.RENEW
    )
    [day] = periods(START, START, BillingPeriod.MONTHLY, START)
    found = statement(block, day, [work("0.2", (1, 1))], proration=Proration.DAILY)
    assert (found.added, found.renewals) == (Decimal(12), 2)
    assert found.fee == Decimal("0.32")
