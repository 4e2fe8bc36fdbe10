"""The sums of an invoice: quantity and price of each line, taxes per category, totals."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from bordereau.contract import DocumentKind
from bordereau.invoices.composing.proposal import NewLine, NewTax
from bordereau.invoices.plumbing import trim
from bordereau.values.money import round_amount
from bordereau.values.tax import TaxCategory, TaxLine, TaxPolicy, tax_totals

ONE = Decimal(1)
ZERO = Decimal(0)
_OTHER = {
    DocumentKind.INVOICE: DocumentKind.CREDIT_NOTE,
    DocumentKind.CREDIT_NOTE: DocumentKind.INVOICE,
}


class Sums(NamedTuple):
    """What an invoice adds up to."""

    taxes: tuple[NewTax, ...]
    net: Decimal
    tax: Decimal
    total: Decimal


class Priced(NamedTuple):
    """Quantity, price and discount that together give the net amount of a line."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal


def priced(
    quantity: Decimal, price: Decimal, percent: Decimal, net: Decimal, currency: str
) -> Priced:
    """Return the quantity and price to print for a net amount that stands.

    The price is never negative (EN 16931 BR-27): what is taken back has a negative quantity. Where
    quantity and price do not give the amount (a fee for a part of a month), quantity 1 does.
    """
    gross = round_amount(quantity * price, currency)
    if percent:
        return positive(trim(quantity), trim(price), gross - net)
    if gross != net:
        return positive(ONE, net, ZERO)
    return positive(trim(quantity), trim(price), ZERO)


def positive(quantity: Decimal, price: Decimal, discount: Decimal) -> Priced:
    """Move the minus of a price to its quantity."""
    return Priced(-quantity, -price, discount) if price < 0 else Priced(quantity, price, discount)


def sums(lines: Sequence[NewLine], policy: str, currency: str) -> Sums:
    """Return taxes and totals of lines, rounded by the policy."""
    taxable = [
        TaxLine(line.net, TaxCategory(line.tax_category), line.tax_rate, line.exemption)
        for line in lines
    ]
    subtotals = tax_totals(taxable, TaxPolicy(policy), currency)
    taxes = tuple(
        NewTax(
            one.category.value, one.rate, round_amount(one.taxable, currency), one.tax, one.reason
        )
        for one in subtotals
    )
    zero = round_amount(ZERO, currency)
    net = sum((line.net for line in lines), zero)
    tax = sum((one.tax for one in taxes), zero)
    return Sums(taxes, net, tax, net + tax)


def turned(
    lines: Sequence[NewLine], found: Sums, kind: DocumentKind = DocumentKind.INVOICE
) -> tuple[DocumentKind, list[NewLine], Sums]:
    """Make a credit note of positive amounts out of an invoice with a negative total, and back.

    Rounding is symmetric, so that the amounts are those of the invoice with the other sign.
    """
    if found.total >= 0:
        return kind, list(lines), found
    taxes = tuple(replace(one, taxable=-one.taxable, tax=-one.tax) for one in found.taxes)
    mirrored = Sums(taxes, -found.net, -found.tax, -found.total)
    return _OTHER[kind], [mirror(line) for line in lines], mirrored


def mirror(line: NewLine) -> NewLine:
    """Return the line with the other sign; its charges keep the amounts they have."""
    return replace(line, quantity=-line.quantity, discount=-line.discount or ZERO, net=-line.net)
