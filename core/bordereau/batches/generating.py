"""Generate: proposed invoices become drafts, if they still are what was shown (rows A42, B31)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice, zip_longest
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from bordereau.batches.comparing import Difference, differences
from bordereau.batches.inputs import inputs_digest
from bordereau.batches.opening import PREFIX, get_batch, must_be
from bordereau.batches.running import composed, fingerprints, propose
from bordereau.batches.tables import Batch
from bordereau.charges import held_since, mark_billed, release
from bordereau.charges.tables import Charge
from bordereau.errors import Conflict, Refused
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession, among
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id

_MOST_CHARGES = 100  # what is held is for people; more than this they do not read
_QUIET = {"synchronize_session": False}


def generate(session: TenantSession, batch: Batch, preview_hash: str, *, actor: Actor) -> Batch:
    """Turn the proposed invoices into drafts and mark their charges as billed.

    Everything is composed again and compared with what was shown, without what may not be billed
    any more, for instance because its contract was switched off since. A batch that was generated
    before is returned as it is, so that repeating is harmless (row A3).

    Args:
        session: the tenant's session.
        batch: a batch that was run.
        preview_hash: the hash of the preview that the person saw.
        actor: who generates.

    Raises:
        Forbidden: RIGHT_MISSING.
        Conflict: PREVIEW_CHANGED, with the differences per invoice and field and the charges that
            may not be billed any more with their reasons; or the batch was not run.
        Refused: NOTHING_SELECTED, every proposed invoice was removed.

    """
    actor.must(Right.BATCH)
    batch = get_batch(session, batch.id, lock=True)
    if batch.state in {"generated", "finalised"}:
        return batch
    must_be(batch, "run")
    held = held_since(session, Charge.batch_id == batch.id)
    if held or preview_hash != batch.preview_hash or not _unchanged(session, batch):
        raise _changed(batch, tuple(differences(session, batch, held)), held)
    made: Any = session.execute(
        update(Invoice)
        .where(Invoice.batch_id == batch.id, Invoice.state == "proposed")
        .values(state="draft", version=Invoice.version + 1),
        execution_options=_QUIET,
    )
    if not made.rowcount:
        raise Refused(
            "NOTHING_SELECTED", "The batch has no invoice left.", hint="Delete the batch."
        )
    mark_billed(session, Charge.batch_id == batch.id)
    batch.state, batch.generated_at = "generated", datetime.now(UTC)
    batch.version += 1
    session.flush()
    details = {"invoices": made.rowcount}
    record_audit(session, actor, "batch.generate", public_id(PREFIX, batch.id), details)
    return batch


def numbers_at_once(session: TenantSession, batch: Batch) -> bool:
    """Say whether every administration in the batch numbers its invoices at generation.

    Where only some do, the batch waits until it is finalised.
    """
    settings = session.scalars(
        select(Administration.finalise)
        .join(Invoice, Invoice.administration_id == Administration.id)
        .where(Invoice.batch_id == batch.id)
        .distinct()
    ).all()
    return set(settings) == {"on_generate"}


def preview_again(session: TenantSession, batch: Batch, *, actor: Actor) -> Batch:
    """Compose the proposed invoices anew, to show what changed since the run.

    What may not be billed any more leaves the batch, and waits on the to-bill list with its reason.

    Raises:
        Forbidden: RIGHT_MISSING.
        Conflict: the batch is not run, or generated already.

    """
    actor.must(Right.BATCH)
    batch = get_batch(session, batch.id, lock=True)
    must_be(batch, "run")
    if held := held_since(session, Charge.batch_id == batch.id):
        release(session, among(Charge.id, held))
    propose(session, batch)
    batch.version += 1
    session.flush()
    return batch


def _unchanged(session: TenantSession, batch: Batch) -> bool:
    """Compare what invoices are made from, and if need be the invoices themselves, one by one."""
    if inputs_digest(session, batch) == batch.inputs_digest:
        return True
    fresh = (one.fingerprint() for one in composed(session, batch))
    pairs: Iterator[tuple[str | None, str | None]] = zip_longest(
        fingerprints(session, batch), fresh
    )
    return all(old == new for old, new in pairs)


def _changed(
    batch: Batch, found: tuple[Difference, ...], held: Mapping[UUID, Sequence[str]]
) -> Conflict:
    customers = dict.fromkeys(one.customer for one in found)
    named = f" ({', '.join(list(customers)[:5])})" if customers else ""
    return Conflict(
        "PREVIEW_CHANGED",
        f"The invoices are no longer what the preview showed{named}.",
        hint="Look at the new preview and generate again.",
        details={
            "preview_hash": batch.preview_hash,
            "differences": [one.as_details() for one in found],
            "charges": {
                public_id("chg", key): list(held[key]) for key in islice(held, _MOST_CHARGES)
            },
        },
    )
