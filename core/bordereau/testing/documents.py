"""Documents to try a plugin with: always the same for the same arguments."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from uuid import UUID, uuid5

from babel.numbers import get_currency_precision

from bordereau.contract import (
    Address,
    Contact,
    Document,
    DocumentKind,
    Features,
    Line,
    LineType,
    Party,
    Payment,
    Period,
    Preceding,
    TaxSubtotal,
    Totals,
)

CURRENCIES = ("EUR", "JPY", "KWD", "USD")  # with two, no, three and two decimals
LANGUAGES = ("en", "fr", "nl", "de")
CUSTOMERS = (
    "Acme Ltd",
    "Boulangerie Gaëtan Lœuf & Fils",
    "Øst & Straße GmbH",
    "Ελληνικά Έργα Α.Ε.",
    "株式会社サンプル",
    "חברת דוגמה בע״מ",
    'O\'Neil, "Quote"; Sons 🧾',
    "=SUM(A1:A9)",
)
NAMESPACE = UUID("0190f3a0-0000-7000-8000-000000000000")
_ISSUED = date(2026, 3, 31)
_RATE = Decimal(21)


def sample_document(
    index: int = 1,
    *,
    kind: DocumentKind = DocumentKind.INVOICE,
    currency: str = "EUR",
    language: str = "en",
    customer: str = CUSTOMERS[0],
    price: Decimal = Decimal("1234.567"),
    lines: int = 2,
    number: str | None = None,
) -> Document:
    """Return a document whose sums are right in its currency.

    Args:
        index: tells documents apart: id, number, customer code and date follow from it.
        kind: what it is; a credit note names the invoice that it corrects.
        currency: ISO 4217 code; amounts are rounded to its minor unit.
        language: of the texts, ISO 639-1.
        customer: name of the buyer.
        price: of one unit; each line takes one and a half, less a discount on the second.
        lines: how many.
        number: instead of the one that follows from the index; empty if not issued.

    """
    rows = tuple(_line(position, price, currency) for position in range(1, lines + 1))
    net = sum((row.net for row in rows), Decimal(0))
    tax = rounded(net * _RATE / 100, currency)
    issued = _ISSUED + timedelta(days=index % 28)
    credited = (Preceding(number=f"INV-2025-{index:06d}", issue_date=date(2025, 12, 31)),)
    credit = kind is DocumentKind.CREDIT_NOTE
    return Document(
        id=f"inv_{uuid5(NAMESPACE, f'document {index}').hex}",
        kind=kind,
        number=f"{'CN' if credit else 'INV'}-2026-{index:06d}" if number is None else number,
        issue_date=issued,
        due_date=None if credit else issued + timedelta(days=30),
        currency=currency,
        language=language,
        seller=_seller(),
        buyer=_buyer(index, customer),
        buyer_reference=f"PO/{index}",
        period=Period(start=date(2026, 3, 1), end=date(2026, 4, 1)),
        preceding=credited if credit else (),
        notes=("Merci – danke – ευχαριστώ",),
        payment=Payment(terms="30 days", iban="BE71096123456769", reference=f"+{index:012d}"),
        lines=rows,
        taxes=(TaxSubtotal(category="S", rate=_RATE, taxable=net, tax=tax),),
        totals=Totals(net=net, tax=tax, total=net + tax, payable=net + tax),
    )


def sample_documents(count: int, features: Features | None = None) -> list[Document]:
    """Return documents of all kinds, currencies and languages that a channel takes."""
    taken = features or Features()
    kinds = sorted(taken.kinds)
    currencies = sorted(taken.currencies) or CURRENCIES
    return [
        _shortened(
            sample_document(
                index,
                kind=kinds[index % len(kinds)],
                currency=currencies[index % len(currencies)],
                language=LANGUAGES[index % len(LANGUAGES)],
                customer=CUSTOMERS[index % len(CUSTOMERS)],
                price=Decimal(index) * Decimal("7.135"),
                lines=1 + index % 5,
            ),
            taken.number_length,
        )
        for index in range(1, count + 1)
    ]


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's minor unit."""
    return amount.quantize(_minor_unit(currency), ROUND_HALF_UP)


@cache
def _minor_unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-get_currency_precision(currency))


def _line(position: int, price: Decimal, currency: str) -> Line:
    quantity = Decimal("1.5")
    discount = rounded(price / 10, currency) if position == 2 else Decimal(0)  # noqa: PLR2004
    return Line(
        id=str(position),
        type=LineType.MANUAL if position == 2 else LineType.ITEM,  # noqa: PLR2004
        name=f"Hours – été №{position}",
        description='On site,\nas agreed; 100 % "ready"',
        headings=("Project Ω", "Phase 1"),
        quantity=quantity,
        unit="HUR",
        unit_price=price,
        discount=discount,
        net=rounded(quantity * price, currency) - discount,
        tax_category="S",
        tax_rate=_RATE,
        item_code=f"H-{position}",
        account="700000",
    )


def _seller() -> Party:
    return Party(
        name="Atelier du Lac SRL",
        address=Address(street="Quai 1", postcode="1000", city="Brussels", country="BE"),
        contact=Contact(name="Facturation", email="billing@lac.example"),
        vat_id="BE0123456789",
    )


def _buyer(index: int, name: str) -> Party:
    return Party(
        code=f"C{index:05d}",
        name=name,
        address=Address(street="Rue de l'Été 7", postcode="1050", city="Ixelles", country="BE"),
        contact=Contact(email=f"customer{index}@example.com"),
        vat_id="BE0987654321",
    )


def _shortened(document: Document, length: int) -> Document:
    return replace(document, number=document.number[-length:]) if length else document
