"""Holds: the reasons against billing that no date cures, kept on the charge by one statement.

What changes them (a ticket resolved, a contract switched off) calls `refresh_holds`; so the batch
page reads one column instead of joining five tables.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from bordereau.catalog.tables import Contract, Customer, Project, TaxCode, Ticket, WorkType
from bordereau.charges.blocks.waiting import waiting_code
from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.rules.readiness import RESOLVED_STATES, Reason
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.store import TenantSession, among

_ONCE = [kind for kind in ContractType if kind.bills_once]
_WITHOUT_OWNER = ["manual", "participant"]
_GRAVE = [
    why.value
    for why in (
        Reason.NO_CONTRACT,
        Reason.TICKET_OPEN,
        Reason.NOT_CHARGEABLE,
        Reason.CONTRACT_INACTIVE,
        Reason.NO_CLIENT,
    )
]


def refresh_holds(
    session: TenantSession,
    *,
    charge_ids: Iterable[UUID] | None = None,
    contract_ids: Iterable[UUID] | None = None,
    ticket_ids: Iterable[UUID] | None = None,
    customer_ids: Iterable[UUID] | None = None,
    work_type_ids: Iterable[UUID] | None = None,
    tax_code_ids: Iterable[UUID] | None = None,
) -> int:
    """Find again what stands against unbilled charges, and return how many changed.

    The charges are those of the ids that were given; at least one kind of ids is.
    """
    session.flush()
    given = {
        Charge.id: charge_ids,
        Charge.contract_id: contract_ids,
        Charge.ticket_id: ticket_ids,
        Charge.customer_id: customer_ids,
        Charge.work_type_id: work_type_ids,
        TaxCode.id: tax_code_ids,
    }
    wanted = or_(*(among(column, ids) for column, ids in given.items() if ids is not None))
    fresh = _fresh_holds(wanted, *UNBILLED).subquery()
    changed = session.execute(
        update(Charge)
        .where(Charge.id == fresh.c.id, Charge.holds.is_distinct_from(fresh.c.holds))
        .values(holds=fresh.c.holds)
        .returning(Charge.id)
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())


def held_since(session: TenantSession, where: ColumnElement[bool]) -> dict[UUID, Sequence[str]]:
    """Return reserved charges that may not be billed any more, with the codes of the reasons.

    Somebody switched their contract or project off, for instance. Distance sales are left to the
    composing of invoices, which refuses them with their own reason (row B22).
    """
    session.flush()
    fresh = _fresh_holds(where, "reserved").subquery()
    grave = fresh.c.holds.op("&&", is_comparison=True)(literal(_GRAVE, ARRAY(Text)))
    found = session.execute(select(fresh.c.id, fresh.c.holds).where(grave).order_by(fresh.c.id))
    return {row.id: [code for code in row.holds if code in _GRAVE] for row in found}


def _fresh_holds(wanted: ColumnElement[bool], *states: str) -> Select[UUID, Sequence[str]]:
    """Select the charges of these states with the holds they should have."""
    held: dict[Reason, ColumnElement[bool]] = {
        Reason.BILLED: _contract_is("billed"),
        Reason.RESERVED: _contract_is("reserved"),
        Reason.NO_CONTRACT: and_(
            Charge.contract_id.is_(None),
            Charge.project_id.is_(None),
            not_(among(Charge.kind, _WITHOUT_OWNER)),
        ),
        Reason.TICKET_OPEN: and_(
            Ticket.id.is_not(None), not_(among(Ticket.status, sorted(RESOLVED_STATES)))
        ),
        Reason.NOT_CHARGEABLE: or_(
            not_(Charge.chargeable), not_(func.coalesce(Project.charge, True))
        ),
        Reason.DISTANCE_SALE: _is_distance_sale(),
        Reason.CONTRACT_INACTIVE: and_(Contract.id.is_not(None), not_(Contract.active)),
        Reason.NO_CLIENT: Charge.customer_id.is_(None),
    }
    codes = array(
        [
            *(case((stands, literal(why.value)), else_=null()) for why, stands in held.items()),
            waiting_code(or_(*held.values())),
        ]
    )
    return (
        select(
            Charge.id,
            func.array_remove(cast(codes, ARRAY(Text)), null(), type_=ARRAY(Text)).label("holds"),
        )
        .outerjoin(
            Ticket, and_(Ticket.tenant_id == Charge.tenant_id, Ticket.id == Charge.ticket_id)
        )
        .outerjoin(
            Contract,
            and_(Contract.tenant_id == Charge.tenant_id, Contract.id == Charge.contract_id),
        )
        .outerjoin(
            Customer,
            and_(Customer.tenant_id == Charge.tenant_id, Customer.id == Charge.customer_id),
        )
        .outerjoin(
            Project, and_(Project.tenant_id == Charge.tenant_id, Project.id == Charge.project_id)
        )
        .outerjoin(
            WorkType,
            and_(WorkType.tenant_id == Charge.tenant_id, WorkType.id == Charge.work_type_id),
        )
        .outerjoin(
            TaxCode, and_(TaxCode.tenant_id == Charge.tenant_id, TaxCode.id == _tax_code_id())
        )
        .where(wanted, state_in(*states))
    )


def _is_distance_sale() -> ColumnElement[bool]:
    """Say that the customer is marked as a distance sale, or the tax that applies (row B22)."""
    taxed = func.coalesce(Contract.taxable, True)
    return or_(Customer.distance_selling.is_(True), and_(TaxCode.distance_selling.is_(True), taxed))


def _tax_code_id() -> ColumnElement[UUID | None]:
    """Return the tax of a charge: its own, else that of its work type, else of its contract."""
    return func.coalesce(Charge.tax_code_id, WorkType.tax_code_id, Contract.tax_code_id)


def _contract_is(state: str) -> ColumnElement[bool]:
    """Say that the work belongs to a contract that is billed only once, and was or will be.

    What a credit gave back is billed again all the same.
    """
    other = aliased(Charge)
    return and_(
        among(Contract.type, _ONCE),
        not_(Charge.reopened),
        among(Charge.kind, ["time", "project_fee"]),
        exists().where(
            other.tenant_id == Charge.tenant_id,
            other.contract_id == Charge.contract_id,
            other.state == state,
            among(other.kind, ["time", "project_fee"]),
        ),
    )
