"""What was billed at nil is credited only to be reopened."""

from decimal import Decimal

import pytest
from tests.fixtures.shop import Shop
from tests.invoices.credited import billed, credit, give_back, items, pick
from tests.invoices.typed import edit, kept

from bordereau.errors import Refused
from bordereau.invoices import Pick, issue


@pytest.mark.row("B61")
def test_what_was_billed_at_nil_is_billable_again_when_everything_is_reopened(shop: Shop) -> None:
    invoice, (paid, nil) = billed(shop, "100", "0")
    give_back(shop, invoice, reopen=True)
    assert [shop.state(one) for one in (paid, nil)] == ["closed", "closed"]


@pytest.mark.row("B61")
def test_an_item_billed_at_nil_can_be_reopened_alone_and_only_once(shop: Shop) -> None:
    invoice, (paid, nil) = billed(shop, "100", "0")
    again = pick(shop, nil, reopen=True)
    note = give_back(shop, invoice, picks=[again])
    assert (note.total, len(shop.lines(note))) == (Decimal(0), 1)
    assert [shop.state(one) for one in (paid, nil)] == ["billed", "closed"]
    with pytest.raises(Refused) as refusal:
        credit(shop, invoice, picks=[again])
    assert refusal.value.code == "ALREADY_CREDITED"
    assert give_back(shop, invoice, reopen=True).net == 100


@pytest.mark.row("B61")
def test_a_reworded_credit_note_still_reopens_what_was_billed_at_nil(shop: Shop) -> None:
    invoice, (_, nil) = billed(shop, "100", "0")
    note = credit(shop, invoice, reopen=True)
    lines = [kept(one, name=f"Again {one.name}") for one in shop.lines(note)]
    edit(shop, note, lines=lines)
    issue(shop.session, [note.id])
    assert shop.state(nil) == "closed"


@pytest.mark.row("B61")
def test_what_is_left_at_nil_can_be_reopened_after_everything_else_was_credited(
    shop: Shop,
) -> None:
    invoice, (paid, nil) = billed(shop, "100", "0")
    give_back(shop, invoice, picks=[pick(shop, paid)])
    give_back(shop, invoice, picks=[pick(shop, nil, reopen=True)])
    assert [shop.state(one) for one in (paid, nil)] == ["billed", "closed"]
    for wish in (
        {},
        {"reopen": True},
        {"picks": [Pick(found) for found in items(shop, invoice).values()]},
    ):
        with pytest.raises(Refused) as refusal:
            credit(shop, invoice, **wish)
        assert refusal.value.code == "ALREADY_CREDITED"


@pytest.mark.row("B61")
def test_charges_that_cancel_out_can_be_reopened_before_and_after_the_others(shop: Shop) -> None:
    invoice, (paid, gain, loss) = billed(shop, "100", "50", "-50")
    give_back(shop, invoice, picks=[pick(shop, paid)])
    both = [pick(shop, one, reopen=True) for one in (gain, loss)]
    assert give_back(shop, invoice, picks=both).total == 0
    assert [shop.state(one) for one in (paid, gain, loss)] == ["billed", "closed", "closed"]
