"""Invoice date and due date."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from tests.fixtures.shop import TODAY, Shop

from bordereau.batches import Options, generate, open_batch, run
from bordereau.errors import Invalid
from bordereau.invoices import InvoiceInput, LineInput, edit_invoice, write_invoice
from bordereau.invoices.tables import Invoice
from bordereau.tenancy import account


def edit(shop: Shop, draft: Invoice, issue_date: date | None, due_date: date | None) -> Invoice:
    typed = InvoiceInput(issue_date=issue_date, due_date=due_date)
    return edit_invoice(shop.session, draft.id, typed, version=draft.version, actor=shop.clerk)


@pytest.fixture
def draft(shop: Shop) -> Invoice:
    """A draft of today, due in 30 days."""
    shop.charge(shop.contract())
    (made,) = shop.invoices(shop.generate(invoice_date=TODAY))
    assert made.due_date == TODAY + timedelta(days=30)
    return made


@pytest.mark.row("A43")
@pytest.mark.parametrize("day", [date(2027, 3, 1), date(2026, 11, 2)])
def test_a_moved_invoice_date_takes_the_due_date_along(
    shop: Shop, draft: Invoice, day: date
) -> None:
    edit(shop, draft, day, None)
    assert (draft.issue_date, draft.due_date) == (day, day + timedelta(days=30))


@pytest.mark.parametrize(
    ("issue_date", "due_date"),
    [(None, TODAY - timedelta(days=1)), (date(2027, 3, 1), date(2027, 2, 28))],
)
def test_a_draft_is_not_due_before_it_is_issued(
    shop: Shop, draft: Invoice, issue_date: date | None, due_date: date
) -> None:
    with pytest.raises(Invalid) as refusal:
        edit(shop, draft, issue_date, due_date)
    assert (refusal.value.code, refusal.value.where) == ("DUE_BEFORE_ISSUE", "due_date")


def test_an_invoice_written_by_hand_is_not_due_before_it_is_issued(shop: Shop) -> None:
    line = LineInput(name="Advice", unit_price=Decimal(100), tax_code_id=shop.tax.id)
    typed = InvoiceInput(issue_date=TODAY, due_date=TODAY - timedelta(days=1), lines=[line])
    with pytest.raises(Invalid) as refusal:
        write_invoice(shop.session, shop.customer().id, typed, actor=shop.clerk)
    assert refusal.value.code == "DUE_BEFORE_ISSUE"


@pytest.mark.row("B32")
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # 25 hours apart
def test_without_another_date_invoices_carry_today_in_the_zone_of_the_account(
    shop: Shop, zone: str
) -> None:
    account(shop.session).time_zone = zone
    shop.session.flush()
    for _ in range(2):
        shop.charge(shop.project(), ready_on=date(2020, 1, 1))
    before = datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
    options = Options(name="November")
    batch = open_batch(shop.session, actor=shop.clerk, source="projects", options=options)
    run(shop.session, batch, actor=shop.clerk)
    generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    after = datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
    found = {one.issue_date for one in shop.invoices(batch)}
    assert len(found) == 1
    assert found <= {before, after}
