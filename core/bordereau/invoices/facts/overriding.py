"""Setting the displayed status by hand: a recorded change too (row A54)."""

from datetime import UTC, datetime
from uuid import UUID

from bordereau.contract import Status
from bordereau.errors import Conflict, Invalid
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.facts.statuses import StatusChanged, status_changed
from bordereau.invoices.finding import get_invoice
from bordereau.invoices.tables import StatusChange
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id


def change_status(
    session: TenantSession, invoice_id: UUID, status: Status, *, reason: str, actor: Actor
) -> StatusChanged:
    """Set the displayed status by hand; the facts stay as they are (row A54).

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Invalid: REASON_MISSING.
        Conflict: INVOICE_PROPOSED or INVOICE_VOIDED.

    """
    actor.must(Right.CHANGE_STATUS)
    if not reason.strip():
        raise Invalid("REASON_MISSING", "A manual change needs a reason.", where="reason")
    invoice = get_invoice(session, invoice_id, lock=True)
    if invoice.state in {"proposed", "voided"}:
        raise Conflict(
            f"INVOICE_{invoice.state.upper()}", f"The invoice is {invoice.state}: it has no status."
        )
    before = Status(invoice.status)
    session.add(
        StatusChange(
            invoice_id=invoice_id,
            before=before.value,
            after=status.value,
            manual=True,
            actor=actor.name,
            reason=reason.strip(),
            at=datetime.now(UTC),
        )
    )
    invoice.status = status.value
    invoice.version += 1
    session.flush()
    details = {"before": before.value, "after": status.value, "reason": reason.strip()}
    record_audit(session, actor, "invoice.change_status", public_id(PREFIX, invoice_id), details)
    return status_changed(invoice, invoice.buyer["name"], before, status)
