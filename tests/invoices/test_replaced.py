"""A replaced invoice, its credit note and its copy hold together, so that nothing is owed twice."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop, amounts
from tests.invoices.credited import billed, credit, give_back, items, left, pick, states
from tests.invoices.typed import edit, kept

from bordereau.errors import Refused
from bordereau.invoices import (
    delete_invoice,
    delete_invoices,
    issue,
    replace_invoice,
    void_invoice,
)
from bordereau.invoices.tables import Allocation, Invoice


def replaced(shop: Shop, invoice: Invoice) -> tuple[Invoice, Invoice]:
    return replace_invoice(shop.session, invoice.id, reason="typo", actor=shop.clerk)


def refusal_of_number(shop: Shop, invoice: Invoice) -> Refused:
    with pytest.raises(Refused) as refusal:
        issue(shop.session, [invoice.id])
    shop.session.refresh(invoice)
    assert invoice.number is None
    return refusal.value


@pytest.mark.row("B21")
def test_a_copy_gets_no_number_before_the_credit_note_of_what_it_replaces(shop: Shop) -> None:
    invoice, _ = billed(shop, "100")
    note, copy = replaced(shop, invoice)
    assert copy.replaces_id == invoice.id
    refusal = refusal_of_number(shop, copy)
    assert refusal.code == "REPLACED_NOT_CREDITED"
    assert "credit note" in refusal.hint
    issue(shop.session, [note.id])
    issue(shop.session, [copy.id])
    assert {one.state for one in shop.invoices()} == {"issued"}


@pytest.mark.row("B21")
@pytest.mark.parametrize("turned", [False, True])
def test_the_credit_note_and_the_copy_get_their_numbers_together(
    shop: Shop, *, turned: bool
) -> None:
    invoice, _ = billed(shop, "100")
    pair = [one.id for one in replaced(shop, invoice)]
    issued = issue(shop.session, pair[::-1] if turned else pair)
    assert set(issued.invoice_ids) == set(pair)
    owed = sum(one.total if one.kind == "380" else -one.total for one in shop.invoices())
    assert owed == 120


@pytest.mark.row("B21")
def test_a_copy_gets_no_number_as_long_as_a_part_of_the_first_invoice_is_owed(shop: Shop) -> None:
    invoice, _ = billed(shop, "100")
    note, copy = replaced(shop, invoice)
    edit(shop, note, lines=[kept(shop.lines(note)[0], unit_price=Decimal(40))])
    issue(shop.session, [note.id])
    assert refusal_of_number(shop, copy).code == "REPLACED_NOT_CREDITED"
    rest = credit(shop, invoice)
    assert refusal_of_number(shop, copy).code == "REPLACED_NOT_CREDITED"
    issue(shop.session, [rest.id, copy.id])
    assert states(shop) == ["billed"]


@pytest.mark.row("B21", "B61")
def test_the_credit_note_of_a_replaced_invoice_stays_as_long_as_there_is_a_copy(
    shop: Shop,
) -> None:
    invoice, _ = billed(shop, "100")
    note, copy = replaced(shop, invoice)
    with pytest.raises(Refused) as deleting:
        delete_invoice(shop.session, note.id, actor=shop.clerk)
    issue(shop.session, [note.id, copy.id])
    with pytest.raises(Refused) as voiding:
        void_invoice(shop.session, note.id, reason="typo", actor=shop.clerk)
    assert {deleting.value.code, voiding.value.code} == {"REPLACEMENT_EXISTS"}
    assert "new invoice first" in voiding.value.hint
    (outcome,) = delete_invoices(shop.session, [note.id], reason="typo", actor=shop.clerk)
    assert outcome.code == "REPLACEMENT_EXISTS"


@pytest.mark.row("B21", "B61")
def test_without_its_copy_the_credit_note_goes_and_the_first_invoice_stands_as_before(
    shop: Shop,
) -> None:
    invoice, _ = billed(shop, "100")
    note, copy = replaced(shop, invoice)
    delete_invoice(shop.session, copy.id, actor=shop.clerk)
    delete_invoice(shop.session, note.id, actor=shop.clerk)
    assert (left(shop, invoice), states(shop)) == (amounts("100 120"), ["billed"])
    replaced(shop, invoice)
    assert len(shop.invoices()) == 3


@pytest.mark.row("B21")
def test_an_invoice_is_not_replaced_twice(shop: Shop) -> None:
    invoice, _ = billed(shop, "100")
    pair = replaced(shop, invoice)
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            replaced(shop, invoice)
        assert refusal.value.code == "INVOICE_REPLACED"
        issue(shop.session, [one.id for one in pair])
    assert len(shop.invoices()) == 3


@pytest.mark.row("B21", "B61")
def test_a_credit_of_the_copy_makes_the_charges_of_the_first_invoice_billable_again(
    shop: Shop,
) -> None:
    invoice, (small, large) = billed(shop, "50", "100")
    note, copy = replaced(shop, invoice)
    issue(shop.session, [note.id, copy.id])
    give_back(shop, copy, picks=[pick(shop, large, reopen=True)])
    assert (shop.state(small), shop.state(large)) == ("billed", "closed")
    (again,) = shop.issue(name="again")
    assert again.net == 100
    give_back(shop, copy, reopen=True)
    assert shop.state(small) == "closed"


@pytest.mark.row("B21")
def test_charges_stand_behind_the_lines_of_the_copy_at_the_amounts_that_these_have(
    shop: Shop,
) -> None:
    invoice, _ = billed(shop, "50", "-50", "100", line_level="contract")
    note, copy = replaced(shop, invoice)
    (line,) = shop.lines(copy)
    issue(shop.session, [note.id, edit(shop, copy, lines=[kept(line, unit_price=Decimal(40))]).id])
    assert sorted(items(shop, copy)) == [-20, 20, 40]
    live = select(Allocation.invoice_id).where(Allocation.live)
    assert set(shop.session.scalars(live)) == {copy.id}


@pytest.mark.row("B21", "B61")
def test_a_voided_copy_gives_its_charges_back_and_the_credit_note_stays(shop: Shop) -> None:
    invoice, _ = billed(shop, "100")
    note, copy = replaced(shop, invoice)
    issue(shop.session, [note.id, copy.id])
    void_invoice(shop.session, copy.id, reason="typo", actor=shop.clerk)
    assert states(shop) == ["closed"]
    with pytest.raises(Refused) as refusal:
        void_invoice(shop.session, note.id, reason="typo", actor=shop.clerk)
    assert refusal.value.code == "CREDIT_REOPENED"


@pytest.mark.row("B21")
def test_a_copy_can_be_replaced_in_its_turn(shop: Shop) -> None:
    invoice, (charge,) = billed(shop, "100")
    for _ in range(2):
        note, invoice = replaced(shop, invoice)
        assert note.replaces_id is None
        issue(shop.session, [note.id, invoice.id])
    give_back(shop, invoice, reopen=True)
    assert shop.state(charge) == "closed"


@pytest.mark.row("B21", "B61")
def test_what_a_copy_bills_is_not_made_billable_again_on_the_first_invoice(shop: Shop) -> None:
    invoice, (first, _) = billed(shop, "100", "50")
    note, _ = replaced(shop, invoice)
    edit(shop, note, lines=[kept(shop.lines(note)[1])])
    with pytest.raises(Refused) as refusal:
        credit(shop, invoice, picks=[pick(shop, first, reopen=True)])
    assert refusal.value.code == "INVOICE_REPLACED"
    assert credit(shop, invoice, picks=[pick(shop, first)]).net == 100
