"""Automatic project invoices: surcharge, instalments, G account, compression, the third choice."""

from datetime import date
from decimal import Decimal

import pytest
from tests.fixtures.shop import Shop, amounts

from bordereau.batches import (
    OwnerFilter,
    choose_all,
    choose_charges,
    choose_matching,
    generate,
    list_owners,
    numbers_at_once,
    run,
    select_again,
    totals,
)
from bordereau.contract import LineType
from bordereau.errors import Refused
from bordereau.invoices import InvoiceInput, LineInput, document_of, edit_invoice


@pytest.fixture
def overhead(shop: Shop) -> str:
    """The work type for invoice surcharge of the shop's seller."""
    work = shop.books.work_type(code="OVH", name="Overhead", tax_code_id=shop.tax.id)
    shop.seller.surcharge_work_type_id = work.id
    shop.session.flush()
    return "OVH"


@pytest.mark.row("B1", "B2", "B4", "B5")
def test_cost_lines_of_a_project_are_billed_one_by_one(shop: Shop) -> None:
    project = shop.project(name="Harbour")
    for kind in ("hours", "units", "materials", "purchase", "financial"):
        shop.charge(project, "30", kind=kind, description=kind, quantity=3, unit_price=10)
    (invoice,) = shop.invoices(shop.run(source="projects"))
    lines = shop.lines(invoice)
    assert {one.name for one in lines} == {"hours", "units", "materials", "purchase", "financial"}
    assert {(one.quantity, one.unit_price, one.net) for one in lines} == {amounts("3 10 30")}
    assert {tuple(one.headings) for one in lines} == {("Harbour",)}
    assert (invoice.origin, invoice.project_id) == ("project", project.id)


@pytest.mark.row("B51", "B52", "B54", "B55")
def test_surcharge_lines_are_made_per_vat_rate_group(shop: Shop, overhead: str) -> None:
    reduced = shop.books.tax_code("6")
    project = shop.project()
    shop.charge(project, "90", surcharge_percent=5, quantity=1, unit_price=100, discount_percent=10)
    shop.charge(project, "50", surcharge_percent=5, tax_code=reduced.id)
    shop.charge(project, "200")
    batch = shop.open(source="projects")
    (before,) = totals(shop.session, batch).currencies
    run(shop.session, batch, actor=shop.clerk)
    (invoice,) = shop.invoices(batch)
    made = [one for one in shop.lines(invoice) if one.type == LineType.SURCHARGE]
    assert sorted((one.tax_rate, one.net) for one in made) == [amounts("6 2.5"), amounts("20 4.5")]
    assert {one.item_code for one in made} == {overhead}
    assert (before.surcharge, before.billable) == amounts("7 347")
    assert (invoice.net, invoice.total) == (before.billable, before.total)


@pytest.mark.row("B53")
def test_without_a_work_type_for_it_no_surcharge_is_made(shop: Shop) -> None:
    shop.charge(shop.project(), "100", surcharge_percent=5)
    (invoice,) = shop.invoices(shop.run(source="projects"))
    assert invoice.net == 100


@pytest.mark.row("B19", "B51")
def test_compressing_changes_neither_the_surcharge_nor_the_total(shop: Shop, overhead: str) -> None:
    project = shop.project(name="Harbour")
    for net in ("33.33", "33.33", "0.01"):
        shop.charge(project, net, surcharge_percent=Decimal("7.5"))
    batch = shop.run(source="projects")
    (loose,) = shop.invoices(batch)
    before = (loose.net, loose.tax, loose.total)
    select_again(shop.session, batch, actor=shop.clerk)
    (compressed,) = shop.invoices(shop.run(source="projects", compress=True))
    assert (compressed.net, compressed.tax, compressed.total) == before
    assert [one.name for one in shop.lines(compressed)] == ["Harbour", "Overhead"]


@pytest.mark.row("B51")
def test_surcharges_follow_when_an_unnumbered_invoice_is_changed(shop: Shop, overhead: str) -> None:
    shop.charge(shop.project(), "100", surcharge_percent=5, description="Work")
    (draft,) = shop.invoices(shop.generate(source="projects"))
    line = next(one for one in shop.lines(draft) if one.name == "Work")
    typed = LineInput(id=line.id, name="Work", unit_price=Decimal(40), tax_code_id=line.tax_code_id)
    changed = edit_invoice(
        shop.session,
        draft.id,
        InvoiceInput(lines=[typed]),
        version=draft.version,
        actor=shop.clerk,
    )
    assert [one.net for one in shop.lines(draft)] == [40, 2]
    assert changed.net == 42


