"""The charges behind a line keep what each of them stands for when a draft is changed."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop, amounts
from tests.invoices.credited import credit, give_back, pick
from tests.invoices.typed import edit, kept

from bordereau.catalog.tables import Contract, Project
from bordereau.charges import Charge
from bordereau.errors import Refused
from bordereau.invoices import issue, price_to_zero
from bordereau.invoices.tables import Allocation, Invoice


def drafted(shop: Shop, owner: Contract | Project, *nets: str) -> tuple[Invoice, list[Charge]]:
    """Draft an invoice with one line for these charges."""
    charges = [shop.charge(owner, net, currency="JPY") for net in nets]
    (invoice,) = shop.invoices(shop.generate(line_level="contract"))
    return invoice, charges


def standing(shop: Shop, invoice: Invoice) -> list[Decimal]:
    query = select(Allocation.amount).where(Allocation.invoice_id == invoice.id)
    return list(shop.session.scalars(query.order_by(Allocation.charge_id)))


@pytest.mark.row("A43", "B29")
def test_a_line_that_is_not_touched_keeps_charges_that_reduce_each_other(shop: Shop) -> None:
    customer = shop.customer()
    contract = shop.contract(customer)
    gain, loss = (shop.charge(contract, net) for net in ("50", "-50"))
    shop.charge(shop.contract(customer))
    (invoice,) = shop.invoices(shop.generate(line_level="contract", collect="customer"))
    line = next(one for one in shop.lines(invoice) if one.net)
    price_to_zero(shop.session, invoice.id, line.id, actor=shop.clerk)
    issue(shop.session, [invoice.id])
    for charge in (gain, loss):
        with pytest.raises(Refused) as refusal:
            credit(shop, invoice, picks=[pick(shop, charge, reopen=True)])
        assert refusal.value.code == "CREDIT_TOO_LARGE"


@pytest.mark.row("B29")
def test_a_line_brought_to_nil_and_typed_back_has_its_charges_back(shop: Shop) -> None:
    contract = shop.contract()
    first, _ = (shop.charge(contract, net) for net in ("100", "50"))
    (invoice,) = shop.invoices(shop.generate(line_level="contract"))
    (line,) = shop.lines(invoice)
    as_it_was = kept(line)
    price_to_zero(shop.session, invoice.id, line.id, actor=shop.clerk)
    assert standing(shop, invoice) == [*amounts("0 0")]
    edit(shop, invoice, lines=[as_it_was])
    issue(shop.session, [invoice.id])
    assert give_back(shop, invoice, picks=[pick(shop, first, reopen=True)]).net == 100


@pytest.mark.row("B29", "B51")
def test_a_line_brought_to_nil_and_typed_back_has_its_surcharge_back(shop: Shop) -> None:
    shop.seller.surcharge_work_type_id = shop.books.work_type(tax_code_id=shop.tax.id).id
    project = shop.project()
    shop.charge(project)
    shop.charge(project, surcharge_percent=Decimal(10))
    (invoice,) = shop.invoices(shop.generate(source="projects", line_level="contract"))
    line, _ = shop.lines(invoice)
    as_it_was = kept(line)
    assert price_to_zero(shop.session, invoice.id, line.id, actor=shop.clerk).net == 0
    rest = [kept(one) for one in shop.lines(invoice)[1:]]
    assert edit(shop, invoice, lines=[as_it_was, *rest]).net == 210


@pytest.mark.row("A43")
def test_what_rounding_took_from_a_charge_comes_back_with_the_line(shop: Shop) -> None:
    invoice, _ = drafted(shop, shop.contract(shop.customer(currency="JPY")), "1", "1", "1")
    (line,) = shop.lines(invoice)
    as_it_was = kept(line)
    edit(shop, invoice, lines=[kept(line, quantity=Decimal(1), unit_price=Decimal(1))])
    assert standing(shop, invoice) == [*amounts("1 0 0")]
    edit(shop, invoice, lines=[kept(shop.lines(invoice)[0], unit_price=Decimal(2))])
    assert standing(shop, invoice) == [*amounts("1 1 0")]
    edit(shop, invoice, lines=[as_it_was])
    assert standing(shop, invoice) == [*amounts("1 1 1")]
