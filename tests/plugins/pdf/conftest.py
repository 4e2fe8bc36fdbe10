"""Documents to print, and the text of the pages as a person reads it."""

import io
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from bordereau.contract import (
    Address,
    Artifact,
    Contact,
    Context,
    Document,
    Layout,
    Line,
    Party,
    Payment,
    TaxSubtotal,
    Totals,
)
from bordereau.testing import sample_context
from bordereau_pdf import PdfConfig, PdfRenderer

SELLER = Party(
    name="Atelier du Lac SAS",
    address=Address(street="12 rue du Port", postcode="74200", city="Thonon", country="FR"),
    contact=Contact(name="Mme Dupont", email="compta@lac.example"),
    legal_id="999999998",
    legal_scheme="0002",
    vat_id="FR11999999998",
)
BUYER = Party(
    code="C-0042",
    name="Ma jolie boutique SARL",
    address=Address(street="35 rue Haute", postcode="69001", city="Lyon", country="FR"),
    vat_id="FR19787878784",
)


def squeezed(text: str) -> str:
    """Drop what only the line breaks made: spaces, hyphens at line ends, invisible characters."""
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return "".join(text.replace("-\n", "").replace("‐\n", "").split())


class Pages:
    """The pages of a PDF; `in` looks for a text, whatever the line breaks."""

    def __init__(self, artifact: Artifact) -> None:
        self.reader = PdfReader(io.BytesIO(artifact.content))
        self.texts = [squeezed(page.extract_text()) for page in self.reader.pages]

    def __contains__(self, text: object) -> bool:
        return any(squeezed(str(text)) in page for page in self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    def of(self, text: str) -> Iterator[int]:
        """Yield the numbers of the pages that show a text, from 0."""
        return (at for at, page in enumerate(self.texts) if squeezed(text) in page)


@pytest.fixture
def context() -> Context:
    return sample_context()


@pytest.fixture
def renderer(context: Context) -> PdfRenderer:
    return PdfRenderer(PdfConfig(), context)


@pytest.fixture
def line() -> Callable[..., Line]:
    def build(name: str = "Work", **values: Any) -> Line:
        defaults: dict[str, Any] = {
            "id": name,
            "quantity": Decimal(1),
            "unit_price": Decimal("100.00"),
            "net": Decimal("100.00"),
            "tax_category": "S",
            "tax_rate": Decimal(20),
        }
        return Line(name=name, **(defaults | values))

    return build


@pytest.fixture
def invoice(line: Callable[..., Line]) -> Callable[..., Document]:
    def build(*lines: Line, **values: Any) -> Document:
        shown = lines or (line(),)
        rates = {(each.tax_category, each.tax_rate): Decimal(0) for each in shown}
        for each in shown:
            rates[each.tax_category, each.tax_rate] += each.net
        taxes = tuple(
            TaxSubtotal(category=category, rate=rate, taxable=net, tax=net * rate / 100)
            for (category, rate), net in rates.items()
        )
        net, tax = sum(rates.values(), Decimal(0)), sum((row.tax for row in taxes), Decimal(0))
        defaults: dict[str, Any] = {
            "id": "inv_1",
            "number": "FA-2026-000042",
            "issue_date": date(2026, 11, 21),
            "due_date": date(2026, 12, 21),
            "currency": "EUR",
            "language": "en",
            "seller": SELLER,
            "buyer": BUYER,
            "payment": Payment(iban="FR2012421242124212421242124", bic="AGRIFRPP"),
            "taxes": taxes,
            "totals": Totals(net=net, tax=tax, total=net + tax, payable=net + tax),
        }
        return Document(lines=shown, **(defaults | values))

    return build


@pytest.fixture
def pages(renderer: PdfRenderer) -> Callable[..., Pages]:
    def read(document: Document, layout: Layout | None = None) -> Pages:
        return Pages(renderer.render(document, layout or Layout()))

    return read