@pytest.mark.row("B57")
def test_an_instalment_makes_one_invoice_and_is_never_mixed(shop: Shop) -> None:
    project = shop.project()
    for net in ("1000", "500"):
        shop.charge(project, net, kind="instalment", description=f"Instalment {net}")
    shop.charge(project, "70")
    found = shop.invoices(shop.run(source="projects", collect="customer"))
    assert sorted(one.net for one in found) == [70, 500, 1000]
    (line,) = shop.lines(max(found, key=lambda one: one.net))
    assert line.type == LineType.INSTALMENT
    assert line.quantity == 1


@pytest.mark.row("B58")
def test_a_g_account_splits_the_payment_and_not_the_total(shop: Shop) -> None:
    dutch = shop.books.administration(country="NL", blocked_iban="NL91ABNA0417164300")
    reverse = shop.books.tax_code("0", category="AE", exemption="VATEX-EU-AE")
    customer = shop.customer(split_percent=25)
    project = shop.books.project(customer, dutch, wage_percent=40)
    shop.charge(project, "10000", tax_code=reverse.id)
    (invoice,) = shop.issue(source="projects")
    payment = document_of(shop.session, invoice.id).payment
    assert payment.split is not None
    split = payment.split
    assert (split.wage_total, split.amount, split.balance) == amounts("4000 1000 9000")
    assert (split.iban, payment.iban) == ("NL91ABNA0417164300", dutch.iban)
    assert invoice.total == 10000


@pytest.mark.parametrize(
    ("country", "rate", "iban", "code"),
    [
        ("FR", "0", "X", "G_ACCOUNT_COUNTRY"),
        ("NL", "21", "X", "G_ACCOUNT_TAX"),
        ("NL", "0", "", "G_ACCOUNT_MISSING"),
    ],
)
def test_a_g_account_is_dutch_reverse_charged_and_has_a_second_account(
    shop: Shop, country: str, rate: str, iban: str, code: str
) -> None:
    seller = shop.books.administration(country=country, blocked_iban=iban)
    category = {} if rate != "0" else {"category": "AE", "exemption": "VATEX-EU-AE"}
    tax = shop.books.tax_code(rate, **category)
    project = shop.books.project(shop.customer(split_percent=25), seller, wage_percent=40)
    shop.charge(project, tax_code=tax.id)
    with pytest.raises(Refused) as refusal:
        shop.run(source="projects")
    assert refusal.value.code == code


@pytest.mark.row("B11", "B16", "B35", "B36")
def test_only_the_ticked_lines_are_billed_and_the_others_stay_on_the_list(shop: Shop) -> None:
    project = shop.project()
    chosen, left = shop.charge(project, "10"), shop.charge(project, "20")
    batch = shop.open(source="projects")
    choose_all(shop.session, batch, ticked=False, actor=shop.clerk)
    choose_charges(shop.session, batch, [chosen.id], ticked=True, actor=shop.clerk)
    assert [shop.state(one) for one in (chosen, left)] == ["closed", "closed"]
    run(shop.session, batch, actor=shop.clerk)
    generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    assert [shop.state(one) for one in (chosen, left)] == ["billed", "closed"]


@pytest.mark.row("B9", "B35")
def test_everything_that_a_filter_shows_can_be_ticked_or_cleared_at_once(shop: Shop) -> None:
    for name in ("Harbour east", "Harbour west", "Station"):
        shop.charge(shop.project(name=name), "10")
    shop.charge(shop.project(name="Harbour later"), ready_on=date(2027, 1, 1))
    batch = shop.open(source="projects")
    harbour = OwnerFilter(text="harbour")
    assert choose_matching(shop.session, batch, harbour, ticked=False, actor=shop.clerk) == 2
    ticked = {one.name: one.ticked for one in list_owners(shop.session, batch).owners}
    assert ticked == {
        "Harbour east": False,
        "Harbour later": False,
        "Harbour west": False,
        "Station": True,
    }
    choose_all(shop.session, batch, ticked=False, actor=shop.clerk)
    choose_matching(shop.session, batch, harbour, ticked=True, actor=shop.clerk)
    (euro,) = totals(shop.session, batch).currencies
    assert euro.billable == 20


@pytest.mark.row("B15", "B31")
def test_numbers_are_given_at_generation_if_every_administration_wants_it(shop: Shop) -> None:
    at_once = shop.books.administration(finalise="on_generate")
    shop.charge(shop.books.project(shop.customer(), at_once))
    batch = shop.generate(source="projects")
    assert numbers_at_once(shop.session, batch)
    shop.charge(shop.books.project(shop.customer(), at_once))
    shop.charge(shop.project())
    mixed = shop.generate(source="projects", name="mixed")
    assert not numbers_at_once(shop.session, mixed)
