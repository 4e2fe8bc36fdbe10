"""Credits in parts: what they say, and what they leave."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.fixtures.shop import TODAY, Shop, amounts
from tests.invoices.credited import billed, credit, give_back, left, pick

from bordereau.errors import Invalid
from bordereau.invoices import (
    CreditWish,
    InvoiceInput,
    credit_invoices,
    creditable,
    edit_invoice,
    facts_of,
)
from bordereau.values.ids import uuid7


@pytest.mark.row("B61")
def test_an_amount_that_the_currency_has_no_coins_for_is_not_credited(shop: Shop) -> None:
    invoice, (first, _) = billed(shop, "100", "50")
    for wish in (
        {"picks": [pick(shop, first, "10.005")]},
        {"net": Decimal("10.005")},
    ):
        with pytest.raises(Invalid) as refusal:
            credit(shop, invoice, **wish)
        assert refusal.value.code == "AMOUNT_NOT_ROUND"
    give_back(shop, invoice, picks=[pick(shop, first, "10.01")])
    assert give_back(shop, invoice).net == Decimal("139.99")
    assert left(shop, invoice) == amounts("0 0")


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        ({"net": Decimal(10), "reopen": True}, "reopen"),
        ({"net": Decimal(10), "picks": True}, "net"),
        ({"picks": True, "reopen": True}, "reopen"),
    ],
)
def test_a_credit_that_says_two_things_is_refused(
    shop: Shop, wish: dict[str, Any], where: str
) -> None:
    invoice, (first,) = billed(shop, "100")
    if "picks" in wish:
        wish = wish | {"picks": [pick(shop, first)]}
    with pytest.raises(Invalid) as refusal:
        credit(shop, invoice, **wish)
    assert (refusal.value.code, refusal.value.where) == ("CREDIT_CHOICE_MIXED", where)


@pytest.mark.row("B61")
@pytest.mark.parametrize("policy", ["category", "line"])
def test_the_tax_of_every_partial_credit_keeps_in_step_with_its_amount(
    shop: Shop, policy: str
) -> None:
    shop.seller.tax_policy = policy
    invoice, _ = billed(shop, "5.30", "5.30")
    notes = [give_back(shop, invoice, net=Decimal("0.53")) for _ in range(19)]
    last = give_back(shop, invoice)
    assert last.net == Decimal("0.53")
    for note in [*notes, last]:
        assert abs(note.tax - Decimal("0.106")) < Decimal("0.02")
    assert sum(one.total for one in [*notes, last]) == invoice.total
    assert facts_of(shop.session, [invoice.id])[invoice.id].left_to_credit == 0


@pytest.mark.row("B61")
def test_the_last_cent_of_an_invoice_can_be_credited(shop: Shop) -> None:
    invoice, _ = billed(shop, "0.10")
    for _ in range(3):
        give_back(shop, invoice, net=Decimal("0.03"))
    last = give_back(shop, invoice)
    assert last.net == Decimal("0.01")
    assert left(shop, invoice) == amounts("0 0")


@pytest.mark.row("B61")
def test_a_credit_draft_that_is_deleted_leaves_the_tax_of_the_others_in_step(shop: Shop) -> None:
    invoice, _ = billed(shop, "0.30")
    notes = [credit(shop, invoice, net=Decimal("0.03")) for _ in range(9)]
    for note in notes:
        if not note.tax:
            shop.session.delete(note)
    shop.session.flush()
    while creditable(shop.session, invoice.id).net:
        assert credit(shop, invoice, net=Decimal("0.03")).tax >= 0
    assert left(shop, invoice) == amounts("0 0")


def test_a_credit_note_is_not_dated_before_its_invoice(shop: Shop) -> None:
    shop.charge(shop.contract())
    (invoice,) = shop.issue(invoice_date=date(2027, 3, 1))
    with pytest.raises(Invalid) as refusal:
        credit(shop, invoice, issue_date=TODAY)
    assert refusal.value.code == "CREDIT_BEFORE_INVOICE"
    note = credit(shop, invoice)
    assert note.issue_date == date(2027, 3, 1)
    earlier = InvoiceInput(issue_date=date(2027, 2, 28))
    with pytest.raises(Invalid) as edited:
        edit_invoice(shop.session, note.id, earlier, version=note.version, actor=shop.clerk)
    assert edited.value.code == "CREDIT_BEFORE_INVOICE"


@pytest.mark.row("B61")
def test_an_unknown_invoice_does_not_hold_up_the_credit_of_the_others(shop: Shop) -> None:
    invoice, _ = billed(shop, "100")
    found = credit_invoices(shop.session, [uuid7(), invoice.id], CreditWish(), actor=shop.clerk)
    assert [(one.done, one.code) for one in found] == [("", "NOT_FOUND"), ("credited", "")]
