"""Lines by hand in drafts, and filling the right drafts only."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import UUID

import pytest
from tests.fixtures.shop import TODAY, Shop, amounts

from bordereau.charges import Charge
from bordereau.drafts import (
    Filled,
    add_line,
    change_line,
    delete_draft,
    fill_drafts,
    get_draft,
    invoice_drafts,
    lines_of,
    list_drafts,
    release,
)
from bordereau.drafts.tables import DraftLine
from bordereau.errors import Invalid, Refused
from bordereau.invoices.tables import Invoice
from bordereau.store import Database
from bordereau.values.ids import TenantId


def fill(shop: Shop) -> Filled:
    return fill_drafts(shop.session, shop.clerk, as_of=TODAY)


def add(
    shop: Shop, draft_id: UUID, work_type_id: UUID, method: str, project_id: UUID | None = None
) -> None:
    add_line(
        shop.session,
        shop.clerk,
        draft_id,
        method=method,
        name="By hand",
        amount=Decimal(500),
        work_type_id=work_type_id,
        day=TODAY,
        project_id=project_id,
    )


@pytest.mark.row("B13")
def test_the_counterpart_of_an_advance_survives_its_draft(shop: Shop) -> None:
    work_type = shop.books.work_type(tax_code_id=shop.tax.id)
    shop.charge(shop.project())
    (draft_id,) = fill(shop).draft_ids
    add(shop, draft_id, work_type.id, "invoice_advance")
    release(shop.session, shop.clerk, draft_id)
    (done,) = invoice_drafts(shop.session, shop.clerk, [draft_id], invoice_date=TODAY)
    assert done.successor_id is not None
    delete_draft(shop.session, shop.clerk, done.successor_id)
    (again,) = fill(shop).draft_ids
    lines = lines_of(shop.session, get_draft(shop.session, again))
    assert [line.net for line in lines] == [Decimal(-500)]


def bill_advance(shop: Shop, draft_id: UUID) -> tuple[list[Invoice], DraftLine]:
    """Invoice a draft with an advance; return its invoices and what takes the advance back."""
    release(shop.session, shop.clerk, draft_id)
    (done,) = invoice_drafts(shop.session, shop.clerk, [draft_id], invoice_date=TODAY)
    assert done.successor_id is not None
    (left,) = lines_of(shop.session, get_draft(shop.session, done.successor_id))
    return shop.invoices(), left


@pytest.mark.row("B13")
def test_an_advance_and_its_counterpart_have_the_currency_of_the_drafts_administration(
    shop: Shop,
) -> None:
    dollars = shop.books.administration(code="ZUSD", currency="USD")
    project = shop.books.project(shop.customer(), dollars)
    shop.charge(project, currency="USD")
    (draft_id,) = fill(shop).draft_ids
    add(shop, draft_id, shop.books.work_type(tax_code_id=shop.tax.id).id, "invoice_advance")
    invoices, left = bill_advance(shop, draft_id)
    assert [(one.currency, one.net) for one in invoices] == [("USD", Decimal(600))]
    counterpart = shop.session.get_one(Charge, (shop.session.tenant_id, left.charge_id))
    assert (counterpart.currency, counterpart.net) == ("USD", Decimal(-500))


@pytest.mark.row("B13")
@pytest.mark.parametrize("typed", [True, False])
def test_the_counterpart_of_an_advance_bears_the_tax_of_its_line(
    shop: Shop, *, typed: bool
) -> None:
    work_type = shop.books.work_type(tax_code_id=shop.tax.id)
    reduced = shop.books.tax_code("6")
    project = shop.project()
    shop.charge(project, tax_code=reduced.id, work_type_id=work_type.id if typed else None)
    (draft_id,) = fill(shop).draft_ids
    (line,) = lines_of(shop.session, get_draft(shop.session, draft_id))
    change_line(shop.session, shop.clerk, draft_id, line.id, method="invoice_advance")
    _, left = bill_advance(shop, draft_id)
    draft = get_draft(shop.session, left.draft_id)
    change_line(shop.session, shop.clerk, draft.id, left.id, method="invoice")
    release(shop.session, shop.clerk, draft.id)
    invoice_drafts(shop.session, shop.clerk, [draft.id], invoice_date=TODAY)
    advance, settled = shop.invoices()
    assert (advance.net, advance.tax) == amounts("100 6")
    assert (settled.kind, *amounts("100 6")) == ("381", settled.net, settled.tax)
    assert settled.project_id == project.id


def test_a_line_by_hand_is_on_a_project_of_the_drafts_client(shop: Shop) -> None:
    work_type = shop.books.work_type(tax_code_id=shop.tax.id)
    customer = shop.customer()
    shop.charge(shop.project(customer))
    (draft_id,) = fill(shop).draft_ids
    elsewhere = shop.books.project(customer, shop.books.administration())
    for project in (shop.project(), elsewhere):
        with pytest.raises(Invalid) as refusal:
            add(shop, draft_id, work_type.id, "invoice_plus", project_id=project.id)
        assert refusal.value.code == "PROJECT_OF_OTHER_CLIENT"


@pytest.mark.row("B6")
def test_a_line_by_hand_is_not_on_a_project_that_is_not_charged(shop: Shop) -> None:
    work_type = shop.books.work_type(tax_code_id=shop.tax.id)
    customer = shop.customer()
    shop.charge(shop.project(customer))
    (draft_id,) = fill(shop).draft_ids
    unpaid = shop.project(customer, charge=False)
    with pytest.raises(Refused) as refusal:
        add(shop, draft_id, work_type.id, "invoice_plus", project_id=unpaid.id)
    assert refusal.value.code == "NOT_CHARGEABLE"


@pytest.mark.row("B22")
def test_a_line_by_hand_has_no_distance_selling_vat(shop: Shop) -> None:
    afar = shop.books.tax_code("19", country="DE", distance_selling=True)
    work_type = shop.books.work_type(tax_code_id=afar.id)
    shop.charge(shop.project())
    (draft_id,) = fill(shop).draft_ids
    with pytest.raises(Refused) as refusal:
        add(shop, draft_id, work_type.id, "invoice_plus")
    assert refusal.value.code == "DISTANCE_SALE"


def test_a_line_by_hand_has_no_tax_of_another_country(shop: Shop) -> None:
    abroad = shop.books.tax_code("0", category="K", exemption="Intra-Community supply")
    work_type = shop.books.work_type(tax_code_id=abroad.id)
    shop.charge(shop.project())
    (draft_id,) = fill(shop).draft_ids
    with pytest.raises(Refused) as refusal:
        add(shop, draft_id, work_type.id, "invoice_plus")
    assert refusal.value.code == "DRAFT_TAX"


def test_filling_leaves_released_drafts_alone_that_get_no_line(shop: Shop) -> None:
    other = shop.books.administration()
    one, two = shop.customer(), shop.customer()
    shop.charge(shop.books.project(two, other))
    (released,) = fill(shop).draft_ids
    release(shop.session, shop.clerk, released)
    shop.charge(shop.project(two))
    shop.charge(shop.books.project(one, other))
    assert released not in fill(shop).draft_ids
    assert get_draft(shop.session, released).state == "released"


def test_filling_four_times_at_once_takes_each_charge_once(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    for _ in range(5):
        project = shop.project()
        for _ in range(4):
            shop.charge(project)
    shop.session.commit()

    def attempt(_: int) -> int:
        with database.tenant(tenant_id) as session:
            return fill_drafts(session, shop.clerk, as_of=TODAY).taken

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 20
    drafts = list_drafts(shop.session)
    assert [len(lines_of(shop.session, draft)) for draft in drafts] == [4] * 5
