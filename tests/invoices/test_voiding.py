"""Numbers that are voided, and what is deleted collectively."""

from decimal import Decimal

import pytest
from tests.fixtures.shop import Shop
from tests.invoices.credited import credit, give_back, pick, states

from bordereau.contract import Fact
from bordereau.errors import Conflict, Invalid, Refused
from bordereau.invoices import (
    NewFact,
    delete_invoice,
    delete_invoices,
    document_of,
    record_facts,
    void_invoice,
)
from bordereau.invoices.tables import Invoice


@pytest.mark.row("B29")
def test_an_unused_number_can_be_voided_and_its_charges_are_billable_again(
    shop: Shop, invoice: Invoice
) -> None:
    with pytest.raises(Invalid):
        void_invoice(shop.session, invoice.id, reason=" ", actor=shop.clerk)
    void_invoice(shop.session, invoice.id, reason="typed twice", actor=shop.clerk)
    shop.session.refresh(invoice)
    assert (invoice.state, invoice.number) == ("voided", "F2026-00001")
    assert states(shop) == ["closed", "closed"]
    assert document_of(shop.session, invoice.id).number == invoice.number


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (Fact.PRINTED, "INVOICE_DELIVERED"),
        (Fact.FILED, "INVOICE_DELIVERED"),
        (Fact.EMAILED, "INVOICE_DELIVERED"),
        (Fact.EINVOICED, "INVOICE_DELIVERED"),
        (Fact.EXPORTED, "INVOICE_EXPORTED"),
        (Fact.POSTED, "INVOICE_POSTED"),
        (Fact.PAID, "INVOICE_PAID"),
    ],
)
def test_anything_that_was_done_stands_against_voiding(
    shop: Shop, invoice: Invoice, fact: Fact, code: str
) -> None:
    record_facts(shop.session, [NewFact(invoice_id=invoice.id, kind=fact, amount=Decimal(1))])
    with pytest.raises(Refused) as refusal:
        void_invoice(shop.session, invoice.id, reason="x", actor=shop.clerk)
    assert refusal.value.code == code


def test_a_credit_in_writing_stands_against_voiding(shop: Shop, invoice: Invoice) -> None:
    credit(shop, invoice)
    with pytest.raises(Conflict) as refusal:
        void_invoice(shop.session, invoice.id, reason="x", actor=shop.clerk)
    assert refusal.value.code == "CREDIT_DRAFTED"


@pytest.mark.row("B61")
def test_a_credit_that_comes_to_nothing_stands_against_voiding(shop: Shop) -> None:
    nil, project = shop.books.tax_code("0"), shop.project()
    shop.charge(project, "100")
    less = shop.charge(project, "-50")
    untaxed = shop.charge(project, "60", tax_code=nil.id)
    (invoice,) = shop.issue(source="projects")
    note = give_back(shop, invoice, picks=[pick(shop, one) for one in (less, untaxed)])
    assert note.total == 0
    with pytest.raises(Refused) as refusal:
        void_invoice(shop.session, invoice.id, reason="x", actor=shop.clerk)
    assert refusal.value.code == "INVOICE_CREDITED"
    void_invoice(shop.session, note.id, reason="x", actor=shop.clerk)
    assert void_invoice(shop.session, invoice.id, reason="x", actor=shop.clerk).state == "voided"


@pytest.mark.row("B29", "B61")
def test_deleting_collectively_deletes_drafts_voids_unused_numbers_and_refuses_the_rest(
    shop: Shop,
) -> None:
    for _ in range(2):
        shop.charge(shop.contract())
    unused, used = shop.issue()
    record_facts(shop.session, [NewFact(invoice_id=used.id, kind=Fact.EMAILED)])
    shop.charge(shop.contract())
    (draft,) = shop.invoices(shop.generate(name="draft"))
    with pytest.raises(Refused) as refusal:
        delete_invoice(shop.session, used.id, actor=shop.clerk)
    assert refusal.value.code == "INVOICE_NUMBERED"
    found = delete_invoices(
        shop.session, [unused.id, used.id, draft.id], reason="test run", actor=shop.clerk
    )
    assert [(one.done, one.code) for one in found] == [
        ("voided", ""),
        ("", "INVOICE_DELIVERED"),
        ("deleted", ""),
    ]
