"""Credit notes that are changed before they get their number: lowered, and raised again."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop, amounts
from tests.invoices.typed import edit, kept

from bordereau.errors import Refused
from bordereau.invoices import (
    CreditWish,
    InvoiceInput,
    LineInput,
    Pick,
    credit_invoice,
    creditable,
    edit_invoice,
    price_to_zero,
)
from bordereau.invoices.tables import Allocation, Invoice


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    """An issued invoice of one line, behind which three charges stand: 10.00, 30.00 and 60.00."""
    contract = shop.contract()
    for net in ("10", "30", "60"):
        shop.charge(contract, net)
    return shop.issue(line_level="contract")[0]


def credit(shop: Shop, invoice: Invoice, **wish: Any) -> Invoice:
    return credit_invoice(shop.session, invoice.id, CreditWish(**wish), actor=shop.clerk)


def pick(shop: Shop, invoice: Invoice, net: str) -> Pick:
    query = select(Allocation.id).where(
        Allocation.invoice_id == invoice.id, Allocation.amount == Decimal(net)
    )
    return Pick(shop.session.scalars(query).one())


def change(shop: Shop, note: Invoice, net: str) -> None:
    (line,) = shop.lines(note)
    typed = LineInput(
        id=line.id, name=line.name, unit_price=Decimal(net), tax_code_id=line.tax_code_id
    )
    changes = InvoiceInput(lines=[typed])
    edit_invoice(shop.session, note.id, changes, version=note.version, actor=shop.clerk)


def credited(shop: Shop, invoice: Invoice) -> list[Decimal]:
    found = creditable(shop.session, invoice.id)
    return [one.credited for one in sorted(found.items, key=lambda one: one.amount)]


@pytest.mark.row("B61")
def test_a_credit_of_one_charge_cannot_be_raised_above_that_charge(
    shop: Shop, invoice: Invoice
) -> None:
    note = credit(shop, invoice, picks=[pick(shop, invoice, "30")])
    change(shop, note, "20")
    change(shop, note, "30")
    with pytest.raises(Refused) as refusal:
        change(shop, note, "31")
    assert refusal.value.code == "CREDIT_TOO_LARGE"
    assert credited(shop, invoice) == [*amounts("0 30 0")]


@pytest.mark.row("B61")
def test_a_credit_at_nil_takes_back_of_every_charge_when_it_is_raised(
    shop: Shop, invoice: Invoice
) -> None:
    credit(shop, invoice, picks=[pick(shop, invoice, "10")])
    note = credit(shop, invoice)
    change(shop, note, "0")
    assert credited(shop, invoice) == [*amounts("10 0 0")]
    change(shop, note, "45")
    assert credited(shop, invoice) == [*amounts("10 15 30")]
    assert credit(shop, invoice).net == 45


@pytest.mark.row("B61")
def test_a_lowered_credit_can_be_raised_to_the_last_cent(shop: Shop, invoice: Invoice) -> None:
    note = credit(shop, invoice, net=Decimal("33.33"))
    change(shop, note, "99.99")
    change(shop, note, "100")
    assert credited(shop, invoice) == [*amounts("10 30 60")]


@pytest.mark.row("B29")
def test_price_zero_takes_back_what_is_left_of_a_line(shop: Shop, invoice: Invoice) -> None:
    credit(shop, invoice, picks=[pick(shop, invoice, "10")])
    (line,) = shop.lines(invoice)
    assert price_to_zero(shop.session, invoice.id, line.id, actor=shop.clerk).net == 90
    with pytest.raises(Refused) as refusal:
        price_to_zero(shop.session, invoice.id, line.id, actor=shop.clerk)
    assert refusal.value.code == "ALREADY_CREDITED"


@pytest.mark.row("B61")
def test_an_amount_is_shared_out_although_charges_of_a_line_reduce_each_other(shop: Shop) -> None:
    customer = shop.customer(currency="JPY")
    for nets in ("20 333 333", "333 -76 -76"):
        contract = shop.contract(customer)
        for one in nets.split():
            shop.charge(contract, one, currency="JPY")
    (invoice,) = shop.issue(line_level="contract", collect="customer")
    for net in amounts("260 606 1"):
        assert credit(shop, invoice, net=net).net == net
    found = creditable(shop.session, invoice.id)
    assert (found.net, found.total) == amounts("0 0")


@pytest.mark.row("B61")
@pytest.mark.parametrize("reopen", [True, False])
def test_a_reworded_credit_keeps_charges_that_cancel_out(shop: Shop, *, reopen: bool) -> None:
    customer = shop.customer()
    contract = shop.contract(customer)
    for net in ("50", "-50"):
        shop.charge(contract, net)
    shop.charge(shop.contract(customer))
    (invoice,) = shop.issue(line_level="contract", collect="customer")
    note = credit(shop, invoice, reopen=reopen)
    edit(shop, note, lines=[kept(line, name="Reworded") for line in shop.lines(note)])
    assert credited(shop, invoice) == [*amounts("-50 50 100")]
