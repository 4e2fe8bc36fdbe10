"""An issued invoice is replaced by a credit note and a new draft."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.fixtures.shop import Shop
from tests.invoices.credited import billed, give_back, states

from bordereau.batches import totals
from bordereau.errors import Refused
from bordereau.invoices import document_of, replace_invoice


@pytest.mark.row("B21")
def test_changing_an_issued_invoice_makes_a_credit_and_a_new_draft_of_the_same(shop: Shop) -> None:
    customer = shop.customer(payment_days=10, buyer_reference="PO 7")
    reduced = shop.books.tax_code("5.5")
    contract = shop.contract(customer, order_reference="O 7")
    shop.charge(contract, "90", quantity=3, unit_price=Decimal("33.333333"), discount_percent=10)
    shop.charge(contract, "49.99", tax_code=reduced.id, unit="HUR")
    (invoice,) = shop.issue()
    note, copy = replace_invoice(shop.session, invoice.id, reason="typo", actor=shop.clerk)
    assert (note.original_id, note.total) == (invoice.id, copy.total)
    assert (copy.state, copy.origin, copy.number) == ("draft", "ad_hoc", None)
    assert copy.due_date == copy.issue_date + timedelta(days=10)
    before, after = (document_of(shop.session, one.id) for one in (invoice, copy))
    names = ("id", "number", "issue_date", "due_date", "payment")
    assert replace(after, **{name: getattr(before, name) for name in names}) == before
    assert states(shop) == ["billed", "billed"]
    assert totals(shop.session, shop.open()).charges == 0


@pytest.mark.row("B21", "B61")
def test_an_invoice_of_which_a_part_was_credited_is_not_replaced(shop: Shop) -> None:
    invoice, _ = billed(shop, "100", "50")
    note = give_back(shop, invoice, net=Decimal(50))
    with pytest.raises(Refused) as refusal:
        replace_invoice(shop.session, invoice.id, reason="typo", actor=shop.clerk)
    assert refusal.value.code == "INVOICE_CREDITED"
    assert "credit what is left" in refusal.value.hint.lower()
    shop.session.refresh(note)
    assert refusal.value.details["earlier"] == [note.number]
    assert len(shop.invoices()) == 2
