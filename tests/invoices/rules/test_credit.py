"""Credits of items, and what they make billable again."""

from collections.abc import Sequence
from dataclasses import replace
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
    credit_all,
    credit_lines,
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


def refused(billed: Sequence[Credited], *picks: Pick, reopen: bool = False) -> str:
    """Return the code that refuses these picks, or a credit of everything."""
    try:
        made = credit_lines(billed, picks) if picks else credit_all(billed, reopen=reopen)
    except Refused as refusal:
        return refusal.code
    return f"not refused: {made}"


def test_nothing_is_credited_twice() -> None:
    gone = [Credited(ONE, CHARGE, Decimal(100), Decimal(100))]
    assert refused(gone, Pick(ONE)) == refused(gone) == "ALREADY_CREDITED"
    assert refused(gone, Pick(ONE, reopen=True)) == "ALREADY_CREDITED"


def test_what_was_billed_at_nil_is_credited_only_to_be_reopened_and_only_once() -> None:
    nil = Credited(ONE, CHARGE, Decimal(0))
    assert credit_lines([nil], [Pick(ONE, reopen=True)]) == (CreditLine(ONE, Decimal(0), CHARGE),)
    assert credit_all([nil, *BILLED[1:]], reopen=True)[0].reopens == CHARGE
    assert [one.allocation_id for one in credit_all([nil, *BILLED[1:]])] == [TWO, THREE]
    gone = [replace(nil, live=False)]
    codes = {
        refused([nil], Pick(ONE)),
        refused([nil]),
        refused(gone, Pick(ONE, reopen=True)),
        refused(gone, reopen=True),
        refused([Credited(ONE, None, Decimal(0))], reopen=True),
    }
    assert codes == {"ALREADY_CREDITED"}


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
