"""Limits of credits and changes: never more than is left, never a sum that is out of date."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop
from tests.invoices.credited import credit
from tests.invoices.typed import edit, kept

from bordereau.errors import Invalid, Refused
from bordereau.invoices import (
    InvoiceInput,
    LineInput,
    Pick,
    edit_invoice,
    price_to_zero,
    replace_invoice,
)
from bordereau.invoices.tables import Allocation
from bordereau.store import Database
from bordereau.values.ids import TenantId


def item_of(shop: Shop, charge_id: UUID) -> UUID:
    query = select(Allocation.id).where(Allocation.charge_id == charge_id)
    return shop.session.scalars(query).one()


@pytest.mark.row("B61")
def test_a_line_that_takes_nothing_back_cannot_be_typed_into_a_credit_note(shop: Shop) -> None:
    shop.charge(shop.contract())
    (invoice,) = shop.issue()
    note = credit(shop, invoice)
    (line,) = shop.lines(note)
    kept_back = LineInput(name="Handling", unit_price=Decimal(-10), tax_code_id=shop.tax.id)
    with pytest.raises(Refused) as refusal:
        edit(shop, note, lines=[kept(line), kept_back])
    assert refusal.value.code == "CREDIT_LINE_TYPED"
    with pytest.raises(Invalid, match="needs a line"):
        edit(shop, note, lines=[])


@pytest.mark.row("B61")
def test_a_credit_note_gives_back_the_tax_that_was_charged_and_no_other(shop: Shop) -> None:
    nil = shop.books.tax_code("0", category="Z")
    shop.charge(shop.contract())
    (invoice,) = shop.issue()
    note = credit(shop, invoice)
    (line,) = shop.lines(note)
    with pytest.raises(Refused) as refusal:
        edit(shop, note, lines=[kept(line, tax_code_id=nil.id)])
    assert refusal.value.code == "CREDIT_LINE_TAX"
    assert edit(shop, note, lines=[kept(line, name="Reworded")]).total == 120


@pytest.mark.parametrize(
    ("picked", "code"), [("100", "CREDIT_TOO_LARGE"), ("-20", "CREDIT_NEGATIVE")]
)
def test_of_an_invoice_with_a_discount_no_more_and_no_less_than_nothing_is_credited(
    shop: Shop, picked: str, code: str
) -> None:
    contract = shop.contract()
    charges = {net: shop.charge(contract, net).id for net in ("100", "-20")}
    (invoice,) = shop.issue()
    with pytest.raises(Refused) as refusal:
        credit(shop, invoice, picks=[Pick(item_of(shop, charges[picked]))])
    assert refusal.value.code == code
    assert credit(shop, invoice).net == 80


@pytest.mark.row("B61")
def test_a_credit_note_asks_for_no_money_because_of_its_tax(shop: Shop) -> None:
    nil, project = shop.books.tax_code("0"), shop.project()
    shop.charge(project, "200")
    less = shop.charge(project, "-48").id
    untaxed = shop.charge(project, "50", tax_code=nil.id).id
    (invoice,) = shop.issue(source="projects")
    with pytest.raises(Refused) as refusal:
        credit(shop, invoice, picks=[Pick(item_of(shop, one)) for one in (less, untaxed)])
    assert refusal.value.code == "CREDIT_NEGATIVE"
    assert credit(shop, invoice).total == invoice.total


def test_two_people_who_raise_two_credit_notes_at_once_stay_within_the_invoice(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    shop.charge(shop.contract())
    (invoice,) = shop.issue()
    notes = [credit(shop, invoice, net=Decimal(10)) for _ in range(2)]
    wishes = [(note.id, note.version, shop.lines(note)[0]) for note in notes]
    typed = [(one, version, kept(line, unit_price=Decimal(90))) for one, version, line in wishes]
    shop.session.commit()

    def raise_to_90(wish: tuple[UUID, int, LineInput]) -> str:
        note_id, version, line = wish
        with database.tenant(tenant_id) as session:
            try:
                lines = InvoiceInput(lines=[line])
                edit_invoice(session, note_id, lines, version=version, actor=shop.clerk)
            except Refused as refusal:
                return refusal.code
            return "raised"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(raise_to_90, typed)) == ["CREDIT_TOO_LARGE", "raised"]


@pytest.mark.row("B51")
def test_the_copy_of_a_replaced_invoice_keeps_its_surcharge_when_it_is_changed(shop: Shop) -> None:
    work_type = shop.books.work_type(tax_code_id=shop.tax.id)
    shop.seller.surcharge_work_type_id = work_type.id
    shop.charge(shop.project(), surcharge_percent=Decimal(5))
    (invoice,) = shop.issue(source="projects")
    _, copy = replace_invoice(shop.session, invoice.id, reason="Address", actor=shop.clerk)
    changed = edit(shop, copy, lines=[kept(line, name="Other") for line in shop.lines(copy)])
    assert changed.net == invoice.net == 105


@pytest.mark.row("B51")
def test_a_surcharge_that_is_computed_cannot_be_typed(shop: Shop) -> None:
    shop.seller.surcharge_work_type_id = shop.books.work_type(tax_code_id=shop.tax.id).id
    shop.charge(shop.project(), surcharge_percent=Decimal(5))
    (invoice,) = shop.invoices(shop.generate(source="projects"))
    line, surcharge = shop.lines(invoice)
    assert edit(shop, invoice, lines=[kept(line), kept(surcharge)]).net == 105
    with pytest.raises(Refused) as typed:
        edit(shop, invoice, lines=[kept(line), kept(surcharge, unit_price=Decimal(1))])
    with pytest.raises(Refused) as nil:
        price_to_zero(shop.session, invoice.id, surcharge.id, actor=shop.clerk)
    assert [typed.value.code, nil.value.code] == ["SURCHARGE_COMPUTED"] * 2


@pytest.mark.row("B58")
def test_the_payment_split_follows_a_changed_draft(shop: Shop) -> None:
    shop.seller.country, shop.seller.blocked_iban = "NL", "NL86INGB0002445588"
    nil = shop.books.tax_code("0", category="AE", exemption="Reverse charge")
    customer = shop.customer(split_percent=Decimal(25))
    shop.charge(shop.project(customer, wage_percent=Decimal(40)), "10000", tax_code=nil.id)
    (invoice,) = shop.invoices(shop.generate(source="projects"))
    (line,) = shop.lines(invoice)
    split = edit(shop, invoice, lines=[kept(line, unit_price=Decimal(5000))]).payment_split or {}
    assert [split[name] for name in ("wage_total", "amount", "balance")] == [
        "2000.00",
        "500.00",
        "4500.00",
    ]


def test_a_line_named_twice_is_refused(shop: Shop) -> None:
    shop.charge(shop.contract())
    (invoice,) = shop.invoices(shop.generate())
    (line,) = shop.lines(invoice)
    with pytest.raises(Invalid) as refusal:
        edit(shop, invoice, lines=[kept(line), kept(line)])
    assert refusal.value.code == "LINE_TWICE"
