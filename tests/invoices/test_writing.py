"""Writing invoices by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.fixtures.shop import Shop, amounts
from tests.invoices.typed import edit, typed, write

from bordereau.contract import LineType
from bordereau.errors import Invalid, NotFound
from bordereau.invoices import InvoiceInput, document_of, issue, write_invoice
from bordereau.values.ids import uuid7


@pytest.mark.row("A7")
def test_an_invoice_written_by_hand_has_no_batch_and_gets_its_number_like_any_other(
    shop: Shop,
) -> None:
    invoice = write(shop, typed(shop, quantity=Decimal("1.5"), discount=Decimal(10)))
    assert (invoice.state, invoice.batch_id, invoice.origin) == ("draft", None, "ad_hoc")
    assert (invoice.net, invoice.tax, invoice.total) == amounts("140 28 168")
    (line,) = shop.lines(invoice)
    assert line.type == LineType.MANUAL
    issue(shop.session, [invoice.id])
    assert document_of(shop.session, invoice.id).number.startswith("F")


@pytest.mark.row("B59", "B22")
def test_a_manual_invoice_is_possible_under_distance_selling_and_for_a_project(shop: Shop) -> None:
    customer = shop.customer(distance_selling=True)
    project = shop.project(customer)
    invoice = write_invoice(
        shop.session,
        customer.id,
        InvoiceInput(lines=[typed(shop)]),
        project_id=project.id,
        actor=shop.clerk,
    )
    assert invoice.project_id == project.id
    assert invoice.total == 120


def test_what_is_left_out_comes_from_customer_and_administration(shop: Shop) -> None:
    customer = shop.customer(currency="USD", language="nl", payment_days=7, buyer_reference="R")
    invoice = write(shop, customer=customer.id, issue_date=date(2026, 11, 1))
    assert (invoice.currency, invoice.language, invoice.buyer_reference) == ("USD", "nl", "R")
    assert invoice.due_date == date(2026, 11, 8)
    assert invoice.buyer["name"] == customer.name


def test_the_seller_must_be_known(shop: Shop) -> None:
    shop.books.administration()
    with pytest.raises(Invalid) as refusal:
        write(shop)
    assert refusal.value.code == "ADMINISTRATION_MISSING"
    with pytest.raises(NotFound):
        write(shop, customer=uuid7())


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"name": " "}, "LINE_NAME_MISSING", "lines.0.name"),
        ({"unit_price": Decimal("0.1234567")}, "TOO_MANY_DECIMALS", "lines.0.unit_price"),
        ({"tax_code_id": uuid7()}, "TAX_CODE_UNKNOWN", "lines.0.tax_code_id"),
        ({"id": uuid7()}, "LINE_UNKNOWN", "lines.0.id"),
        (
            {"period_start": date(2026, 2, 1), "period_end": date(2026, 2, 1)},
            "PERIOD_REVERSED",
            "lines.0.period_end",
        ),
    ],
)
def test_a_wrong_line_is_refused_with_its_place(
    shop: Shop, change: dict[str, Any], code: str, where: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        write(shop, typed(shop, **change))
    assert (refusal.value.code, refusal.value.where) == (code, where)


def test_an_invoice_needs_a_line(shop: Shop) -> None:
    with pytest.raises(Invalid, match="needs a line"):
        edit(shop, write(shop), lines=[])


def test_taxes_that_en_16931_forbids_are_refused(shop: Shop) -> None:
    outside = shop.books.tax_code("0", category="O", exemption="VATEX-EU-O")
    with pytest.raises(Invalid) as refusal:
        write(shop, typed(shop), typed(shop, tax_code_id=outside.id))
    assert refusal.value.code == "TAX_CATEGORIES_MIXED"


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"quantity": Decimal(999_999_999_999), "unit_price": Decimal(999_999_999_999)}, 20),
        ({"discount": Decimal(10) ** 14}, 1),
        ({"unit_price": Decimal(99_999_999_999_999)}, 2),
    ],
)
def test_an_amount_that_no_account_holds_is_refused(
    shop: Shop, values: dict[str, Decimal], count: int
) -> None:
    shop.seller.currency = "BHD"
    with pytest.raises(Invalid) as refusal:
        write(shop, *[typed(shop, **values)] * count)
    assert refusal.value.code == "AMOUNT_TOO_LARGE"
