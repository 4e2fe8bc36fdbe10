"""Customers, projects and the like as people and programs write them."""

from decimal import Decimal
from typing import Literal

from pydantic import model_validator

from bordereau.catalog.fields import (
    Code,
    Country,
    Currency,
    Days,
    Email,
    Iban,
    Name,
    Percent,
    Record,
    Words,
    refusal,
)
from bordereau.values.tax import TaxCategory

Language = Literal["en", "fr", "nl", "de"]
DeliveryMode = Literal["", "print", "print_pdf_email", "pdf_email", "einvoice_pdf_email", "network"]


class TaxCodeRecord(Record):
    """A tax: its category (UNCL 5305) and rate in per cent; or one of EU OSS (row B22)."""

    code: Code
    name: Name
    category: TaxCategory = TaxCategory.STANDARD
    rate: Percent
    exemption: Words = ""
    country: Country | Literal[""] = ""
    distance_selling: bool = False

    @model_validator(mode="after")
    def _rate_fits(self) -> "TaxCodeRecord":
        """Only standard rates and two Spanish islands' taxes are above 0 (BR-Z-05 and alike)."""
        if self.rate and self.category not in {
            TaxCategory.STANDARD,
            TaxCategory.CANARY_ISLANDS,
            TaxCategory.CEUTA_AND_MELILLA,
        }:
            said = f"A tax of category {self.category} has rate 0."
            raise refusal("rate", "RATE_NOT_ZERO", said)
        return self


class WorkTypeRecord(Record):
    """A kind of work or goods; it gives tax, account and whether it is charged (row B6)."""

    code: Code
    name: Name
    tax_code: Code | None = None
    account: Words = ""
    unit: Code = "C62"
    charge: bool = True


class PartyRecord(Record):
    """What sellers and buyers have in common (BG-4, BG-7)."""

    code: Code
    name: Name
    street: Words = ""
    additional: Words = ""
    postcode: Words = ""
    city: Words = ""
    subdivision: Words = ""
    country: Country
    contact_name: Words = ""
    phone: Words = ""
    email: Email = ""
    legal_id: Words = ""
    legal_scheme: Words = ""
    vat_id: Words = ""
    electronic_address: Words = ""
    electronic_scheme: Words = ""
    currency: Currency | None = None
    language: Language = "en"


class AdministrationRecord(PartyRecord):
    """A legal entity of the account, which sells."""

    iban: Iban = ""
    bic: Words = ""
    blocked_iban: Iban = ""
    payment_days: Days = 30
    payment_terms: Words = ""
    tax_policy: Literal["category", "line"] = "category"
    finalise: Literal["explicit", "on_generate"] = "explicit"
    collect: Literal["customer", "contract", "project"] = "customer"
    change_allowed: bool = True
    strict_dates: bool = False
    revenue_account: Words = ""
    receivable_account: Words = ""
    tax_account: Words = ""
    suspense_account: Words = ""
    credit_booking: Literal["debit", "negative_credit"] = "debit"
    surcharge_work_type: Code | None = None


class CustomerRecord(PartyRecord):
    """A customer; `delivery_mode` is the preferred issue method, empty for none (row B39)."""

    administration: Code | None = None
    payment_days: Days | None = None
    buyer_reference: Words = ""
    delivery_mode: DeliveryMode = ""
    save_in_folder: bool = False
    distance_selling: bool = False
    split_percent: Percent = Decimal(0)
    active: bool = True


class ProjectRecord(Record):
    """A project and its client, the customer who pays (row B3)."""

    code: Code
    name: Name
    customer: Code | None = None
    administration: Code
    charge: bool = True
    may_deviate: bool = True
    approval_required: bool = True
    invoice_separately: bool = False
    wage_percent: Percent = Decimal(0)
    order_reference: Words = ""
    active: bool = True
