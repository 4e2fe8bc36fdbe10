"""What composing looks up: administrations, tax codes and work types, each a few rows; buyers."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, TypedDict
from uuid import UUID

from sqlalchemy import Row, Select, select

from bordereau.catalog.tables import Customer, TaxCode, WorkType
from bordereau.invoices.plumbing import trim
from bordereau.store import TenantSession, among
from bordereau.tenancy.tables import Administration
from bordereau.values.tax import TaxCategory

PARTY_COLUMNS = (
    "code", "name", "street", "additional", "postcode", "city", "subdivision", "country",
    "contact_name", "phone", "email", "legal_id", "legal_scheme", "vat_id",
    "electronic_address", "electronic_scheme",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax code as lines carry it; the one without a code is for what is not taxed."""

    id: UUID | None
    code: str
    category: TaxCategory
    rate: Decimal
    exemption: str

    def on_line(self) -> "TaxOfLine":
        """Return it as the fields of a line."""
        return {
            "tax_code_id": self.id,
            "tax_code": self.code,
            "tax_category": self.category.value,
            "tax_rate": self.rate,
            "exemption": self.exemption,
        }


class TaxOfLine(TypedDict):
    """The fields in which a line keeps its tax."""

    tax_code_id: UUID | None
    tax_code: str
    tax_category: str
    tax_rate: Decimal
    exemption: str


UNTAXED = Tax(None, "", TaxCategory.ZERO_RATED, Decimal(0), "")


class Work(NamedTuple):
    """A work type as lines carry it."""

    id: UUID
    code: str
    name: str
    account: str
    unit: str
    tax_code_id: UUID | None


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer as invoices carry it; `party` is JSON of `contract.Party`."""

    id: UUID
    name: str
    party: dict[str, Any]
    language: str
    currency: str | None
    payment_days: int | None
    buyer_reference: str
    distance_selling: bool
    split_percent: Decimal


@dataclass(frozen=True, slots=True)
class References:
    """The small tables of a tenant, read once for any number of invoices."""

    administrations: dict[UUID, Administration]
    taxes: dict[UUID, Tax]
    works: dict[UUID, Work]


def load_references(session: TenantSession) -> References:
    """Read administrations, tax codes and work types."""
    taxes = (
        Tax(row.id, row.code, TaxCategory(row.category), trim(row.rate), row.exemption)
        for row in session.execute(
            select(TaxCode.id, TaxCode.code, TaxCode.category, TaxCode.rate, TaxCode.exemption)
        )
    )
    works = session.execute(
        select(
            WorkType.id,
            WorkType.code,
            WorkType.name,
            WorkType.account,
            WorkType.unit,
            WorkType.tax_code_id,
        )
    )
    return References(
        administrations={one.id: one for one in session.scalars(select(Administration))},
        taxes={tax.id: tax for tax in taxes if tax.id},
        works={row.id: Work._make(row) for row in works},
    )


def load_buyers(session: TenantSession, ids: Iterable[UUID]) -> dict[UUID, Buyer]:
    """Read the customers of a chunk of invoices, as they are now."""
    rows = session.execute(buyers_query().where(among(Customer.id, ids)))
    return {row.id: _buyer(row) for row in rows}


def buyers_query() -> Select[*tuple[Any, ...]]:
    """Select what invoices carry of every customer."""
    return select(
        Customer.id,
        *(getattr(Customer, name) for name in PARTY_COLUMNS),
        Customer.language,
        Customer.currency,
        Customer.payment_days,
        Customer.buyer_reference,
        Customer.distance_selling,
        Customer.split_percent,
    )


def _buyer(row: Row[Any]) -> Buyer:
    return Buyer(
        id=row.id,
        name=row.name,
        party=_party(row),
        language=row.language,
        currency=row.currency,
        payment_days=row.payment_days,
        buyer_reference=row.buyer_reference,
        distance_selling=row.distance_selling,
        split_percent=row.split_percent,
    )


def _party(row: Row[Any]) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "address": {
            "street": row.street,
            "additional": row.additional,
            "postcode": row.postcode,
            "city": row.city,
            "subdivision": row.subdivision,
            "country": row.country,
        },
        "contact": {"name": row.contact_name, "phone": row.phone, "email": row.email},
        "legal_id": row.legal_id,
        "legal_scheme": row.legal_scheme,
        "vat_id": row.vat_id,
        "electronic_address": row.electronic_address,
        "electronic_scheme": row.electronic_scheme,
    }
