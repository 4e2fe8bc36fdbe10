"""The invoice as plugins see it: frozen, in the terms of EN 16931.

Business terms of the standard (BT-n, BG-n) stand beside the fields. Amounts are `Decimal` in the
document's currency, rounded to its minor unit; credit notes carry positive amounts and kind 381.
A document is made once, when the invoice is issued, and never changes afterwards.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is (BT-3, code list UNTDID 1001)."""

    INVOICE = "380"
    CREDIT_NOTE = "381"
    PRO_FORMA = "325"


class LineType(StrEnum):
    """Where a line comes from; type 5 is made by the system only (row B55)."""

    ITEM = "1"
    TEXT = "2"
    INSTALMENT = "3"
    MANUAL = "4"
    SURCHARGE = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A half-open period of days, from `start` up to but without `end` (BG-14, BG-26)."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address (BG-5, BG-8); the country is an ISO 3166-1 alpha-2 code."""

    street: str = ""
    additional: str = ""
    postcode: str = ""
    city: str = ""
    subdivision: str = ""
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask (BG-6, BG-9)."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The seller (BG-4) or the buyer (BG-7).

    Attributes:
        code: our own number of the party, for example the customer code (BT-46).
        legal_id: registration number (BT-30, BT-47), `legal_scheme` its ISO 6523 code.
        vat_id: VAT identifier with its country prefix (BT-31, BT-48).
        electronic_address: where e-invoices go (BT-34, BT-49), `electronic_scheme` its EAS code.

    """

    code: str = ""
    name: str
    address: Address
    contact: Contact = Contact()
    legal_id: str = ""
    legal_scheme: str = ""
    vat_id: str = ""
    electronic_address: str = ""
    electronic_scheme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSplit:
    """A part of the payment that goes to a second, blocked account (row B58).

    The total of the document does not change: `amount` goes to `iban`, `balance` to the first one.
    """

    label: str
    wage_total: Decimal
    wage_percent: Decimal
    split_percent: Decimal
    amount: Decimal
    balance: Decimal
    iban: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """How to pay (BG-16); `means` is a UNTDID 4461 code, 30 for a credit transfer (BT-81)."""

    means: str = "30"
    terms: str = ""
    iban: str = ""
    bic: str = ""
    account_name: str = ""
    reference: str = ""
    split: PaymentSplit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preceding:
    """The invoice that a credit note corrects (BG-3)."""

    number: str
    issue_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An invoice line (BG-25).

    Attributes:
        id: position in the document, unique in it (BT-126).
        headings: descriptions of the levels above this line, outermost first (row A40).
        quantity: how many (BT-129), `unit` a UN/ECE Recommendation 20 code (BT-130).
        unit_price: net price of one unit before discount (BT-148).
        discount: line allowance as an amount (BT-136).
        net: what the line adds to the total (BT-131).
        tax_category: UNCL 5305 code (BT-151), `tax_rate` a percentage (BT-152).
        period: when the service was rendered (BG-26).
        account: the account for the buyer's or our own books (BT-133), may be empty.

    """

    id: str
    type: LineType = LineType.ITEM
    name: str
    description: str = ""
    headings: tuple[str, ...] = ()
    quantity: Decimal
    unit: str = "C62"
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    net: Decimal
    tax_category: str
    tax_rate: Decimal
    tax_code: str = ""
    period: Period | None = None
    item_code: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSubtotal:
    """The tax of one category and rate (BG-23)."""

    category: str
    rate: Decimal
    taxable: Decimal
    tax: Decimal
    exemption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of the document (BG-22)."""

    net: Decimal
    tax: Decimal
    total: Decimal
    prepaid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    payable: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One invoice, credit note or pro forma, whole.

    Attributes:
        id: our id, `inv_…`; stable from the proposal on.
        number: gapless number within its series (BT-1); empty on a document that is not issued.
        language: of the texts people read, ISO 639-1.
        tax_policy: `category` or `line`: where tax was rounded.

    """

    id: str
    kind: DocumentKind = DocumentKind.INVOICE
    number: str
    issue_date: date
    due_date: date | None = None
    currency: str
    language: str = "en"
    tax_policy: str = "category"
    seller: Party
    buyer: Party
    buyer_reference: str = ""
    order_reference: str = ""
    contract_reference: str = ""
    project_reference: str = ""
    period: Period | None = None
    preceding: tuple[Preceding, ...] = ()
    notes: tuple[str, ...] = ()
    payment: Payment = field(default_factory=Payment)
    lines: tuple[Line, ...]
    taxes: tuple[TaxSubtotal, ...]
    totals: Totals
