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

from bordereau.catalog.saving import among
from bordereau.catalog.tables import Contract, Customer, Ticket
from bordereau.charges.rules.contract_types import ContractType
from bordereau.charges.rules.readiness import RESOLVED_STATES, Reason
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.store import TenantSession

_ONCE = [kind for kind in ContractType if kind.bills_once]
_WITHOUT_OWNER = ["manual", "participant"]


def refresh_holds(
    session: TenantSession,
    *,
    charge_ids: Iterable[UUID] | None = None,
    contract_ids: Iterable[UUID] | None = None,
    ticket_ids: Iterable[UUID] | None = None,
    customer_ids: Iterable[UUID] | None = None,
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
    }
    wanted = or_(*(among(column, ids) for column, ids in given.items() if ids is not None))
    fresh = _fresh_holds(wanted).subquery()
    changed = session.execute(
        update(Charge)
        .where(Charge.id == fresh.c.id, Charge.holds.is_distinct_from(fresh.c.holds))
        .values(holds=fresh.c.holds)
        .returning(Charge.id)
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())


def _fresh_holds(wanted: ColumnElement[bool]) -> Select[UUID, Sequence[str]]:
    """Select the charges with the holds they should have."""
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
        Reason.NOT_CHARGEABLE: not_(Charge.chargeable),
        Reason.DISTANCE_SALE: Customer.distance_selling.is_(True),
        Reason.CONTRACT_INACTIVE: and_(Contract.id.is_not(None), not_(Contract.active)),
        Reason.NO_CLIENT: Charge.customer_id.is_(None),
    }
    codes = array(
        [case((stands, literal(reason.value)), else_=null()) for reason, stands in held.items()]
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
        .where(wanted, state_in(*UNBILLED))
    )


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
