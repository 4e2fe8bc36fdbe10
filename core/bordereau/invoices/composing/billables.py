"""Charges as an invoice needs them: read with their owner, ticket and tax in one statement."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, null, select

from bordereau.catalog.tables import Contract, Customer, Project, Ticket, WorkType
from bordereau.charges.tables import Charge
from bordereau.invoices.rules.collection import Collect
from bordereau.store import TenantSession

_AT_ONCE = 2_000
SelectT = TypeVar("SelectT", bound=Select[*tuple[Any, ...]])


class Billable(NamedTuple):
    """A charge on its way to an invoice line.

    Attributes:
        bucket: what it must share with others to stand on one invoice; None for all of a customer.
        tax_code_id: the tax of the charge, its work type or its contract; None if none is known.
        taxed: whether tax applies at all: not on a contract that is not taxable (row A18).
        layout_id: that of the project (row B25).

    """

    charge_id: UUID
    administration_id: UUID
    currency: str
    customer_id: UUID
    bucket: UUID | None
    contract_id: UUID | None
    project_id: UUID | None
    ticket_id: UUID | None
    owner_code: str
    owner_name: str
    order_reference: str
    ticket_code: str | None
    ticket_title: str | None
    kind: str
    description: str
    worked_on: date
    period_start: date | None
    period_end: date | None
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount_percent: Decimal
    net: Decimal
    surcharge_percent: Decimal | None
    tax_code_id: UUID | None
    taxed: bool
    work_type_id: UUID | None
    wage_percent: Decimal | None
    layout_id: UUID | None


def instalment_id() -> ColumnElement[UUID | None]:
    """Return the id of an instalment, which stands alone on its invoice (row B57)."""
    return case((Charge.kind == "instalment", Charge.id), else_=null())


# The next four read the columns of `of`: of charges, or of charges that were added up.


def bucket(
    collect: Collect, of: Any = Charge, alone: ColumnElement[UUID | None] | None = None
) -> ColumnElement[UUID | None]:
    """Return what separates the invoices of one customer, as `rules.collection` has it."""
    alone = instalment_id() if alone is None else alone
    if collect is Collect.CUSTOMER:
        separate = case((Project.invoice_separately, of.project_id), else_=null())
        return func.coalesce(alone, separate)
    return func.coalesce(alone, of.contract_id, of.project_id)


def taxed() -> ColumnElement[bool]:
    """Say whether tax applies to a charge: always, but on a contract that is not taxable."""
    return func.coalesce(Contract.taxable, True)


def tax_code_id(of: Any = Charge) -> ColumnElement[UUID | None]:
    """Return the tax of a charge: its own, else that of its work type, else of its contract."""
    return func.coalesce(of.tax_code_id, WorkType.tax_code_id, Contract.tax_code_id)


def joined(query: SelectT, of: Any = Charge) -> SelectT:
    """Join to a query of charges what `bucket`, `taxed` and `tax_code_id` look at."""
    return (
        query.outerjoin(Contract, Contract.id == of.contract_id)
        .outerjoin(Project, Project.id == of.project_id)
        .outerjoin(WorkType, WorkType.id == of.work_type_id)
    )


def read(
    session: TenantSession, where: ColumnElement[bool], collect: Collect
) -> Iterator[Billable]:
    """Stream the charges, those of one invoice side by side, in the order of the invoices."""
    query = charges_query(where, collect).order_by(
        Charge.administration_id,
        Customer.name,
        Charge.customer_id,
        Charge.currency,
        bucket(collect),
        func.coalesce(Contract.code, Project.code),
        Charge.worked_on,
        Ticket.code,
        Charge.id,
    )
    with session.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:
        yield from map(Billable._make, rows)


def charges_query(where: ColumnElement[bool], collect: Collect) -> Select[*tuple[Any, ...]]:
    """Return the statement behind `read`, in no order."""
    query: Select[*tuple[Any, ...]] = select(*_columns(collect)).select_from(Charge)
    return (
        joined(query)
        .join(Customer, _same(Charge, "customer_id", Customer))
        .outerjoin(Ticket, _same(Charge, "ticket_id", Ticket))
        .where(where)
    )


def _columns(collect: Collect) -> tuple[ColumnElement[Any] | Any, ...]:
    return (
        Charge.id,
        Charge.administration_id,
        Charge.currency,
        Charge.customer_id,
        bucket(collect),
        Charge.contract_id,
        Charge.project_id,
        Charge.ticket_id,
        func.coalesce(Contract.code, Project.code, ""),
        func.coalesce(Contract.name, Project.name, ""),
        func.coalesce(Contract.order_reference, Project.order_reference, ""),
        Ticket.code,
        Ticket.title,
        Charge.kind,
        Charge.description,
        Charge.worked_on,
        Charge.period_start,
        Charge.period_end,
        Charge.quantity,
        Charge.unit,
        Charge.unit_price,
        Charge.discount_percent,
        Charge.net,
        Charge.surcharge_percent,
        tax_code_id(),
        taxed(),
        Charge.work_type_id,
        Project.wage_percent,
        Project.layout_id,
    )


def _same(left: Any, column: str, right: Any) -> ColumnElement[bool]:
    return and_(right.tenant_id == left.tenant_id, right.id == getattr(left, column))
