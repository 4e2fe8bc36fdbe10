"""Run: the selected charges are reserved and the invoices that they make are shown (row A37)."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, not_, select

from bordereau.batches.inputs import inputs_digest
from bordereau.batches.opening import PREFIX, get_batch, must_be
from bordereau.batches.options import must_have_name
from bordereau.batches.selection import owner_column, selected, with_owner_choices
from bordereau.batches.tables import Batch
from bordereau.charges import is_ready, release, reserve
from bordereau.charges.tables import Charge
from bordereau.errors import Conflict, NotFound, Refused
from bordereau.invoices.composing import billables
from bordereau.invoices.composing.compose import compose
from bordereau.invoices.composing.plan import Plan
from bordereau.invoices.composing.proposal import NewInvoice
from bordereau.invoices.documents import PREFIX as INVOICE_PREFIX
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.grouping import LineLevel
from bordereau.invoices.storing import store
from bordereau.invoices.tables import Allocation, Invoice
from bordereau.store import TenantSession, among
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id

_QUIET = {"synchronize_session": False}


def run(session: TenantSession, batch: Batch, *, actor: Actor) -> Batch:
    """Reserve what is selected and store the proposed invoices with the hash of the preview.

    Two batches never take the same charge: reservations of a tenant are made one after the other,
    and what another batch took in between is simply no longer ready.

    Raises:
        Forbidden: RIGHT_MISSING.
        Invalid: BATCH_NAME_MISSING (row A36).
        Refused: NOTHING_SELECTED, or what `invoices.compose` refuses.
        Conflict: the batch is run already.

    """
    actor.must(Right.BATCH)
    batch = get_batch(session, batch.id, lock=True)
    must_be(batch, "selecting")
    must_have_name(batch)
    query = with_owner_choices(select(Charge.id), batch, owner_column(batch))
    chosen = query.where(selected(batch))
    taken = reserve(session, batch.id, is_ready(batch.as_of) & Charge.id.in_(chosen))
    if not taken:
        raise Refused(
            "NOTHING_SELECTED",
            "Nothing that is ready is selected in this batch.",
            hint="Tick at least one white or black box.",
        )
    propose(session, batch)
    batch.state, batch.run_at = "run", datetime.now(UTC)
    batch.version += 1
    session.flush()
    record_audit(session, actor, "batch.run", public_id(PREFIX, batch.id), {"charges": taken})
    return batch


def propose(session: TenantSession, batch: Batch) -> None:
    """Compose the invoices of the reserved charges anew, and keep the hash of the preview.

    Raises:
        Refused: what `invoices.compose` refuses.

    """
    _drop_proposals(session, batch)
    batch.inputs_digest = inputs_digest(session, batch)
    stored = store(session, composed(session, batch), state="proposed", batch_id=batch.id)
    batch.preview_hash = hash_of(stored)
    session.flush()


def composed(
    session: TenantSession, batch: Batch, without: Collection[UUID] = ()
) -> Iterator[NewInvoice]:
    """Yield the invoices that the reserved charges of the batch make now; nothing is stored.

    Args:
        session: the tenant's session.
        batch: a batch that was run.
        without: charges that are left out.

    """
    collect = Collect(batch.collect)
    plan = Plan(
        origin="batch" if batch.source == "contracts" else "project",
        invoice_date=batch.invoice_date or batch.as_of,
        collect=collect,
        level=LineLevel(batch.line_level),
        compress=batch.compress,
        surcharge=batch.source == "projects",
    )
    mine = Charge.batch_id == batch.id
    if without:
        mine &= not_(among(Charge.id, without))
    charges = billables.read(session, mine, collect)
    return compose(session, charges, plan)


def hash_of(fingerprints: Iterable[str]) -> str:
    """Return the hash of a preview from the fingerprints of its invoices, in their order."""
    digest = hashlib.sha256()
    for one in fingerprints:
        digest.update(one.encode())
    return digest.hexdigest()


def fingerprints(session: TenantSession, batch: Batch) -> Iterator[str]:
    """Yield the fingerprints of the proposed invoices in their order."""
    query = (
        select(Invoice.proposal_hash)
        .where(Invoice.batch_id == batch.id, Invoice.state == "proposed")
        .order_by(Invoice.id)
    )
    with session.scalars(query, execution_options={"yield_per": 1_000}) as found:
        yield from found


def select_again(session: TenantSession, batch: Batch, *, actor: Actor) -> Batch:
    """Take a run back: its charges are released, its choices stay, and they can be changed.

    Raises:
        Forbidden: RIGHT_MISSING.
        Conflict: the batch is not run, or generated already.

    """
    actor.must(Right.BATCH)
    batch = get_batch(session, batch.id, lock=True)
    must_be(batch, "run")
    _drop_proposals(session, batch)
    release(session, Charge.batch_id == batch.id)
    batch.state, batch.preview_hash, batch.run_at = "selecting", "", None
    batch.version += 1
    session.flush()
    record_audit(session, actor, "batch.select_again", public_id(PREFIX, batch.id))
    return batch


def remove_invoice(session: TenantSession, batch: Batch, invoice_id: UUID, *, actor: Actor) -> int:
    """Take an unnumbered invoice out of the batch; its charges become billable again (row A38).

    Returns how many charges were released.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: the batch has no such invoice.
        Conflict: INVOICE_NUMBERED.

    """
    actor.must(Right.BATCH)
    batch = get_batch(session, batch.id, lock=True)
    invoice = session.scalars(
        select(Invoice)
        .where(Invoice.id == invoice_id, Invoice.batch_id == batch.id)
        .with_for_update()
    ).one_or_none()
    if invoice is None:
        raise NotFound("invoice", public_id(INVOICE_PREFIX, invoice_id))
    refuse_numbered(invoice.number)
    charges = select(Allocation.charge_id).where(Allocation.invoice_id == invoice_id)
    released = release(session, Charge.id.in_(charges))
    session.delete(invoice)
    batch.version += 1
    session.flush()
    if batch.state == "run":
        batch.preview_hash = hash_of(fingerprints(session, batch))
        batch.inputs_digest = inputs_digest(session, batch)
    record_audit(session, actor, "batch.remove_invoice", public_id(INVOICE_PREFIX, invoice_id))
    return released


def refuse_numbered(number: str | None) -> None:
    """Refuse to remove what has a number.

    Raises:
        Conflict: INVOICE_NUMBERED.

    """
    if number is not None:
        raise Conflict(
            "INVOICE_NUMBERED",
            f"Invoice {number} has a number and cannot be removed.",
            hint="Credit it.",
            details={"number": number},
        )


def _drop_proposals(session: TenantSession, batch: Batch) -> None:
    session.execute(
        delete(Invoice).where(Invoice.batch_id == batch.id, Invoice.state == "proposed"),
        execution_options=_QUIET,
    )
