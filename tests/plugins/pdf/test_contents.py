"""What the pages say: all of the document, nothing that is not in it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bordereau.contract import Address, Document, DocumentKind, Layout, LineType, Party, Period

Build = Callable[..., Any]


def test_every_line_and_every_total_is_there(invoice: Build, line: Build, pages: Build) -> None:
    lines = [
        line(
            f"Service number {at}",
            description=f"Details of visit {at}",
            quantity=Decimal(at),
            unit_price=Decimal("12.50"),
            net=Decimal("12.50") * at,
            tax_rate=Decimal([20, 10, 0][at % 3]),
        )
        for at in range(1, 41)
    ]
    document = invoice(*lines)
    read = pages(document)
    for at, each in enumerate(lines, start=1):
        assert f"{each.name} Details of visit {at} {at} 12.50 {each.tax_rate}% {each.net:,}" in read
    for subtotal in document.taxes:
        assert f"{subtotal.rate}% {subtotal.taxable:,.2f} {subtotal.tax:,.2f}" in read
    totals = document.totals
    assert f"Total excluding VAT €{totals.net:,.2f} VAT €{totals.tax:,.2f}" in read
    assert f"Total including VAT €{totals.total:,.2f}" in read


def test_both_parties_are_there_with_their_vat_ids(invoice: Build, pages: Build) -> None:
    read = pages(invoice())
    assert "12 rue du Port 74200 Thonon" in read
    assert "VAT no. FR11999999998" in read
    assert "Ma jolie boutique SARL 35 rue Haute 69001 Lyon" in read
    assert "VAT no. FR19787878784" in read
    assert "France" not in read


def test_the_country_is_named_when_the_parties_live_in_two(invoice: Build, pages: Build) -> None:
    buyer = Party(name="Ivanov Ltd", address=Address(city="London", postcode="N1", country="GB"))
    read = pages(invoice(buyer=buyer))
    assert "London N1 United Kingdom" in read
    assert "74200 Thonon France" in read


def test_references_dates_and_periods_are_there(invoice: Build, pages: Build) -> None:
    read = pages(
        invoice(
            buyer_reference="DEPT-7",
            order_reference="PO-1242",
            contract_reference="SLA-18",
            project_reference="Quay 12",
            period=Period(start=date(2026, 10, 1), end=date(2026, 11, 1)),
            notes=("Thank you.",),
        )
    )
    for fact in (
        "Date 21 November 2026",
        "Due date 21 December 2026",
        "Service period October 2026",
        "Customer no. C-0042",
        "Your reference DEPT-7",
        "Purchase order PO-1242",
        "Contract SLA-18",
        "Project Quay 12",
        "Thank you.",
    ):
        assert fact in read


@pytest.mark.row("A40")
def test_the_headings_of_the_levels_above_stand_over_their_lines(
    invoice: Build, line: Build, pages: Build
) -> None:
    read = pages(
        invoice(
            line("Cable", headings=("Contract North", "Ticket 7")),
            line("Switch", headings=("Contract North", "Ticket 7")),
            line("Visit", headings=("Contract North", "Ticket 8")),
            line("Stamp"),
        )
    )
    (text,) = read.texts
    order = ["ContractNorth", "Ticket7", "Cable", "Switch", "Ticket8", "Visit", "Other", "Stamp"]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert text.count("ContractNorth") == text.count("Ticket7") == 1


def test_a_text_line_has_no_numbers(invoice: Build, line: Build, pages: Build) -> None:
    nothing = dict.fromkeys(("quantity", "unit_price", "net"), Decimal(0))
    read = pages(invoice(line(), line("See annex.", type=LineType.TEXT, **nothing)))
    (text,) = read.texts
    assert text.split("Seeannex.")[1].startswith("VATTaxable")


def test_a_pro_forma_says_that_it_is_no_invoice(invoice: Build, pages: Build) -> None:
    read = pages(invoice(kind=DocumentKind.PRO_FORMA, number=""))
    assert "Pro forma invoice This document is not an invoice" in read


def test_an_invoice_without_a_number_is_called_a_draft(invoice: Build, pages: Build) -> None:
    assert "Invoice (Draft)" in pages(invoice(number=""))


def test_the_file_is_named_after_the_document(invoice: Build, renderer: Any) -> None:
    from_document = _named(renderer, invoice(number="2026/0042"))
    assert from_document.startswith("Invoice 2026-0042")
    assert from_document.endswith(".pdf")
    assert _named(renderer, invoice()) == "Invoice FA-2026-000042.pdf"
    assert "inv_1" in _named(renderer, invoice(number=""))


def _named(renderer: Any, document: Document) -> str:
    return str(renderer.render(document, Layout()).name)
