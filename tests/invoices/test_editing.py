"""Changing drafts: lines, taxes and prices, by who may, until there is a number."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop, amounts
from tests.invoices.typed import as_typed, edit, typed, write

from bordereau.errors import Conflict, Forbidden, Refused
from bordereau.invoices import (
    InvoiceInput,
    delete_invoice,
    document_of,
    edit_invoice,
    issue,
    price_to_zero,
    write_invoice,
)
from bordereau.invoices.tables import Allocation
from bordereau.tenancy import Actor


@pytest.mark.row("A43")
def test_everything_of_a_draft_can_be_changed_and_sums_are_computed_again(shop: Shop) -> None:
    shop.charge(shop.contract(), "100")
    (draft,) = shop.invoices(shop.generate())
    reduced = shop.books.tax_code("5.5")
    (line,) = as_typed(shop, draft)
    buyer = replace(document_of(shop.session, draft.id).buyer, name="Other name")
    changed = edit(
        shop,
        draft,
        issue_date=date(2026, 11, 30),
        due_date=date(2026, 12, 31),
        buyer=buyer,
        buyer_reference="B7",
        order_reference="O7",
        notes=["Thank you"],
        language="en",
        lines=[
            replace(line, quantity=Decimal(3), unit_price=Decimal("50.005"), name="New name"),
            typed(shop, tax_code_id=reduced.id, discount=Decimal(1)),
        ],
    )
    assert (changed.net, changed.tax, changed.total) == amounts("249.02 35.45 284.47")
    document = document_of(shop.session, draft.id)
    assert document.buyer == buyer
    assert (document.buyer_reference, document.order_reference) == ("B7", "O7")
    assert (document.notes, document.language) == (("Thank you",), "en")
    assert [one.name for one in document.lines] == ["New name", "Advice"]
    assert document.totals.total == changed.total


def test_a_second_person_is_told_that_the_draft_has_changed(shop: Shop) -> None:
    draft = write(shop)
    seen = draft.version
    edit(shop, draft, order_reference="first")
    with pytest.raises(Conflict) as refusal:
        edit_invoice(
            shop.session,
            draft.id,
            InvoiceInput(order_reference="second"),
            version=seen,
            actor=shop.clerk,
        )
    assert refusal.value.code == "STALE_VERSION"
    assert draft.order_reference == "first"


@pytest.mark.row("B29")
def test_a_removed_line_gives_its_charges_back(shop: Shop) -> None:
    contract = shop.contract()
    kept, removed = shop.charge(contract, "10"), shop.charge(contract, "20")
    (draft,) = shop.invoices(shop.generate())
    lines = [one for one in as_typed(shop, draft) if one.unit_price == 10]
    changed = edit(shop, draft, lines=lines)
    assert (shop.state(kept), shop.state(removed)) == ("billed", "closed")
    assert changed.net == 10


@pytest.mark.row("B29")
def test_a_line_at_price_zero_keeps_its_charges_billed_at_nil(shop: Shop) -> None:
    contract = shop.contract()
    kept, free = shop.charge(contract, "10"), shop.charge(contract, "20")
    (draft,) = shop.invoices(shop.generate())
    line = next(one for one in shop.lines(draft) if one.net == 20)
    changed = price_to_zero(shop.session, draft.id, line.id, actor=shop.clerk)
    assert (shop.state(kept), shop.state(free)) == ("billed", "billed")
    assert changed.net == 10
    assert len(shop.lines(draft)) == 2
    allocated = shop.session.scalars(select(Allocation.amount).order_by(Allocation.amount)).all()
    assert tuple(allocated) == amounts("0 10")


@pytest.mark.row("B19")
def test_a_changed_line_still_equals_the_sum_of_what_is_behind_it(shop: Shop) -> None:
    contract = shop.contract()
    for net in ("33.33", "33.33", "33.34"):
        shop.charge(contract, net)
    (draft,) = shop.invoices(shop.generate(line_level="contract"))
    (line,) = as_typed(shop, draft)
    edit(shop, draft, lines=[replace(line, unit_price=Decimal("0.05"), quantity=Decimal(1))])
    allocated = shop.session.scalars(select(Allocation.amount)).all()
    assert sum(allocated) == Decimal("0.05")
    assert len(allocated) == 3


@pytest.mark.row("B21")
def test_automatic_invoices_are_read_only_where_changes_are_switched_off(shop: Shop) -> None:
    shop.seller.change_allowed = False
    shop.charge(shop.contract())
    (draft,) = shop.invoices(shop.generate())
    with pytest.raises(Refused) as refusal:
        edit(shop, draft, order_reference="x")
    assert refusal.value.code == "EDITING_OFF"
    by_hand = write(shop)
    assert edit(shop, by_hand, order_reference="x").order_reference == "x"


@pytest.mark.row("A43")
def test_an_issued_invoice_and_a_proposal_cannot_be_edited(shop: Shop) -> None:
    invoice = write(shop)
    issue(shop.session, [invoice.id])
    shop.session.refresh(invoice)
    with pytest.raises(Refused) as numbered:
        edit(shop, invoice, order_reference="x")
    assert numbered.value.code == "INVOICE_NUMBERED"
    shop.charge(shop.contract())
    (proposal,) = shop.invoices(shop.run())
    with pytest.raises(Conflict) as proposed:
        edit(shop, proposal, order_reference="x")
    assert proposed.value.code == "INVOICE_PROPOSED"


def test_an_invoice_that_turns_negative_becomes_a_credit_note_and_back(shop: Shop) -> None:
    draft = write(shop, typed(shop, quantity=Decimal(-2)))
    assert draft.kind == "381"
    assert draft.total == 240
    (line,) = as_typed(shop, draft)
    assert line.quantity == 2
    back = edit(shop, draft, lines=[replace(line, quantity=Decimal(-1))])
    assert back.kind == "380"
    assert back.total == 120


def test_deleting_a_draft_gives_its_charges_back(shop: Shop) -> None:
    charge = shop.charge(shop.contract())
    (draft,) = shop.invoices(shop.generate())
    assert delete_invoice(shop.session, draft.id, actor=shop.clerk) == 1
    assert (shop.state(charge), shop.invoices()) == ("closed", [])


def test_editing_needs_its_right(shop: Shop) -> None:
    draft = write(shop)
    reader = Actor("reader", frozenset({"read"}))
    for attempt in (
        lambda: edit_invoice(shop.session, draft.id, InvoiceInput(), version=1, actor=reader),
        lambda: delete_invoice(shop.session, draft.id, actor=reader),
        lambda: write_invoice(shop.session, draft.customer_id, InvoiceInput(), actor=reader),
    ):
        with pytest.raises(Forbidden):
            attempt()
