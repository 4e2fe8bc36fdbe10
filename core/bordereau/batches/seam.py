"""Charges as batches use them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, update

from bordereau.charges.rules.readiness import Reason
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.store import TenantSession


@dataclass(frozen=True)
class Why:
    """One reason."""

    code: str
    text: str
    ready_on: date | None

    def as_details(self) -> dict[str, Any]:
        """Return it for programs."""
        return {"code": self.code, "text": self.text, "ready_on": str(self.ready_on or "")}


def is_ready(as_of: date) -> ColumnElement[bool]:
    """Match ready charges."""
    return and_(
        Charge.ready_on <= as_of,
        func.cardinality(Charge.holds) == 0,
        or_(
            Charge.state == "closed",
            and_(Charge.state == "delayed", Charge.delayed_until <= as_of),
        ),
    )


def is_unbilled() -> ColumnElement[bool]:
    """Match unbilled charges."""
    return and_(Charge.state.in_(UNBILLED), Charge.chargeable)


def reasons(charge: Charge, as_of: date) -> tuple[Why, ...]:
    """List what stands against a charge."""
    found = [Why(code, code, None) for code in charge.holds]
    if charge.ready_on > as_of:
        found.append(Why(Reason.PERIOD_OPEN, "open", charge.ready_on))
    if charge.state == "reserved":
        found.append(Why(Reason.RESERVED, "reserved", None))
    if charge.state == "open":
        found.append(Why(Reason.NOT_APPROVED, "open", None))
    if charge.state == "approved":
        found.append(Why(Reason.NOT_CLOSED, "approved", None))
    return tuple(found)


def reserve(session: TenantSession, batch_id: UUID, where: ColumnElement[bool]) -> int:
    """Reserve for a batch."""
    done: Any = session.execute(
        update(Charge)
        .where(where)
        .values(state="reserved", batch_id=batch_id, version=Charge.version + 1),
        execution_options={"synchronize_session": False},
    )
    return int(done.rowcount)


def release(session: TenantSession, where: ColumnElement[bool]) -> int:
    """Release."""
    done: Any = session.execute(
        update(Charge)
        .where(where, Charge.state.in_(["reserved", "billed"]))
        .values(state="closed", batch_id=None, version=Charge.version + 1),
        execution_options={"synchronize_session": False},
    )
    return int(done.rowcount)


def mark_billed(session: TenantSession, where: ColumnElement[bool]) -> int:
    """Mark billed."""
    done: Any = session.execute(
        update(Charge)
        .where(where, Charge.state.in_(["reserved", "closed"]))
        .values(state="billed", batch_id=None, version=Charge.version + 1),
        execution_options={"synchronize_session": False},
    )
    return int(done.rowcount)
