"""Credits of items, and what they make billable again."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.errors import Refused
from bordereau.invoices.rules.credit import (
    Credited,
    CreditLine,
    Pick,
    billable_again,
    credit_all,
    credit_lines,
    price_to_zero,
)

ONE, TWO, THREE = (UUID(int=key) for key in (1, 2, 3))
CHARGE = UUID(int=9)
BILLED = [
    Credited(ONE, CHARGE, Decimal(100)),
    Credited(TWO, None, Decimal(-20)),
    Credited(THREE, UUID(int=8), Decimal(50), Decimal(30)),
]


def test_a_credit_settles_money_and_reopens_nothing_unless_asked() -> None:
    assert credit_lines(BILLED, [Pick(ONE)]) == (CreditLine(ONE, Decimal(100), None),)
    assert credit_lines(BILLED, [Pick(ONE, reopen=True)]) == (
        CreditLine(ONE, Decimal(100), CHARGE),
    )


def test_a_part_and_a_discount_can_be_credited() -> None:
    found = credit_lines(BILLED, [Pick(TWO, Decimal(-5)), Pick(ONE, Decimal("0.01"))])
    assert [(one.allocation_id, one.amount) for one in found] == [
        (TWO, Decimal(-5)),
        (ONE, Decimal("0.01")),
    ]


def test_crediting_all_takes_what_earlier_credits_left() -> None:
    found = credit_all(BILLED, reopen=True)
    assert [one.amount for one in found] == [100, -20, 20]
    assert [one.reopens for one in found] == [CHARGE, None, UUID(int=8)]


@pytest.mark.parametrize(
    ("picks", "code"),
    [
        ([Pick(ONE, Decimal("100.01"))], "CREDIT_TOO_LARGE"),
        ([Pick(ONE, Decimal(0))], "CREDIT_TOO_LARGE"),
        ([Pick(ONE, Decimal(-1))], "CREDIT_TOO_LARGE"),
        ([Pick(TWO, Decimal(5))], "CREDIT_TOO_LARGE"),
        ([Pick(THREE, Decimal(21))], "CREDIT_TOO_LARGE"),
        ([Pick(ONE), Pick(ONE, Decimal(1))], "PICKED_TWICE"),
        ([Pick(UUID(int=77))], "UNKNOWN_ALLOCATION"),
        ([Pick(ONE, Decimal(50), reopen=True)], "REOPEN_NEEDS_WHOLE"),
    ],
)
def test_a_credit_beyond_what_is_left_is_refused(picks: list[Pick], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        credit_lines(BILLED, picks)
    assert refusal.value.code == code


def test_nothing_is_credited_twice() -> None:
    gone = [Credited(ONE, CHARGE, Decimal(100), Decimal(100))]
    for attempt in (
        lambda: credit_lines(gone, [Pick(ONE)]),
        lambda: credit_all(gone),
        lambda: price_to_zero(gone[0]),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "ALREADY_CREDITED"


def test_price_zero_after_the_number_credits_the_line_and_leaves_its_charge_billed() -> None:
    assert price_to_zero(BILLED[0]) == CreditLine(ONE, Decimal(100), None)


amounts = st.decimals(-1000, 1000, places=2).filter(bool)


@given(st.lists(amounts, min_size=1, max_size=6), st.data())
def test_credits_in_any_parts_end_at_the_amount_billed(
    nets: list[Decimal], data: st.DataObject
) -> None:
    billed = [Credited(UUID(int=key), None, net) for key, net in enumerate(nets)]
    part = [
        Pick(
            one.allocation_id, one.amount * data.draw(st.sampled_from([Decimal("0.5"), Decimal(1)]))
        )
        for one in billed
    ]
    first = credit_lines(billed, part)
    after = [
        Credited(one.allocation_id, None, one.amount, line.amount)
        for one, line in zip(billed, first, strict=True)
    ]
    rest = [one for one in after if one.left]
    second = credit_all(rest) if rest else ()
    assert sum(line.amount for line in (*first, *second)) == sum(nets)


def test_only_reopened_charges_are_billed_again() -> None:
    billed, reopened, new = {"june4.5", "july3.5"}, {"july3.5"}, {"july1"}
    assert billable_again(billed, reopened, new) == {"july1", "july3.5"}
    assert billable_again(billed, set(), billed) == frozenset()


keys = st.sets(st.integers(0, 20))


@given(keys, keys, keys)
def test_a_charge_that_is_still_billed_is_never_billed_again(
    billed: set[int], reopened: set[int], new: set[int]
) -> None:
    again = billable_again(billed, reopened, new)
    assert again.isdisjoint(billed - reopened)
    assert reopened <= again
