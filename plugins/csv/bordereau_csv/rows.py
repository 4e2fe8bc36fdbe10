"""Rows of a document: columns with a name each, texts made safe, amounts as plain numbers."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain

from bordereau.contract import Document, DocumentKind, Line
from bordereau.values.sheets import safe_text
from bordereau_csv.config import Layout

INVOICE_COLUMNS = (
    "document_id",
    "kind",
    "number",
    "issue_date",
    "due_date",
    "customer_code",
    "customer_name",
    "customer_vat_id",
    "customer_country",
    "reference",
    "credited_number",
    "currency",
    "document_net",
    "document_tax",
    "document_total",
    "document_payable",
)
LINE_COLUMNS = (
    "line",
    "item_code",
    "name",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount",
    "net",
    "tax_category",
    "tax_rate",
    "tax_code",
    "account",
)
COLUMNS: dict[Layout, tuple[str, ...]] = {
    "invoices": INVOICE_COLUMNS,
    "lines": INVOICE_COLUMNS + LINE_COLUMNS,
}
KINDS = {DocumentKind.INVOICE: "invoice", DocumentKind.CREDIT_NOTE: "credit_note"}

Write = Callable[[Decimal], str]


def write_point(amount: Decimal) -> str:
    """Write a number with a decimal point and every digit; a negative one stays a number."""
    return format(amount, "f")


def write_comma(amount: Decimal) -> str:
    """Write a number with a decimal comma and every digit."""
    return format(amount, "f").replace(".", ",")


def rows(document: Document, layout: Layout, write: Write) -> Iterator[list[str]]:
    """Yield the rows of one document, in the order of `COLUMNS`."""
    head = _invoice_cells(document, write)
    if layout == "invoices":
        yield head
        return
    for line in document.lines:
        yield head + _line_cells(line, write)


def texts(document: Document) -> str:
    """Return all texts of a document in one, to try an encoding on."""
    buyer = document.buyer
    own = (document.number, buyer.code, buyer.name, buyer.vat_id, _reference(document))
    lines = ((line.item_code, line.name, line.description) for line in document.lines)
    return "".join(chain(own, *lines))


def _invoice_cells(document: Document, write: Write) -> list[str]:
    buyer, totals = document.buyer, document.totals
    return [
        document.id,
        KINDS[document.kind],
        safe_text(document.number),
        document.issue_date.isoformat(),
        _day(document.due_date),
        safe_text(buyer.code),
        safe_text(buyer.name),
        safe_text(buyer.vat_id),
        buyer.address.country,
        safe_text(_reference(document)),
        safe_text(", ".join(credited.number for credited in document.preceding)),
        document.currency,
        write(totals.net),
        write(totals.tax),
        write(totals.total),
        write(totals.payable),
    ]


def _line_cells(line: Line, write: Write) -> list[str]:
    return [
        safe_text(line.id),
        safe_text(line.item_code),
        safe_text(line.name),
        safe_text(line.description),
        write(line.quantity),
        line.unit,
        write(line.unit_price),
        write(line.discount),
        write(line.net),
        line.tax_category,
        write(line.tax_rate),
        safe_text(line.tax_code),
        safe_text(line.account),
    ]


def _reference(document: Document) -> str:
    return document.buyer_reference or document.order_reference


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
