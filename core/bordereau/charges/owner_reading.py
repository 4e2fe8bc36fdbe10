"""Reading who pays: contracts and projects with the currency of their customer, and customers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, func, select

from bordereau.catalog.tables import Contract, Customer, Project
from bordereau.charges.owners import ContractFacts, Payer, ProjectFacts
from bordereau.charges.rules.contract_types import ContractType, billing_period_of
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.terms import read_terms
from bordereau.store import TenantSession, among
from bordereau.tenancy.tables import Administration, Tenant
from bordereau.values.periods import BillingPeriod, Proration, Timing
from bordereau.values.quantity import RoundingDirection, RoundingScope, TimeRounding

_CURRENCY = func.coalesce(Customer.currency, Administration.currency, Tenant.currency)


def contracts_by_id(session: TenantSession, ids: Iterable[UUID]) -> dict[UUID, ContractFacts]:
    """Return contracts by their ids."""
    return {one.id: one for one in _contracts(session, among(Contract.id, sorted(set(ids))))}


def contracts_by_code(session: TenantSession, codes: Iterable[str]) -> dict[str, ContractFacts]:
    """Return contracts by their codes."""
    return {one.code: one for one in _contracts(session, among(Contract.code, sorted(set(codes))))}


def projects_by_code(session: TenantSession, codes: Iterable[str]) -> dict[str, ProjectFacts]:
    """Return projects by their codes."""
    query = select(
        Project.id,
        Project.code,
        Project.charge,
        Project.may_deviate,
        Project.approval_required,
        Project.administration_id,
        Project.customer_id,
        _CURRENCY.label("currency"),
    ).where(among(Project.code, sorted(set(codes))))
    found = session.execute(_with_payers(query, Project))
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


def payer_of(session: TenantSession, customer_id: UUID, administration_id: UUID) -> Payer:
    """Return a customer as one administration bills it."""
    currency = session.scalars(
        select(_CURRENCY)
        .select_from(Customer)
        .join(Administration, Administration.tenant_id == Customer.tenant_id)
        .join(Tenant, Tenant.id == Customer.tenant_id)
        .where(Customer.id == customer_id, Administration.id == administration_id)
    ).one()
    return Payer(administration_id=administration_id, customer_id=customer_id, currency=currency)


def _contracts(session: TenantSession, wanted: ColumnElement[bool]) -> list[ContractFacts]:
    query = (
        select(*Contract.__table__.c, _CURRENCY.label("currency"))
        .where(Contract.tenant_id == session.tenant_id, wanted)
        .order_by(Contract.id)
    )
    found = session.execute(_with_payers(query, Contract))
    return [_facts(row._mapping) for row in found]  # noqa: SLF001 - public API


def _with_payers(query: Any, owner: type[Contract | Project]) -> Any:
    """Join contracts or projects with their customer, if any, administration and account."""
    customer = and_(Customer.tenant_id == owner.tenant_id, Customer.id == owner.customer_id)
    seller = and_(
        Administration.tenant_id == owner.tenant_id,
        Administration.id == owner.administration_id,
    )
    return (
        query.outerjoin(Customer, customer)
        .join(Administration, seller)
        .join(Tenant, Tenant.id == owner.tenant_id)
    )


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
