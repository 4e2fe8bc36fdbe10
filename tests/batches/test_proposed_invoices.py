"""The invoices that a run proposes: who shares one, their lines, taxes and dates."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop, amounts

from bordereau.batches import select_again
from bordereau.errors import Refused
from bordereau.invoices.tables import Allocation


@pytest.mark.row("A39")
def test_contracts_of_one_customer_make_one_invoice_or_one_each(shop: Shop) -> None:
    customer = shop.customer()
    for _ in range(2):
        shop.charge(shop.contract(customer), "10")
    batch = shop.run()
    assert [one.net for one in shop.invoices(batch)] == [10, 10]
    select_again(shop.session, batch, actor=shop.clerk)
    (consolidated,) = shop.invoices(shop.run(collect="customer"))
    assert consolidated.net == 20
    assert consolidated.contract_id is None


@pytest.mark.row("A39", "A6")
def test_administrations_and_currencies_never_share_an_invoice(shop: Shop) -> None:
    customer, other = shop.customer(), shop.books.administration()
    contract = shop.contract(customer)
    shop.charge(contract, "1")
    shop.charge(contract, "2", currency="USD")
    elsewhere = shop.books.contract(customer, other, tax_code_id=shop.tax.id)
    shop.charge(elsewhere, "3")
    found = shop.invoices(shop.run(collect="customer"))
    assert sorted(f"{one.net:.0f} {one.currency}" for one in found) == ["1 EUR", "2 USD", "3 EUR"]


@pytest.mark.row("B18")
def test_projects_are_collected_per_customer_or_per_project(shop: Shop) -> None:
    customer = shop.customer()
    for separate in (False, False, True):
        shop.charge(shop.project(customer, invoice_separately=separate), "10")
    batch = shop.run(source="projects", collect="customer")
    assert sorted(one.net for one in shop.invoices(batch)) == [10, 20]
    select_again(shop.session, batch, actor=shop.clerk)
    per_project = shop.run(source="projects", collect="project")
    assert [one.net for one in shop.invoices(per_project)] == [10, 10, 10]


@pytest.mark.row("A40")
def test_the_line_level_decides_the_lines_and_never_the_total(shop: Shop) -> None:
    customer = shop.customer()
    contract = shop.contract(customer, name="Support")
    tickets = [shop.books.ticket(customer, contract, title=f"Ticket {n}") for n in (1, 2)]
    for ticket in tickets:
        for net in ("33.33", "0.01"):
            shop.charge(contract, net, ticket_id=ticket.id, description=f"Work {net}")
    shop.charge(contract, "5", description="Cable")
    shown = {}
    for level in ("contract", "ticket", "entry"):
        batch = shop.run(line_level=level)
        (invoice,) = shop.invoices(batch)
        assert (invoice.net, invoice.total) == (Decimal("71.68"), Decimal("86.02"))
        shown[level] = [(one.headings, one.name, one.net) for one in shop.lines(invoice)]
        select_again(shop.session, batch, actor=shop.clerk)
    assert shown["contract"] == [([], "Support", Decimal("71.68"))]
    assert sorted(shown["ticket"]) == [
        (["Support"], "Cable", Decimal(5)),
        (["Support"], "Ticket 1", Decimal("33.34")),
        (["Support"], "Ticket 2", Decimal("33.34")),
    ]
    assert (["Support", "Ticket 1"], "Work 33.33", Decimal("33.33")) in shown["entry"]
    assert len(shown["entry"]) == 5


@pytest.mark.row("A18")
def test_only_taxable_contracts_are_taxed_also_on_a_consolidated_invoice(shop: Shop) -> None:
    customer = shop.customer()
    shop.charge(shop.contract(customer, name="taxed"), "100")
    shop.charge(shop.contract(customer, name="untaxed", taxable=False), "50")
    (invoice,) = shop.invoices(shop.run(collect="customer"))
    assert (invoice.net, invoice.tax) == amounts("150 20")
    rates = {one.headings[0]: one.tax_rate for one in shop.lines(invoice)}
    assert rates == {"taxed": 20, "untaxed": 0}


def test_a_taxable_contract_without_a_tax_code_is_refused_by_name(shop: Shop) -> None:
    shop.charge(shop.contract(code="K77", tax_code_id=None))
    with pytest.raises(Refused, match="K77") as refusal:
        shop.run()
    assert refusal.value.code == "TAX_CODE_MISSING"


def test_the_tax_of_a_charge_wins_over_its_work_type_and_its_contract(shop: Shop) -> None:
    reduced, half = shop.books.tax_code("5.5"), shop.books.tax_code("10")
    work = shop.books.work_type(tax_code_id=half.id)
    contract = shop.contract()
    shop.charge(contract, "1", tax_code=reduced.id, work_type_id=work.id, description="own")
    shop.charge(contract, "2", work_type_id=work.id, description="work")
    shop.charge(contract, "4", description="contract")
    (invoice,) = shop.invoices(shop.run())
    assert {one.name: one.tax_rate for one in shop.lines(invoice)} == {
        "own": Decimal("5.5"),
        "work": 10,
        "contract": 20,
    }


def test_a_negative_invoice_becomes_a_credit_note_of_positive_amounts(shop: Shop) -> None:
    contract = shop.contract()
    shop.charge(contract, "-30", kind="adjustment")
    shop.charge(contract, "10", quantity=2, unit_price=5)
    (credit,) = shop.invoices(shop.run())
    assert credit.kind == "381"
    assert (credit.net, credit.tax, credit.total) == amounts("20 4 24")
    assert sorted((one.quantity, one.unit_price, one.net) for one in shop.lines(credit)) == [
        amounts("-2 5 -10"),
        amounts("1 30 30"),
    ]
    allocated = shop.session.scalars(select(Allocation.amount).order_by(Allocation.amount))
    assert list(allocated) == [-30, 10]


def test_prices_and_discounts_of_a_line_give_its_amount(shop: Shop) -> None:
    contract = shop.contract()
    shop.charge(contract, "18", quantity=4, unit_price=5, discount_percent=10, description="a")
    shop.charge(contract, "33.33", quantity=1, unit_price=100, description="b")
    (invoice,) = shop.invoices(shop.run())
    lines = {one.name: one for one in shop.lines(invoice)}
    assert (lines["a"].quantity, lines["a"].unit_price, lines["a"].discount) == amounts("4 5 2")
    assert (lines["b"].quantity, lines["b"].unit_price) == amounts("1 33.33")


@pytest.mark.row("B22")
def test_a_distance_sale_is_never_billed_automatically(shop: Shop) -> None:
    project = shop.project(shop.customer(name="Maria", distance_selling=True))
    shop.charge(project)
    with pytest.raises(Refused, match="Maria") as refusal:
        shop.run(source="projects")
    assert refusal.value.code == "DISTANCE_SALE"


@pytest.mark.row("B32")
def test_the_invoice_date_of_the_run_is_that_of_every_invoice(shop: Shop) -> None:
    shop.charge(shop.contract(shop.customer(payment_days=14)))
    shop.charge(shop.contract())
    batch = shop.run(invoice_date=date(2026, 10, 31))
    assert {one.issue_date for one in shop.invoices(batch)} == {date(2026, 10, 31)}
    assert {one.due_date for one in shop.invoices(batch)} == {
        date(2026, 11, 14),
        date(2026, 11, 30),
    }
