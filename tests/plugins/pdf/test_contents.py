"""What the pages say: all of the document, nothing that is not in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bordereau.contract import (
    Address,
    Document,
    DocumentKind,
    Layout,
    LineType,
    Party,
    Payment,
    PaymentSplit,
    Period,
    Preceding,
    TaxSubtotal,
    Totals,
)

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


def test_the_discount_has_a_column_only_when_there_is_one(
    invoice: Build, line: Build, pages: Build
) -> None:
    assert "Discount" not in pages(invoice())
    read = pages(invoice(line(discount=Decimal("12.00"), net=Decimal("88.00"))))
    assert "Unit price Discount VAT" in read
    assert "100.00 -12.00 20% 88.00" in read


def test_hours_are_shown_as_hours_and_minutes(invoice: Build, line: Build, pages: Build) -> None:
    hours = line(quantity=Decimal("7.75"), unit="HUR", net=Decimal("775.00"))
    assert "7:45 h 100.00" in pages(invoice(hours))


def test_a_text_line_has_no_numbers(invoice: Build, line: Build, pages: Build) -> None:
    nothing = dict.fromkeys(("quantity", "unit_price", "net"), Decimal(0))
    read = pages(invoice(line(), line("See annex.", type=LineType.TEXT, **nothing)))
    (text,) = read.texts
    assert text.split("Seeannex.")[1].startswith("VATTaxable")


def test_the_reason_why_no_tax_is_due_is_there(invoice: Build, line: Build, pages: Build) -> None:
    exempt = TaxSubtotal(
        category="E",
        rate=Decimal(0),
        taxable=Decimal(100),
        tax=Decimal(0),
        exemption="Article 132.",
    )
    reverse = replace(exempt, category="AE", exemption="")
    read = pages(invoice(taxes=(exempt, reverse)))
    assert "0% Article 132. 100.00 0.00" in read
    assert "0% Reverse charge: the buyer accounts for the VAT. 100.00 0.00" in read


def test_what_is_paid_already_and_the_rounding_lead_to_the_amount_due(
    invoice: Build, pages: Build
) -> None:
    totals = Totals(
        net=Decimal("100.00"),
        tax=Decimal("20.03"),
        total=Decimal("120.03"),
        prepaid=Decimal("50.00"),
        rounding=Decimal("0.02"),
        payable=Decimal("70.05"),
    )
    read = pages(invoice(totals=totals))
    assert "€120.03 Paid already -€50.00 Rounding €0.02 Amount due €70.05" in read


def test_the_payment_block_says_how_to_pay(invoice: Build, pages: Build) -> None:
    payment = Payment(
        iban="FR2012421242124212421242124",
        bic="AGRIFRPP",
        account_name="Lac",
        reference="REF-9",
        terms="30 days net.",
    )
    read = pages(invoice(payment=payment))
    for fact in (
        "Amount due €120.00",
        "Means Bank transfer",
        "IBAN FR20 1242 1242 1242 1242 1242 124",
        "BIC AGRIFRPP",
        "Account holder Lac",
        "Reference REF-9",
        "30 days net.",
    ):
        assert fact in read


@pytest.mark.row("B58")
def test_a_split_payment_names_two_accounts_and_keeps_the_total(
    invoice: Build, line: Build, pages: Build
) -> None:
    split = PaymentSplit(
        label="G account",
        wage_total=Decimal("40.00"),
        wage_percent=Decimal(40),
        split_percent=Decimal(45),
        amount=Decimal("18.00"),
        balance=Decimal("82.00"),
        iban="NL20INGB0001234567",
    )
    payment = Payment(iban="NL91ABNA0417164300", split=split)
    reverse = line(tax_category="AE", tax_rate=Decimal(0))
    read = pages(invoice(reverse, payment=payment))
    assert "To G account NL20 INGB 0001 2345 67 €18.00" in read
    assert "To our bank account NL91 ABNA 0417 1643 00 €82.00" in read
    assert "40% of the net total, €40.00" in read
    assert "Total including VAT €100.00" in read


def test_a_credit_note_names_what_it_corrects_and_asks_for_no_money(
    invoice: Build, pages: Build
) -> None:
    read = pages(
        invoice(
            kind=DocumentKind.CREDIT_NOTE,
            number="CN-7",
            preceding=(Preceding(number="INV-1", issue_date=date(2026, 10, 5)),),
        )
    )
    assert "Credit note CN-7 Corrects invoice INV-1 of 5 October 2026" in read
    assert "IBAN" not in read
    assert "Due date" not in read


def test_a_pro_forma_says_that_it_is_no_invoice(invoice: Build, pages: Build) -> None:
    read = pages(invoice(kind=DocumentKind.PRO_FORMA, number=""))
    assert "Pro forma invoice This document is not an invoice" in read


def test_an_invoice_without_a_number_is_called_a_draft(invoice: Build, pages: Build) -> None:
    assert "Invoice (Draft)" in pages(invoice(number=""))


@pytest.mark.parametrize("count", [1, 2, 25, 300])
def test_any_number_of_lines_fits_and_no_row_is_split(
    invoice: Build, line: Build, pages: Build, count: int
) -> None:
    details = "one\ntwo\nthree"
    lines = [line(f"Row{at:03d}.", description=details, headings=("Group",)) for at in range(count)]
    read = pages(invoice(*lines))
    for at in range(count):
        assert f"Row{at:03d}. one two three 1 100.00" in read
    assert f"Page {len(read)} of {len(read)}" in read
    rows = set(read.of("Row"))
    assert rows <= set(read.of("Description Quantity")) & set(read.of("Group"))


def test_a_description_longer_than_a_page_is_whole(
    invoice: Build, line: Build, pages: Build
) -> None:
    read = pages(invoice(line(description="word " * 3000)))
    assert sum(text.count("word") for text in read.texts) == 3000


def test_a_long_word_stays_in_its_column(invoice: Build, line: Build, pages: Build) -> None:
    read = pages(invoice(line("W" * 120)))
    rows = read.reader.pages[0].extract_text().split("\n")
    parts = [row.count("W") for row in rows if row.count("W") > 1]
    assert len(parts) > 1
    assert max(parts) < 60
    assert sum(parts) == 120
    assert "W" * 120 in read


def test_control_characters_do_no_harm(invoice: Build, line: Build, pages: Build) -> None:
    read = pages(invoice(line("a\x00b\tc\r\nd\ud800e", description='#read("x") $ * _ \\')))
    assert "ab c de" in read
    assert '#read("x") $ * _ \\' in read


def test_the_file_is_named_after_the_document(invoice: Build, renderer: Any) -> None:
    from_document = _named(renderer, invoice(number="2026/0042"))
    assert from_document.startswith("Invoice 2026-0042")
    assert from_document.endswith(".pdf")
    assert _named(renderer, invoice()) == "Invoice FA-2026-000042.pdf"
    assert "inv_1" in _named(renderer, invoice(number=""))


def _named(renderer: Any, document: Document) -> str:
    return str(renderer.render(document, Layout()).name)


def test_the_buyer_stands_in_the_window_of_the_country(invoice: Build, pages: Build) -> None:
    dutch = Party(name="Klant BV", address=Address(city="Haarlem", country="NL"))
    left = pages(invoice(buyer=dutch, seller=replace(dutch, name="Bouw BV")))
    right = pages(invoice())
    assert _indent(left, "Klant BV") < 100
    assert _indent(right, "Ma jolie") > 250


def _indent(read: Any, text: str) -> float:
    """Return where a text begins, in points from the left edge."""
    found: list[float] = []

    def visit(shown: str, matrix: Any, _text: Any, _font: Any, _size: Any) -> None:
        if text.split(maxsplit=1)[0] in shown:
            found.append(matrix[4])

    read.reader.pages[0].extract_text(visitor_text=visit)
    return found[0]
