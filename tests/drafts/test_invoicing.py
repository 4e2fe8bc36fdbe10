"""Released drafts become the final invoice, as they were edited."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from tests.drafts.site import ANNA, TODAY, Site, state_of
from tests.fixtures.shop import Shop, amounts

from bordereau.catalog import TaxCodeRecord
from bordereau.catalog.tables import TaxCode
from bordereau.charges import Charge, is_ready, refresh_holds, save_tax_codes
from bordereau.contract import LineType
from bordereau.drafts import (
    add_line,
    change_line,
    fill_drafts,
    get_draft,
    invoice_drafts,
    lines_of,
    list_drafts,
    release,
    remove_line,
)
from bordereau.errors import Refused
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.tables import Allocation, Invoice, InvoiceLine
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration, AuditEvent
from bordereau.values.ids import public_id


@pytest.mark.row("B14")
def test_a_draft_that_is_not_released_makes_no_invoice(session: TenantSession, site: Site) -> None:
    site.charge()
    draft = site.fill()
    with pytest.raises(Refused) as refusal:
        invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
    assert refusal.value.code == "DRAFT_NOT_RELEASED"


@pytest.mark.row("B14")
@pytest.mark.parametrize(
    "change",
    [
        lambda s, d, line: change_line(s, ANNA, d.id, line.id, name="Other text"),
        lambda s, d, line: remove_line(s, ANNA, d.id, line.id),
    ],
)
def test_a_change_after_the_release_asks_for_another_release(
    session: TenantSession, site: Site, change: Callable[..., Any]
) -> None:
    site.charge()
    draft = site.fill()
    release(session, ANNA, draft.id)
    change(session, draft, lines_of(session, draft)[0])
    assert get_draft(session, draft.id).state == "changed"


@pytest.mark.row("B15", "B1")
def test_a_released_draft_becomes_the_final_invoice_as_it_was_edited(
    session: TenantSession, site: Site
) -> None:
    kept = site.charge("100", surcharge_percent=Decimal(5))
    edited = site.charge("60")
    draft = site.fill()
    line = next(one for one in lines_of(session, draft) if one.charge_id == edited.id)
    change_line(
        session, ANNA, draft.id, line.id, name="Remise", quantity=Decimal(2), unit_price=Decimal(20)
    )
    release(session, ANNA, draft.id)
    (done,) = invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
    invoice = session.get_one(Invoice, (session.tenant_id, done.invoice_ids[0]))
    assert [invoice.net, invoice.tax, invoice.total] == [Decimal(140), Decimal(28), Decimal(168)]
    assert (invoice.state, invoice.origin, invoice.draft_id) == ("draft", "project", draft.id)
    names = session.scalars(
        select(InvoiceLine.name).where(InvoiceLine.invoice_id == invoice.id)
    ).all()
    assert sorted(names) == ["Remise", "Something useful"]
    behind = session.scalars(
        select(Allocation.charge_id).where(Allocation.invoice_id == invoice.id)
    ).all()
    assert set(behind) == {kept.id, edited.id}
    assert state_of(session, kept) == "billed"
    assert get_draft(session, draft.id).state == "invoiced"


def test_what_is_delayed_stays_in_a_new_draft_and_what_is_written_off_is_gone(
    session: TenantSession, site: Site
) -> None:
    now, later, never = site.charge("10"), site.charge("20"), site.charge("30")
    draft = site.fill()
    for line in lines_of(session, draft):
        method = {later.id: "delay", never.id: "write_off"}.get(line.charge_id)
        if method:
            change_line(session, ANNA, draft.id, line.id, method=method, reason="Our mistake")
    release(session, ANNA, draft.id)
    (done,) = invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
    assert done.successor_id is not None
    successor = get_draft(session, done.successor_id)
    assert [line.charge_id for line in lines_of(session, successor)] == [later.id]
    assert [state_of(session, one) for one in (now, later, never)] == [
        "billed",
        "closed",
        "written_off",
    ]
    told = select(AuditEvent.details).where(AuditEvent.action == "draft.write_off")
    assert session.scalars(told).all() == [{"charges": {public_id("chg", never.id): "Our mistake"}}]


def test_an_advance_is_billed_and_leaves_its_negative_amount_behind(
    session: TenantSession, site: Site
) -> None:
    site.charge("10")
    draft = site.fill()
    add_line(
        session,
        ANNA,
        draft.id,
        method="invoice_advance",
        name="Acompte",
        amount=Decimal(500),
        work_type_id=site.work.id,
        day=TODAY,
        project_id=site.project.id,
    )
    release(session, ANNA, draft.id)
    (done,) = invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
    invoice = session.get_one(Invoice, (session.tenant_id, done.invoice_ids[0]))
    assert invoice.net == 510
    assert done.successor_id is not None
    left = lines_of(session, get_draft(session, done.successor_id))
    assert [(line.method, line.net) for line in left] == [("delay_advance", Decimal(-500))]


def test_a_draft_in_which_all_is_written_off_makes_no_invoice(
    session: TenantSession, site: Site
) -> None:
    charge = site.charge()
    draft = site.fill()
    change_line(session, ANNA, draft.id, lines_of(session, draft)[0].id, method="write_off")
    release(session, ANNA, draft.id)
    (done,) = invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY)
    assert (done.invoice_ids, done.reason, done.successor_id) == ((), "WRITTEN_OFF", None)
    assert state_of(session, charge) == "written_off"


def bill(session: TenantSession, site: Site, **how: Any) -> list[Invoice]:
    """Release the open draft and return its invoices."""
    draft = site.fill() if not list_drafts(session) else list_drafts(session)[0]
    release(session, ANNA, draft.id)
    (done,) = invoice_drafts(session, ANNA, [draft.id], invoice_date=TODAY, **how)
    return [session.get_one(Invoice, (session.tenant_id, one)) for one in done.invoice_ids]


@pytest.mark.row("B56")
def test_no_surcharge_line_is_made_through_a_draft_though_a_work_type_is_set(shop: Shop) -> None:
    shop.seller.surcharge_work_type_id = shop.books.work_type(tax_code_id=shop.tax.id).id
    project = shop.project()

    def types() -> set[str]:
        return {line.type for invoice in shop.invoices() for line in shop.lines(invoice)}

    shop.charge(project, "100", surcharge_percent=5)
    (draft_id,) = fill_drafts(shop.session, shop.clerk, as_of=TODAY).draft_ids
    release(shop.session, shop.clerk, draft_id)
    invoice_drafts(shop.session, shop.clerk, [draft_id], invoice_date=TODAY)
    assert types() == {str(LineType.ITEM)}
    shop.charge(project, "100", surcharge_percent=5)
    shop.run(source="projects")
    assert types() == {str(LineType.ITEM), str(LineType.SURCHARGE)}


@pytest.mark.row("B16")
def test_at_generation_only_the_lines_chosen_in_the_draft_are_billed(
    session: TenantSession, site: Site
) -> None:
    chosen, put_off, left = site.charge("10"), site.charge("20"), site.charge("40")
    draft = site.fill()
    lines = {line.charge_id: line.id for line in lines_of(session, draft)}
    change_line(session, ANNA, draft.id, lines[put_off.id], method="delay")
    remove_line(session, ANNA, draft.id, lines[left.id])
    (invoice,) = bill(session, site)
    assert invoice.net == 10
    assert [state_of(session, one) for one in (chosen, put_off, left)] == [
        "billed",
        "closed",
        "closed",
    ]
    on_the_list = select(Charge.id).where(is_ready(TODAY))
    assert session.scalars(on_the_list).all() == [left.id]


@pytest.mark.row("B18")
@pytest.mark.parametrize(
    ("setting", "choice", "nets"),
    [
        ("customer", None, [150]),
        ("project", None, [50, 100]),
        ("customer", Collect.PROJECT, [50, 100]),
        ("project", Collect.CUSTOMER, [150]),
    ],
)
def test_a_draft_is_billed_per_relation_or_per_project_by_setting_and_by_choice(
    session: TenantSession, site: Site, setting: str, choice: Collect | None, nets: list[int]
) -> None:
    seller = session.get_one(Administration, (session.tenant_id, site.project.administration_id))
    seller.collect = setting
    site.charge("100")
    site.books.charge(site.books.project(site.customer, seller), "50", work_type_id=site.work.id)
    assert sorted(one.net for one in bill(session, site, collect=choice)) == nets


def test_the_discount_of_a_charge_stays_when_its_draft_line_is_changed(
    session: TenantSession, site: Site
) -> None:
    site.charge("90", unit_price=Decimal(100), discount_percent=Decimal(10))
    draft = site.fill()
    (line,) = lines_of(session, draft)
    assert change_line(session, ANNA, draft.id, line.id, quantity=Decimal(1)).net == 90
    assert change_line(session, ANNA, draft.id, line.id, quantity=Decimal(3)).net == 270
    (invoice,) = bill(session, site)
    (printed,) = session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id))
    assert (printed.quantity, printed.unit_price, printed.discount) == amounts("3 100 30")
    assert invoice.net == 270


def test_a_line_without_a_text_bears_the_name_of_its_project(
    session: TenantSession, site: Site
) -> None:
    site.project.name = "Harbour"
    site.charge(description="")
    (line,) = lines_of(session, site.fill())
    assert line.name == "Harbour"
    (invoice,) = bill(session, site)
    names = select(InvoiceLine.name).where(InvoiceLine.invoice_id == invoice.id)
    assert session.scalars(names).all() == ["Harbour"]


@pytest.mark.row("B6", "B22")
@pytest.mark.parametrize("code", ["NOT_CHARGEABLE", "DISTANCE_SALE"])
def test_what_came_to_stand_against_a_line_of_a_draft_keeps_it_off_the_invoice(
    session: TenantSession, site: Site, code: str
) -> None:
    charge = site.charge()
    site.fill()
    if code == "DISTANCE_SALE":
        tax = session.scalars(select(TaxCode)).one()
        record = TaxCodeRecord(code=tax.code, name="OSS", rate=tax.rate, distance_selling=True)
        save_tax_codes(session, {1: record})
    else:
        site.project.charge = False
        refresh_holds(session, charge_ids=[charge.id])
    with pytest.raises(Refused) as refusal:
        bill(session, site)
    assert refusal.value.code == code
    assert state_of(session, charge) == "closed"
