"""Lines of automatic project invoices: their types, their tax, and the charges behind them."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop, amounts
from tests.invoices.typed import edit, kept

from bordereau.catalog.tables import WorkType
from bordereau.contract import LineType
from bordereau.invoices import LineInput, document_of, issue
from bordereau.invoices.tables import Allocation


@pytest.fixture
def overhead(shop: Shop) -> WorkType:
    """The work type for invoice surcharge of the shop's seller."""
    work = shop.books.work_type(code="OVH", name="Overhead", tax_code_id=shop.tax.id)
    shop.seller.surcharge_work_type_id = work.id
    shop.session.flush()
    return work


@pytest.mark.row("B55")
def test_no_line_but_a_surcharge_has_type_5_whatever_its_work_type(
    shop: Shop, overhead: WorkType
) -> None:
    project = shop.project()
    shop.charge(project, "100", surcharge_percent=Decimal(5), description="Work")
    shop.charge(project, "40", work_type_id=overhead.id, description="Overhead by the hour")
    (draft,) = shop.invoices(shop.generate(source="projects"))
    typed = LineInput(
        name="Overhead by hand",
        unit_price=Decimal(7),
        tax_code_id=shop.tax.id,
        item_code=overhead.code,
    )
    edit(shop, draft, lines=[*(kept(one) for one in shop.lines(draft)), typed])
    issue(shop.session, [draft.id])
    types = {one.name: (one.type, one.net) for one in document_of(shop.session, draft.id).lines}
    assert types == {
        "Work": (LineType.ITEM, Decimal(100)),
        "Overhead by the hour": (LineType.ITEM, Decimal(40)),
        "Overhead by hand": (LineType.MANUAL, Decimal(7)),
        "Overhead": (LineType.SURCHARGE, Decimal(5)),
    }


@pytest.mark.row("B57")
def test_an_instalment_is_taxed_as_its_work_type_says(shop: Shop) -> None:
    reduced = shop.books.tax_code("6")
    work = shop.books.work_type(tax_code_id=reduced.id)
    shop.charge(shop.project(), "1000", kind="instalment", tax_code=None, work_type_id=work.id)
    (invoice,) = shop.issue(source="projects", collect="customer")
    (line,) = shop.lines(invoice)
    assert (line.type, line.item_code) == (LineType.INSTALMENT, work.code)
    assert (line.quantity, line.tax_rate, invoice.tax) == amounts("1 6 60")


@pytest.mark.row("B29")
def test_a_removed_line_gives_all_its_charges_back_and_a_line_at_nil_none(shop: Shop) -> None:
    projects = [shop.project(name=name) for name in ("North", "South", "West")]
    charges = {
        project.name: [shop.charge(project, net) for net in ("10", "20", "30")]
        for project in projects
    }
    customer = projects[0].customer_id
    for project in projects:
        project.customer_id = customer
        for one in charges[project.name]:
            assert customer is not None
            one.customer_id = customer
    shop.session.flush()
    (draft,) = shop.invoices(
        shop.generate(source="projects", collect="customer", line_level="contract")
    )
    removed, at_nil, left = shop.lines(draft)
    nil = LineInput(
        id=at_nil.id, name=at_nil.name, unit_price=Decimal(0), tax_code_id=at_nil.tax_code_id
    )
    names = [removed.name, at_nil.name, left.name]
    edit(shop, draft, lines=[nil, kept(left)])
    states = [{shop.state(one) for one in charges[name]} for name in names]
    assert states == [{"closed"}, {"billed"}, {"billed"}]
    behind = dict(
        shop.session.execute(
            select(Allocation.charge_id, Allocation.amount).where(Allocation.live)
        ).all()
    )
    assert [behind.get(one.id) for name in names for one in charges[name]] == [
        *(None, None, None),
        *(0, 0, 0),
        *(10, 20, 30),
    ]
    (again,) = shop.issue(source="projects", name="again")
    assert again.net == 60


@pytest.mark.row("B19")
def test_a_compressed_invoice_of_several_projects_names_them(shop: Shop) -> None:
    customer = shop.customer()
    for name in ("North", "South", "South", "West"):
        shop.charge(shop.project(customer, name=name), "10")
    (invoice,) = shop.invoices(shop.run(source="projects", collect="customer", compress=True))
    assert [(one.name, one.net) for one in shop.lines(invoice)] == [
        ("North, South, West", Decimal(40))
    ]
    for name in "ABCDEF":
        shop.charge(shop.project(customer, name=name), "10")
    more = shop.run(source="projects", collect="customer", compress=True, name="more")
    assert [one.name for one in shop.lines(shop.invoices(more)[0])] == ["A, B, C, D, E …"]
