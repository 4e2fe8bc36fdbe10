"""Deleting a batch: allowed until one of its invoices has a number; all charges are released."""

from sqlalchemy import delete, select

from bordereau.batches.opening import PREFIX, get_batch
from bordereau.batches.running import refuse_numbered
from bordereau.batches.tables import Batch, ChargeChoice, OwnerChoice
from bordereau.charges import release
from bordereau.charges.tables import Charge
from bordereau.invoices.tables import Allocation, Invoice
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id

_QUIET = {"synchronize_session": False}


def delete_batch(session: TenantSession, batch: Batch, *, actor: Actor) -> int:
    """Delete a batch with its unnumbered invoices and return how many charges are free again.

    Raises:
        Forbidden: RIGHT_MISSING.
        Conflict: INVOICE_NUMBERED, one of its invoices has a number; one that was voided since
            keeps it.

    """
    actor.must(Right.BATCH)
    batch = get_batch(session, batch.id, lock=True)
    numbered = select(Invoice.number).where(
        Invoice.batch_id == batch.id, Invoice.number.is_not(None)
    )
    refuse_numbered(session.scalars(numbered.limit(1)).first())
    billed = (
        select(Allocation.charge_id)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Invoice.batch_id == batch.id, Allocation.live)
    )
    released = release(session, (Charge.batch_id == batch.id) | Charge.id.in_(billed))
    for table in (Invoice, OwnerChoice, ChargeChoice):
        session.execute(delete(table).where(table.batch_id == batch.id), execution_options=_QUIET)
    batch.state, batch.preview_hash = "deleted", ""
    batch.version += 1
    session.flush()
    details = {"charges": released}
    record_audit(session, actor, "batch.delete", public_id(PREFIX, batch.id), details)
    return released
