"""The account that is benchmarked: a seller, its number series and two tax codes."""

from dataclasses import dataclass
from uuid import UUID

from bordereau.catalog.tables import TaxCode
from bordereau.invoices.tables import Series
from bordereau.store import Database
from bordereau.tenancy import open_account
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import TenantId, uuid7
from bordereau_api.bench.workload import CURRENCY, RATES


@dataclass(frozen=True, slots=True)
class Shop:
    """An account of the benchmark; `tax_codes` are ids by code."""

    tenant_id: TenantId
    administration_id: UUID
    series_id: UUID
    tax_codes: dict[str, UUID]


def open_shop(database: Database, slug: str) -> Shop:
    """Open an account with a seller, its number series and two tax codes."""
    tenant_id = open_account(
        database,
        slug=slug,
        name=f"Benchmark {slug}",
        region="FR",
        time_zone="Europe/Paris",
        plan="subscriber",
    )
    seller = Administration(
        id=uuid7(),
        code="BENCH",
        name="Exemple Infogérance SAS",
        street="12 rue de la Paix",
        postcode="75002",
        city="Paris",
        country="FR",
        vat_id="FR83404833048",
        iban="FR7630006000011234567890189",
        currency=CURRENCY,
        language="fr",
    )
    series = Series(
        id=uuid7(), administration_id=seller.id, kind="380", pattern="F{year}-{seq:07d}"
    )
    codes = {
        rate.code: TaxCode(
            id=uuid7(), code=rate.code, name=rate.code, category="S", rate=rate.percent
        )
        for rate in RATES
    }
    with database.tenant(tenant_id) as session:
        session.add(seller)
        session.flush()
        session.add_all([series, *codes.values()])
    return Shop(tenant_id, seller.id, series.id, {code: one.id for code, one in codes.items()})
