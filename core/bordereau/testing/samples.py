"""Documents and consignments to try a plugin with: always the same for the same arguments."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from hashlib import sha256
from uuid import UUID, uuid5

from babel.numbers import get_currency_precision

from bordereau.contract import (
    Address,
    Artifact,
    Consignment,
    Contact,
    Context,
    Document,
    DocumentKind,
    Features,
    Item,
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

_NAMESPACE = UUID("0190f3a0-0000-7000-8000-000000000000")
_ISSUED = date(2026, 3, 31)
_RATE = Decimal(21)
_PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_ENDINGS = {"application/pdf": "pdf", "application/xml": "xml", "application/json": "json"}


def sample_context() -> Context:
    """Return where a capability runs in a test: a tenant, a connection, a fixed time."""
    return Context(tenant="acme", connection="main", now=datetime(2026, 4, 1, 9, 30, tzinfo=UTC))


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
        id=f"inv_{uuid5(_NAMESPACE, f'document {index}').hex}",
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


def sample_item(document: Document, features: Features | None = None) -> Item:
    """Return a delivery of a document, with the files and the recipient that a channel needs."""
    taken = features or Features()
    key = uuid5(_NAMESPACE, f"delivery of {document.id}").hex
    return Item(
        delivery_id=f"dlv_{key}",
        document=document,
        recipient=f"billing-{key[:8]}@example.com" if taken.needs_recipient else "",
        artifacts=tuple(sample_artifact(document, media) for media in sorted(taken.needs)),
    )


def sample_artifact(document: Document, media_type: str = "application/pdf") -> Artifact:
    """Return a small file of a media type, different for each document."""
    body = _PDF if media_type == "application/pdf" else b""
    name = f"{document.number or document.id}.{_ENDINGS.get(media_type, 'bin')}"
    content = body + f"% {document.id}\n".encode()
    return Artifact(name=name, media_type=media_type, content=content)


def sample_consignment(
    features: Features | None = None, size: int = 3, *, attempt: int = 1
) -> Consignment:
    """Return one consignment, no larger than the channel takes."""
    taken = features or Features()
    documents = sample_documents(min(size, taken.max_batch) if features else size, taken)
    return consignment_of([sample_item(document, taken) for document in documents], attempt=attempt)


def sample_consignments(
    features: Features, count: int, *, bad: int = 0, spoil: Callable[[Item], Item] | None = None
) -> list[Consignment]:
    """Return `count` items in consignments as large as the channel takes, `bad` of them spoilt.

    The spoilt ones lie apart, the last one last.
    """
    items = [sample_item(document, features) for document in sample_documents(count, features)]
    for place in range(1, bad + 1):
        position = place * count // bad - 1
        items[position] = (spoil or spoilt)(items[position])
    step = features.max_batch
    return [consignment_of(items[start : start + step]) for start in range(0, count, step)]


def consignment_of(items: Sequence[Item], *, attempt: int = 1) -> Consignment:
    """Return these items as one consignment; its key follows from them."""
    key = sha256("".join(item.delivery_id for item in items).encode()).hexdigest()[:32]
    return Consignment(
        request_key=key, title="Mars 2026 / März", items=tuple(items), attempt=attempt
    )


def spoilt(item: Item) -> Item:
    """Return the item as no channel can carry it: no number, no recipient, no files."""
    return replace(item, document=replace(item.document, number=""), recipient="", artifacts=())


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
