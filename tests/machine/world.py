"""The small world in which every sequence plays: who sells, which taxes, work types, customers."""

from decimal import Decimal
from typing import Literal, NamedTuple

from bordereau.catalog import (
    AdministrationRecord,
    CustomerRecord,
    TaxCodeRecord,
    WorkTypeRecord,
    save_administrations,
)
from bordereau.charges import save_customers, save_tax_codes, save_work_types
from bordereau.store import TenantSession
from bordereau.values.tax import TaxCategory


class Tax(NamedTuple):
    """A tax code of the world."""

    category: TaxCategory
    rate: Decimal


class Seller(NamedTuple):
    """An administration: how it rounds tax, whether dates must rise, what it surcharges with."""

    tax_policy: Literal["category", "line"]
    strict_dates: bool
    surcharges: bool


class WorkKind(NamedTuple):
    """A work type: its tax code, if it has one, and whether it is charged."""

    tax: str | None
    charge: bool = True


TAXES = {
    "T20": Tax(TaxCategory.STANDARD, Decimal(20)),
    "T20B": Tax(TaxCategory.STANDARD, Decimal(20)),
    "T5": Tax(TaxCategory.STANDARD, Decimal("5.5")),
    "T0": Tax(TaxCategory.ZERO_RATED, Decimal(0)),
}
UNTAXED = Tax(TaxCategory.ZERO_RATED, Decimal(0))
SELLERS = {
    "HQ": Seller("category", strict_dates=False, surcharges=True),
    "LAB": Seller("line", strict_dates=True, surcharges=False),
}
WORK = {
    "W20": WorkKind("T20"),
    "W5": WorkKind("T5"),
    "WBARE": WorkKind(None),
    "WFREE": WorkKind("T20", charge=False),
    "WSUR": WorkKind("T20"),
}
CUSTOMERS = {"ACME": "EUR", "KAIJU": "JPY", "BOLT": "EUR"}


def furnish(session: TenantSession) -> None:
    """Write the world into a fresh tenant."""
    taxes = {
        place: TaxCodeRecord(code=code, name=code, category=tax.category, rate=tax.rate)
        for place, (code, tax) in enumerate(TAXES.items())
    }
    assert not save_tax_codes(session, taxes).faults
    work = {
        place: WorkTypeRecord(code=code, name=code, tax_code=kind.tax, charge=kind.charge)
        for place, (code, kind) in enumerate(WORK.items())
    }
    assert not save_work_types(session, work).faults
    sellers = {
        place: AdministrationRecord(
            code=code,
            name=code,
            country="FR",
            currency="EUR",
            tax_policy=seller.tax_policy,
            strict_dates=seller.strict_dates,
            surcharge_work_type="WSUR" if seller.surcharges else None,
        )
        for place, (code, seller) in enumerate(SELLERS.items())
    }
    assert not save_administrations(session, sellers).faults
    customers = {
        place: CustomerRecord(code=code, name=code, country="FR", currency=currency)
        for place, (code, currency) in enumerate(CUSTOMERS.items())
    }
    assert not save_customers(session, customers).faults
