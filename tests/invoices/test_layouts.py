"""Which layout an invoice is made and printed with (rows B23 to B28)."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest
from tests.fixtures.shop import Shop

from bordereau.catalog.tables import Layout
from bordereau.errors import Refused
from bordereau.invoices import InvoiceInput, LineInput, edit_invoice, write_invoice
from bordereau.invoices.tables import Invoice
from bordereau.output.layouts import Looks


@dataclass
class Looked:
    """The layouts of a shop by their names, and what an invoice is printed with."""

    shop: Shop
    ids: dict[str, UUID]

    def printed(self, invoice: Invoice, *, run: str = "") -> str:
        looks = Looks(self.shop.session, self.ids.get(run))
        return looks.choose(invoice.layout_id, self.shop.seller.layout_id).layout.name


@pytest.fixture
def looked(shop: Shop) -> Looked:
    """Layouts of a project, of an invoice header, of a run, and of the administration."""
    rows = [Layout(name=name) for name in ("project", "header", "run", "house")]
    shop.session.add_all(rows)
    shop.session.flush()
    ids = {row.name: row.id for row in rows}
    shop.seller.layout_id = ids["house"]
    return Looked(shop, ids)


def change(shop: Shop, invoice: Invoice, layout_id: UUID) -> Invoice:
    typed = InvoiceInput(layout_id=layout_id)
    return edit_invoice(shop.session, invoice.id, typed, version=invoice.version, actor=shop.clerk)


@pytest.mark.row("B23", "B25")
def test_the_run_goes_before_the_project_and_the_project_before_the_administration(
    shop: Shop, looked: Looked
) -> None:
    shop.charge(shop.project(layout_id=looked.ids["project"]))
    (invoice,) = shop.issue(source="projects", collect="project")
    assert looked.printed(invoice) == "project"
    assert looked.printed(invoice, run="run") == "run"


@pytest.mark.row("B27")
def test_without_a_layout_of_its_own_an_invoice_has_that_of_the_administration(
    shop: Shop, looked: Looked
) -> None:
    shop.charge(shop.project())
    (invoice,) = shop.issue(source="projects", collect="project")
    assert looked.printed(invoice) == "house"


@pytest.mark.row("B28")
def test_the_layout_of_the_project_is_skipped_when_lines_are_collected_per_customer(
    shop: Shop, looked: Looked
) -> None:
    customer, layout = shop.customer(), looked.ids["project"]
    shop.charge(shop.project(customer, layout_id=layout))
    shop.charge(shop.project(customer, layout_id=layout, invoice_separately=True))
    together, alone = shop.issue(source="projects", collect="customer")
    assert (together.layout_id, alone.layout_id) in {(None, layout), (layout, None)}
    assert {looked.printed(one) for one in (together, alone)} == {"house", "project"}


@pytest.mark.row("B57")
def test_an_instalment_has_the_layout_of_its_project_however_lines_are_collected(
    shop: Shop, looked: Looked
) -> None:
    project = shop.project(layout_id=looked.ids["project"])
    shop.charge(project, kind="instalment")
    shop.charge(shop.project(), kind="instalment")
    found = shop.issue(source="projects", collect="customer")
    printed = {one.project_id == project.id: looked.printed(one) for one in found}
    assert printed == {True: "project", False: "house"}


@pytest.mark.row("B24")
def test_a_layout_in_the_header_counts_where_people_wrote_or_may_change_the_invoice(
    shop: Shop, looked: Looked
) -> None:
    line = LineInput(name="Advice", unit_price=Decimal(100), tax_code_id=shop.tax.id)
    typed = InvoiceInput(layout_id=looked.ids["header"], lines=[line])
    manual = write_invoice(shop.session, shop.customer().id, typed, actor=shop.clerk)
    assert looked.printed(manual) == "header"
    shop.charge(shop.contract())
    (subscription,) = shop.invoices(shop.generate())
    assert looked.printed(change(shop, subscription, looked.ids["header"])) == "header"


@pytest.mark.row("B24")
def test_a_layout_in_the_header_of_an_automatic_project_invoice_is_refused(
    shop: Shop, looked: Looked
) -> None:
    shop.charge(shop.project(layout_id=looked.ids["project"]))
    (draft,) = shop.invoices(shop.generate(source="projects", collect="project"))
    with pytest.raises(Refused) as refusal:
        change(shop, draft, looked.ids["header"])
    assert refusal.value.code == "LAYOUT_OF_PROJECT"
    assert looked.printed(change(shop, draft, looked.ids["project"])) == "project"
