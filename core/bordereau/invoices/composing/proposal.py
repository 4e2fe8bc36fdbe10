"""A composed invoice before it is stored: what run shows, generate compares and drafts keep."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from bordereau.contract import DocumentKind, LineType


class Billed(NamedTuple):
    """A charge behind a line, with the signed amount that it adds and its surcharge then."""

    charge_id: UUID
    amount: Decimal
    surcharge_percent: Decimal | None


@dataclass(slots=True, kw_only=True)
class NewLine:
    """A line of an invoice to be stored; the fields are the columns of `InvoiceLine`.

    `sources` are the charges behind it; a line without an `id` gets one when it is stored.
    """

    id: UUID | None = None
    type: LineType = LineType.ITEM
    headings: tuple[str, ...] = ()
    name: str
    description: str = ""
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    net: Decimal
    tax_code_id: UUID | None
    tax_code: str
    tax_category: str
    tax_rate: Decimal
    exemption: str = ""
    period_start: date | None = None
    period_end: date | None = None
    item_code: str = ""
    account: str = ""
    surcharge_percent: Decimal | None = None
    credits_line_id: UUID | None = None
    replaces_line_id: UUID | None = None
    sources: tuple[Billed, ...] = ()


@dataclass(slots=True, frozen=True)
class NewTax:
    """A row of `InvoiceTax`."""

    category: str
    rate: Decimal
    taxable: Decimal
    tax: Decimal
    exemption: str


@dataclass(slots=True, kw_only=True)
class NewInvoice:
    """An invoice to be stored, with its lines and taxes; amounts of a credit note are positive."""

    id: UUID
    kind: DocumentKind
    origin: str
    administration_id: UUID
    customer_id: UUID
    contract_id: UUID | None = None
    project_id: UUID | None = None
    draft_id: UUID | None = None
    original_id: UUID | None = None
    replaces_id: UUID | None = None
    layout_id: UUID | None = None
    issue_date: date
    due_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    currency: str
    language: str
    tax_policy: str
    net: Decimal
    tax: Decimal
    total: Decimal
    buyer: dict[str, Any]
    buyer_reference: str = ""
    order_reference: str = ""
    notes: tuple[str, ...] = ()
    payment_split: dict[str, Any] | None = None
    lines: list[NewLine]
    taxes: tuple[NewTax, ...]

    def content(self) -> dict[str, Any]:
        """Return what a person approves: everything but ids, number and dates of issue."""
        return {
            "kind": self.kind.value,
            "administration": self.administration_id.hex,
            "customer": self.customer_id.hex,
            "currency": self.currency,
            "language": self.language,
            "tax_policy": self.tax_policy,
            "period": [_text(self.period_start), _text(self.period_end)],
            "net": _text(self.net),
            "tax": _text(self.tax),
            "total": _text(self.total),
            "buyer": self.buyer,
            "buyer_reference": self.buyer_reference,
            "order_reference": self.order_reference,
            "payment_split": self.payment_split,
            "lines": [_line_content(line) for line in self.lines],
            "taxes": [
                [t.category, _text(t.rate), _text(t.taxable), _text(t.tax), t.exemption]
                for t in self.taxes
            ],
        }

    def fingerprint(self) -> str:
        """Return the hash of the content."""
        return fingerprint(self.content())


def fingerprint(content: dict[str, Any]) -> str:
    """Hash the content of an invoice."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _line_content(line: NewLine) -> dict[str, Any]:
    return {
        "type": line.type.value,
        "headings": line.headings,
        "name": line.name,
        "description": line.description,
        "quantity": str(line.quantity),
        "unit": line.unit,
        "unit_price": str(line.unit_price),
        "discount": str(line.discount),
        "net": str(line.net),
        "tax": [line.tax_code, line.tax_category, str(line.tax_rate), line.exemption],
        "period": [_text(line.period_start), _text(line.period_end)],
        "item_code": line.item_code,
        "account": line.account,
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
