"""Lines by hand in drafts, and filling the right drafts only."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import UUID

import pytest
from tests.fixtures.shop import TODAY, Shop

from bordereau.drafts import (
    Filled,
    add_line,
    delete_draft,
    fill_drafts,
    get_draft,
    invoice_drafts,
    lines_of,
    list_drafts,
    release,
)
from bordereau.errors import Refused
from bordereau.store import Database
from bordereau.values.ids import TenantId


def fill(shop: Shop) -> Filled:
    return fill_drafts(shop.session, shop.clerk, as_of=TODAY)


def add(shop: Shop, draft_id: UUID, work_type_id: UUID, method: str) -> None:
    add_line(
        shop.session,
        shop.clerk,
        draft_id,
        method=method,
        name="By hand",
        amount=Decimal(500),
        work_type_id=work_type_id,
        day=TODAY,
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
