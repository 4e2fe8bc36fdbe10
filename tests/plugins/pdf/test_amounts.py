"""Discounts, taxes, amounts due, and how they are to be paid."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bordereau.contract import DocumentKind, Payment, PaymentSplit, Preceding, TaxSubtotal, Totals

Build = Callable[..., Any]


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
