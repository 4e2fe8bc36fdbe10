"""What charging needs to know of contracts and projects, read for many at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, func, select

from bordereau.catalog.saving import among
from bordereau.catalog.tables import Contract, Customer, Project
from bordereau.charges.rules.contract_types import ContractType, billing_period_of
from bordereau.charges.rules.hourly import rate_named
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.terms import RatedTerms, Terms, read_terms
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration, Tenant
from bordereau.values.periods import BillingPeriod, Period, Proration, Timing, period_of
from bordereau.values.quantity import RoundingDirection, RoundingScope, TimeRounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who bills whom, in which currency: that of the customer, else the administration's."""

    administration_id: UUID
    customer_id: UUID | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFacts(Payer):
    """A contract, ready for computing."""

    id: UUID
    code: str
    name: str
    type: ContractType
    start: date
    end: date
    billing_period: BillingPeriod
    timing: Timing
    proration: Proration
    tax_code_id: UUID | None
    terms: Terms
    rounding: TimeRounding
    late_policy: LatePolicy
    active: bool

    def period_of(self, day: date) -> Period | None:
        """Return the billing period of a day; None outside the contract, or on demand."""
        return period_of(day, self.start, self.end, self.billing_period)

    def covers(self, day: date) -> bool:
        """Say whether the contract runs on this day."""
        return self.start <= day <= self.end

    def hour_rate(self, name: str) -> Decimal:
        """Return the rate of an hour of work; 0 where the contract's fee or block covers it.

        Raises:
            Invalid: RATE_UNKNOWN.

        """
        if self.type is ContractType.BLOCK_MONEY or not isinstance(self.terms, RatedTerms):
            return Decimal(0)
        return self.worth(name)

    def worth(self, name: str) -> Decimal:
        """Return what an hour is worth at a named rate, also where a block of money covers it.

        Raises:
            Invalid: RATE_UNKNOWN.

        """
        if not isinstance(self.terms, RatedTerms):
            return rate_named(Decimal(0), {}, name or None)
        return rate_named(self.terms.primary_rate, self.terms.additional_rates, name or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts(Payer):
    """A project, ready for recording cost lines."""

    id: UUID
    code: str
    charge: bool
    may_deviate: bool
    approval_required: bool


_CURRENCY = func.coalesce(Customer.currency, Administration.currency, Tenant.currency)


def contracts_by_id(session: TenantSession, ids: Iterable[UUID]) -> dict[UUID, ContractFacts]:
    """Return contracts by their ids."""
    return {one.id: one for one in _contracts(session, among(Contract.id, sorted(set(ids))))}


def contracts_by_code(session: TenantSession, codes: Iterable[str]) -> dict[str, ContractFacts]:
    """Return contracts by their codes."""
    return {one.code: one for one in _contracts(session, among(Contract.code, sorted(set(codes))))}


def projects_by_code(session: TenantSession, codes: Iterable[str]) -> dict[str, ProjectFacts]:
    """Return projects by their codes."""
    found = session.execute(
        select(
            Project.id,
            Project.code,
            Project.charge,
            Project.may_deviate,
            Project.approval_required,
            Project.administration_id,
            Project.customer_id,
            _CURRENCY.label("currency"),
        )
        .outerjoin(
            Customer,
            and_(Customer.tenant_id == Project.tenant_id, Customer.id == Project.customer_id),
        )
        .join(
            Administration,
            and_(
                Administration.tenant_id == Project.tenant_id,
                Administration.id == Project.administration_id,
            ),
        )
        .join(Tenant, Tenant.id == Project.tenant_id)
        .where(among(Project.code, sorted(set(codes))))
    )
    return {row.code: ProjectFacts(**row._mapping) for row in found}  # noqa: SLF001 - public API


def payers_by_customer(session: TenantSession, ids: Iterable[UUID]) -> dict[UUID, Payer]:
    """Return who bills customers outside any contract: their own or the first administration."""
    first = select(Administration.id).order_by(Administration.code).limit(1).scalar_subquery()
    found = session.execute(
        select(
            Customer.id.label("customer_id"),
            Administration.id.label("administration_id"),
            _CURRENCY.label("currency"),
        )
        .join(
            Administration,
            and_(
                Administration.tenant_id == Customer.tenant_id,
                Administration.id == func.coalesce(Customer.administration_id, first),
            ),
        )
        .join(Tenant, Tenant.id == Customer.tenant_id)
        .where(among(Customer.id, sorted(set(ids))))
    )
    return {row.customer_id: Payer(**row._mapping) for row in found}  # noqa: SLF001 - public API


def _contracts(session: TenantSession, wanted: ColumnElement[bool]) -> list[ContractFacts]:
    found = session.execute(
        select(
            *Contract.__table__.c,
            _CURRENCY.label("currency"),
        )
        .join(
            Customer,
            and_(Customer.tenant_id == Contract.tenant_id, Customer.id == Contract.customer_id),
        )
        .join(
            Administration,
            and_(
                Administration.tenant_id == Contract.tenant_id,
                Administration.id == Contract.administration_id,
            ),
        )
        .join(Tenant, Tenant.id == Contract.tenant_id)
        .where(Contract.tenant_id == session.tenant_id, wanted)
        .order_by(Contract.id)
    )
    return [_facts(row._mapping) for row in found]  # noqa: SLF001 - public API


def _facts(row: RowMapping) -> ContractFacts:
    contract_type = ContractType(row["type"])
    return ContractFacts(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        administration_id=row["administration_id"],
        customer_id=row["customer_id"],
        currency=row["currency"],
        type=contract_type,
        start=row["start"],
        end=row["end"],
        billing_period=billing_period_of(contract_type, BillingPeriod(row["billing_period"])),
        timing=Timing(row["timing"]),
        proration=Proration(row["prorate"]),
        tax_code_id=row["tax_code_id"],
        terms=read_terms(contract_type, row["terms"]),
        rounding=TimeRounding(
            row["time_step"],
            RoundingDirection(row["time_direction"]),
            row["time_minimum"],
            RoundingScope(row["time_scope"]),
        ),
        late_policy=LatePolicy(row["late_policy"]),
        active=row["active"],
    )
