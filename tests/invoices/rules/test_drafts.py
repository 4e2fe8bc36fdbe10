"""Drafts: line methods, release, and what a draft may not hold."""

from decimal import Decimal
from itertools import product

import pytest

from bordereau.errors import Refused
from bordereau.invoices.rules.drafts import (
    DraftAction,
    DraftState,
    LineMethod,
    MethodLine,
    check_tax,
    invoice_draft,
    move,
)
from bordereau.values.tax import TaxCategory


def line(method: LineMethod, amount: int, key: str = "k") -> MethodLine:
    return MethodLine(key, method, Decimal(amount))


def test_the_method_of_a_line_decides_what_becomes_of_it() -> None:
    found = invoice_draft(
        [
            line(LineMethod.INVOICE, 10),
            line(LineMethod.WRITE_OFF, 3),
            line(LineMethod.DELAY, 4),
            line(LineMethod.INVOICE_ADVANCE, 100, "adv"),
        ]
    )
    assert [one.amount for one in found.invoiced] == [10, 100]
    assert found.left == (
        line(LineMethod.DELAY, 4),
        line(LineMethod.DELAY_ADVANCE, -100, "adv"),
    )
    assert [one.amount for one in found.written_off] == [3]
    assert found.reason == ""


@pytest.mark.parametrize("method", LineMethod)
def test_no_method_loses_an_amount(method: LineMethod) -> None:
    found = invoice_draft([line(method, 7)])
    total = sum(one.amount for one in (*found.invoiced, *found.left, *found.written_off))
    assert total == (0 if method is LineMethod.INVOICE_ADVANCE else 7)


def test_a_draft_that_is_written_off_whole_makes_no_invoice() -> None:
    assert invoice_draft([line(LineMethod.WRITE_OFF_ADVANCE, 5)]).reason == "WRITTEN_OFF"
    waiting = invoice_draft([line(LineMethod.WRITE_OFF, 5), line(LineMethod.DELAY, 1)])
    assert waiting.reason == "NOTHING_TO_INVOICE"


@pytest.mark.row("B14")
@pytest.mark.parametrize(
    "state", [DraftState.NEW, DraftState.CHANGED, DraftState.DELAYED, DraftState.DELETED]
)
def test_a_draft_is_invoiced_only_after_its_release(state: DraftState) -> None:
    with pytest.raises(Refused) as refusal:
        move(state, DraftAction.INVOICE)
    assert refusal.value.code == "DRAFT_NOT_RELEASED"
    assert move(DraftState.RELEASED, DraftAction.INVOICE) is DraftState.INVOICED


def test_lines_that_come_in_after_the_release_ask_for_another() -> None:
    changed = move(move(DraftState.NEW, DraftAction.RELEASE), DraftAction.CHANGE)
    assert changed is DraftState.CHANGED
    assert move(changed, DraftAction.RELEASE) is DraftState.RELEASED


def test_a_released_draft_cannot_be_postponed() -> None:
    assert move(DraftState.NEW, DraftAction.POSTPONE) is DraftState.DELAYED
    assert move(DraftState.DELAYED, DraftAction.RESUME) is DraftState.NEW
    with pytest.raises(Refused) as refusal:
        move(DraftState.RELEASED, DraftAction.POSTPONE)
    assert refusal.value.code == "DRAFT_TRANSITION_REFUSED"


@pytest.mark.parametrize(
    ("state", "action"), list(product([DraftState.INVOICED, DraftState.DELETED], DraftAction))
)
def test_nothing_moves_a_draft_that_is_done(state: DraftState, action: DraftAction) -> None:
    with pytest.raises(Refused):
        move(state, action)


def test_a_draft_holds_no_international_vat() -> None:
    check_tax(TaxCategory.STANDARD)
    for category in (TaxCategory.INTRA_COMMUNITY, TaxCategory.EXPORT):
        with pytest.raises(Refused) as abroad:
            check_tax(category)
        assert abroad.value.code == "DRAFT_TAX"
