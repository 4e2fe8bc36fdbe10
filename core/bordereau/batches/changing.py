"""Changing the options of a batch: before the run, and while its invoices are only proposed."""

from bordereau.batches.opening import get_batch, must_be
from bordereau.batches.options import Options, must_have_name, set_options
from bordereau.batches.running import propose
from bordereau.batches.tables import Batch
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right

_SHOWN = ("collect", "line_level", "compress", "invoice_date")


def change_options(
    session: TenantSession, batch: Batch, options: Options, *, actor: Actor
) -> Batch:
    """Change settings of a batch that is not generated yet.

    Once it is run, who shares an invoice and what a line stands for are chosen beside the proposed
    invoices (rows A38 to A40): they are composed anew, and the preview has another hash.

    Raises:
        Forbidden: RIGHT_MISSING.
        Conflict: BATCH_GENERATED or BATCH_FINALISED, its invoices are made already.
        Invalid: NAME_TOO_LONG, COLLECT_UNKNOWN or LINE_LEVEL_UNKNOWN; BATCH_NAME_MISSING once it
            is run.
        Refused: what `invoices.compose` refuses.

    """
    actor.must(Right.BATCH)
    batch = get_batch(session, batch.id, lock=True)
    must_be(batch, "selecting", "run")
    before = [getattr(batch, name) for name in _SHOWN]
    set_options(batch, options)
    if batch.state == "run":
        must_have_name(batch)
        if before != [getattr(batch, name) for name in _SHOWN]:
            propose(session, batch)
    batch.version += 1
    session.flush()
    return batch
