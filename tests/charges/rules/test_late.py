"""Work that comes in after its period was settled."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from bordereau.charges.rules.block_statements import statements
from bordereau.charges.rules.blocks import OnExhausted, block_of_hours
from bordereau.charges.rules.drawing import Work
from bordereau.charges.rules.late import LatePolicy, billing_day, is_late, restate
from bordereau.values.periods import BillingPeriod, periods

MakeWork = Callable[..., Work]
START, END = date(2026, 1, 1), date(2026, 12, 31)
MONTHS = periods(START, END, BillingPeriod.MONTHLY, END)
BLOCK = block_of_hours(Decimal(10), Decimal(100), Decimal(130), "EUR", rollover=True)


def exactly(*amounts: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(amount) for amount in amounts)


def test_work_is_late_when_its_period_was_settled() -> None:
    settled_until = date(2026, 3, 1)
    assert is_late(date(2026, 2, 28), settled_until)
    assert not is_late(date(2026, 3, 1), settled_until)
    assert not is_late(date(2026, 2, 28), None)


def test_the_policy_decides_the_period_that_late_work_is_drawn_from() -> None:
    day, settled_until = date(2026, 1, 20), date(2026, 3, 1)
    assert billing_day(day, LatePolicy.BILL_NEXT, settled_until) == settled_until
    assert billing_day(day, LatePolicy.ADJUST, settled_until) == day
    assert billing_day(day, LatePolicy.WRITE_OFF, settled_until) is None
    for policy in LatePolicy:
        assert billing_day(date(2026, 3, 5), policy, settled_until) == date(2026, 3, 5)


def test_late_hours_take_from_the_carry_and_cause_overage_later(work: MakeWork) -> None:
    settled = statements(
        BLOCK, MONTHS[:2], [work("6", (1, 10), key=1), work("14", (2, 10), key=2)], contract_end=END
    )
    assert settled[1].overage_amount == 0
    found = restate(BLOCK, settled, [work("3", (1, 20), key=3)], contract_end=END)
    january, february = found.changes
    assert (january.old.carried / 60, january.new.carried / 60) == exactly(4, 1)
    assert (february.new.opening / 60, february.new.overage / 60) == exactly(1, 3)
    assert [change.difference for change in found.changes] == [0, Decimal("390.00")]
    assert found.difference == Decimal("390.00")
    assert found.opening == 0


def test_a_correction_makes_the_difference_negative(work: MakeWork) -> None:
    settled = statements(BLOCK, MONTHS[:1], [work("12", (1, 10), key=1)], contract_end=END)
    found = restate(BLOCK, settled, [work("-3", (1, 10), key=2)], contract_end=END)
    assert found.difference == Decimal("-260.00")
    assert found.opening / 60 == 1


def test_only_periods_from_the_late_entry_on_are_restated(work: MakeWork) -> None:
    settled = statements(BLOCK, MONTHS[:3], [work("25", (1, 10), key=1)], contract_end=END)
    found = restate(BLOCK, settled, [work("1", (3, 10), key=2)], contract_end=END)
    assert [change.old.period for change in found.changes] == [MONTHS[2]]
    assert found.difference == 0
    assert found.opening / 60 == 19


def test_a_renewing_block_restates_the_blocks_that_were_bought(work: MakeWork) -> None:
    block = block_of_hours(
        Decimal(10), Decimal(100), None, "EUR", rollover=True, on_exhausted=OnExhausted.RENEW
    )
    settled = statements(block, MONTHS[:1], [work("9", (1, 10), key=1)], contract_end=END)
    found = restate(block, settled, [work("2", (1, 12), key=2)], contract_end=END)
    assert (found.difference, found.opening / 60) == exactly(1000, 9)


def test_work_outside_the_settled_periods_changes_nothing(work: MakeWork) -> None:
    settled = statements(BLOCK, MONTHS[:1], [work("9", (1, 10), key=1)], contract_end=END)
    found = restate(BLOCK, settled, [work("5", (2, 1), key=2)], contract_end=END)
    assert found.changes == ()
    assert (found.difference, found.opening / 60) == exactly(0, 1)
    assert restate(BLOCK, [], [], contract_end=END).opening == 0


def test_the_settled_statements_themselves_stay_as_they_are(work: MakeWork) -> None:
    settled = statements(BLOCK, MONTHS[:1], [work("9", (1, 10), key=1)], contract_end=END)
    before = settled[0].carried
    found = restate(BLOCK, settled, [work("5", (1, 11), key=2)], contract_end=END)
    assert found.changes[0].old is settled[0]
    assert settled[0].carried == before
