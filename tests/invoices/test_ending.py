"""What stands against deleting and voiding, and what does not."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop

from bordereau.batches import delete_batch
from bordereau.contract import Status
from bordereau.errors import Conflict, Refused
from bordereau.invoices import (
    CreditWish,
    change_status,
    credit_invoice,
    delete_invoice,
    issue,
    void_invoice,
)
from bordereau.invoices.tables import Invoice
from bordereau.ledger import set_entry_date
from bordereau.output.tables import OutputOrder, StoredDelivery
from bordereau.values.ids import uuid7

Deliver = Callable[[Invoice, str], StoredDelivery]


@pytest.fixture
def deliver(shop: Shop) -> Deliver:
    """Put a delivery of an invoice into some state."""

    def make(invoice: Invoice, state: str) -> StoredDelivery:
        order = OutputOrder(id=uuid7(), title="November", options={}, created_by="clerk")
        shop.session.add(order)
        shop.session.flush()
        made = StoredDelivery(order_id=order.id, invoice_id=invoice.id, mode="print", state=state)
        shop.session.add(made)
        shop.session.flush()
        return made

    return make


def test_a_draft_with_a_status_set_by_hand_and_an_entry_date_can_be_deleted(shop: Shop) -> None:
    shop.charge(shop.contract())
    shop.charge(shop.contract())
    batch = shop.generate()
    invoices = shop.invoices(batch)
    for one in invoices:
        change_status(shop.session, one.id, Status.SENT, reason="By hand", actor=shop.clerk)
    set_entry_date(shop.session, [one.id for one in invoices], date(2026, 12, 1), actor=shop.clerk)
    assert delete_invoice(shop.session, invoices[0].id, actor=shop.clerk) == 1
    assert delete_batch(shop.session, batch, actor=shop.clerk) == 1


def test_a_credit_note_that_made_charges_billable_again_is_not_voided(shop: Shop) -> None:
    shop.charge(shop.contract())
    (invoice,) = shop.issue()
    note = credit_invoice(shop.session, invoice.id, CreditWish(reopen=True), actor=shop.clerk)
    issue(shop.session, [note.id])
    with pytest.raises(Refused) as refusal:
        void_invoice(shop.session, note.id, reason="Mistake", actor=shop.clerk)
    assert refusal.value.code == "CREDIT_REOPENED"


def test_an_invoice_whose_credit_note_was_voided_can_be_voided_too(shop: Shop) -> None:
    shop.charge(shop.contract())
    (invoice,) = shop.issue()
    note = credit_invoice(shop.session, invoice.id, CreditWish(), actor=shop.clerk)
    issue(shop.session, [note.id])
    for one in (note.id, invoice.id):
        assert void_invoice(shop.session, one, reason="Mistake", actor=shop.clerk).state == "voided"


def test_voiding_stops_what_was_ordered_and_did_not_leave(shop: Shop, deliver: Deliver) -> None:
    shop.charge(shop.contract())
    (invoice,) = shop.issue()
    deliver(invoice, "waiting")
    void_invoice(shop.session, invoice.id, reason="Mistake", actor=shop.clerk)
    shop.session.expire_all()
    found = shop.session.execute(select(StoredDelivery.state, StoredDelivery.code)).one()
    assert tuple(found) == ("skipped", "CANCELLED")


@pytest.mark.parametrize("state", ["sending", "pending", "unknown"])
def test_an_invoice_that_may_have_reached_somebody_is_not_voided(
    shop: Shop, deliver: Deliver, state: str
) -> None:
    shop.charge(shop.contract())
    (invoice,) = shop.issue()
    deliver(invoice, state)
    with pytest.raises(Conflict) as refusal:
        void_invoice(shop.session, invoice.id, reason="Mistake", actor=shop.clerk)
    assert refusal.value.code == "INVOICE_ON_ITS_WAY"
