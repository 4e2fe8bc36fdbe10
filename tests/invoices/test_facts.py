"""What happened to an invoice, and the status that people read."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.fixtures.shop import Shop

from bordereau.contract import Fact, Status
from bordereau.errors import Conflict, Forbidden, Invalid, NotFound
from bordereau.invoices import BOUNCED, NewFact, change_status, facts_of, record_facts
from bordereau.invoices.rules.status import Mark, marks
from bordereau.invoices.tables import Invoice, InvoiceFact, StatusChange
from bordereau.output.tables import OutputOrder, StoredDelivery
from bordereau.tenancy import Actor
from bordereau.values.ids import uuid7

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    """An issued invoice of 120.00 EUR."""
    shop.charge(shop.contract(), "100")
    return shop.issue()[0]


def happen(shop: Shop, invoice: Invoice, kind: str, **values: Any) -> list[Status]:
    changes = record_facts(shop.session, [NewFact(invoice_id=invoice.id, kind=kind, **values)])
    return [one.after for one in changes]


def status(shop: Shop, invoice: Invoice) -> str:
    shop.session.refresh(invoice)
    return invoice.status


@pytest.mark.row("A49", "A50", "A51", "A52", "A53")
def test_the_status_follows_what_happened(shop: Shop, invoice: Invoice) -> None:
    assert status(shop, invoice) == "draft"
    assert happen(shop, invoice, Fact.PRINTED) == []
    assert happen(shop, invoice, Fact.EXPORTED) == [Status.EXPORTED]
    assert happen(shop, invoice, Fact.EMAILED) == [Status.SENT]
    assert happen(shop, invoice, Fact.PAID, amount=Decimal(119)) == []
    assert happen(shop, invoice, Fact.PAID, amount=Decimal(1)) == [Status.PAID]
    assert happen(shop, invoice, Fact.REFUNDED, amount=Decimal(20)) == []
    assert happen(shop, invoice, Fact.REFUNDED, amount=Decimal(100)) == [Status.REFUNDED]
    assert status(shop, invoice) == "refunded"


@pytest.mark.row("A51")
def test_a_bounced_mail_does_not_show_as_sent_until_another_one_is_accepted(
    shop: Shop, invoice: Invoice
) -> None:
    happen(shop, invoice, Fact.EMAILED, at=NOON)
    assert happen(shop, invoice, BOUNCED, at=NOON + timedelta(minutes=1)) == [Status.DRAFT]
    again = happen(shop, invoice, Fact.EMAILED, at=NOON + timedelta(minutes=2))
    assert again == [Status.SENT]


@pytest.mark.row("A52")
def test_a_payment_without_any_mail_shows_paid_and_that_the_mail_is_missing(
    shop: Shop, invoice: Invoice
) -> None:
    assert happen(shop, invoice, Fact.PAID, amount=Decimal(120)) == [Status.PAID]
    assert Mark.NEVER_EMAILED in marks(facts_of(shop.session, [invoice.id])[invoice.id])


def test_a_payment_that_is_taken_back_makes_the_invoice_unpaid(
    shop: Shop, invoice: Invoice
) -> None:
    happen(shop, invoice, Fact.PAID, amount=Decimal(120))
    assert happen(shop, invoice, Fact.PAID, amount=Decimal(-120)) == [Status.DRAFT]


@pytest.mark.row("A50")
def test_an_export_as_a_file_is_marked_unconfirmed(shop: Shop, invoice: Invoice) -> None:
    assert happen(shop, invoice, Fact.EXPORTED, unconfirmed=True) == [Status.EXPORTED]
    assert Mark.UNCONFIRMED in marks(facts_of(shop.session, [invoice.id])[invoice.id])
    happen(shop, invoice, Fact.EXPORTED)
    assert Mark.UNCONFIRMED not in marks(facts_of(shop.session, [invoice.id])[invoice.id])


@pytest.mark.row("A54")
def test_a_status_set_by_hand_shows_with_its_reason_and_leaves_the_facts(
    shop: Shop, invoice: Invoice
) -> None:
    changed = change_status(
        shop.session, invoice.id, Status.PAID, reason="paid in cash", actor=shop.clerk
    )
    assert (changed.before, changed.after) == (Status.DRAFT, Status.PAID)
    assert status(shop, invoice) == "paid"
    assert facts_of(shop.session, [invoice.id])[invoice.id].happened == frozenset()
    (row,) = shop.session.scalars(select(StatusChange))
    assert (row.manual, row.actor, row.reason) == (True, shop.clerk.name, "paid in cash")


@pytest.mark.row("A55")
def test_the_next_success_ends_the_manual_status_and_the_history_keeps_both(
    shop: Shop, invoice: Invoice
) -> None:
    change_status(shop.session, invoice.id, Status.PAID, reason="cash", actor=shop.clerk)
    assert happen(shop, invoice, Fact.FILED) == []
    assert status(shop, invoice) == "paid"
    assert happen(shop, invoice, Fact.EMAILED) == [Status.SENT]
    rows = shop.session.scalars(select(StatusChange).order_by(StatusChange.at)).all()
    assert [(one.before, one.after, one.manual) for one in rows] == [
        ("draft", "paid", True),
        ("paid", "sent", False),
    ]


def test_a_success_that_agrees_with_the_manual_status_still_ends_it(
    shop: Shop, invoice: Invoice
) -> None:
    change_status(shop.session, invoice.id, Status.SENT, reason="by post", actor=shop.clerk)
    assert happen(shop, invoice, Fact.EMAILED) == []
    assert happen(shop, invoice, Fact.PAID, amount=Decimal(120)) == [Status.PAID]


def test_a_manual_change_needs_a_right_a_reason_and_a_real_invoice(
    shop: Shop, invoice: Invoice
) -> None:
    with pytest.raises(Invalid, match="reason"):
        change_status(shop.session, invoice.id, Status.PAID, reason=" ", actor=shop.clerk)
    reader = Actor("reader", frozenset())
    with pytest.raises(Forbidden):
        change_status(shop.session, invoice.id, Status.PAID, reason="x", actor=reader)
    with pytest.raises(NotFound):
        change_status(shop.session, uuid7(), Status.PAID, reason="x", actor=shop.clerk)
    shop.charge(shop.contract())
    proposed = shop.invoices(shop.run())[0]
    with pytest.raises(Conflict) as refusal:
        change_status(shop.session, proposed.id, Status.PAID, reason="x", actor=shop.clerk)
    assert refusal.value.code == "INVOICE_PROPOSED"


def test_a_payment_needs_an_amount_and_a_fact_a_known_name(shop: Shop, invoice: Invoice) -> None:
    with pytest.raises(Invalid, match="amount"):
        happen(shop, invoice, Fact.PAID)
    with pytest.raises(Invalid, match="beamed"):
        happen(shop, invoice, "beamed")


def delivery(shop: Shop, invoice: Invoice) -> UUID:
    order = OutputOrder(title="x", created_by="x")
    shop.session.add(order)
    shop.session.flush()
    row = StoredDelivery(
        order_id=order.id, invoice_id=invoice.id, mode="print", facts=[], media=[], layout=""
    )
    shop.session.add(row)
    shop.session.flush()
    return row.id


@pytest.mark.row("B50")
def test_a_delivery_proves_each_of_its_facts_once(shop: Shop, invoice: Invoice) -> None:
    proof = delivery(shop, invoice)
    for _ in range(2):
        happen(shop, invoice, Fact.EMAILED, delivery_id=proof, reference="<1@x>")
    happen(shop, invoice, Fact.EINVOICED, delivery_id=proof)
    assert shop.session.scalar(select(func.count()).select_from(InvoiceFact)) == 2


def test_many_facts_are_written_at_once(shop: Shop) -> None:
    for _ in range(5):
        shop.charge(shop.contract())
    ids = [one.id for one in shop.issue()]
    changes = record_facts(
        shop.session, [NewFact(invoice_id=one, kind=Fact.EMAILED) for one in ids]
    )
    assert {one.invoice_id for one in changes} == set(ids)
    assert {one.after for one in changes} == {Status.SENT}
    assert all(one.customer and one.number for one in changes)
