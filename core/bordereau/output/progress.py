"""How far an order or a batch is: counted in our own rows, never in those of the engine."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from bordereau.output.modes import FOLDER
from bordereau.output.tables import OutputOrder, StoredDelivery
from bordereau.store import TenantSession

MOVING = ("waiting", "sending", "pending")
STUCK = ("attention", "unknown", "rejected")


@dataclass(frozen=True, slots=True)
class Progress:
    """Deliveries by state; `overdue` of those being sent are with a call that takes too long."""

    by_state: Mapping[str, int]
    overdue: int = 0

    @property
    def total(self) -> int:
        """All of them, but for those that were skipped."""
        return sum(self.by_state.values()) - self.by_state.get("skipped", 0)

    @property
    def done(self) -> int:
        """Those that arrived."""
        return self.by_state.get("done", 0)

    @property
    def moving(self) -> int:
        """Those that will go on by themselves."""
        return sum(self.by_state.get(state, 0) for state in MOVING)

    @property
    def stuck(self) -> int:
        """Those that wait for a person."""
        return sum(self.by_state.get(state, 0) for state in STUCK)


def progress(
    session: TenantSession, *, order_id: UUID | None = None, batch_id: UUID | None = None
) -> Progress:
    """Count the deliveries of an order, or of all orders of a batch."""
    late = func.count().filter(is_overdue())
    query = select(StoredDelivery.state, func.count(), late).group_by(StoredDelivery.state)
    if order_id is not None:
        query = query.where(StoredDelivery.order_id == order_id)
    if batch_id is not None:
        query = query.join(OutputOrder, OutputOrder.id == StoredDelivery.order_id).where(
            OutputOrder.batch_id == batch_id
        )
    rows = session.execute(query).all()
    return Progress({row[0]: row[1] for row in rows}, overdue=sum(row[2] for row in rows))


def is_overdue() -> ColumnElement[bool]:
    """Match deliveries whose call the sweeper has reported as taking too long."""
    return and_(StoredDelivery.state == "sending", StoredDelivery.code == "CALL_TOO_LONG")


def fully_processed(session: TenantSession, invoice_ids: Collection[UUID]) -> set[UUID]:
    """Return the invoices of which every channel of one method is done (row B50)."""
    rows = session.execute(
        select(
            StoredDelivery.invoice_id,
            StoredDelivery.mode,
            func.bool_and(StoredDelivery.state == "done"),
        )
        .where(
            StoredDelivery.invoice_id.in_(invoice_ids),
            StoredDelivery.mode.not_in(("", FOLDER.key)),
        )
        .group_by(StoredDelivery.invoice_id, StoredDelivery.mode)
    )
    return {invoice_id for invoice_id, _, complete in rows if complete}
