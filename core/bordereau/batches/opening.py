"""Opening a batch, and finding it again."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from bordereau.batches.options import AS_USUAL, COLLECTS, Options, set_options
from bordereau.batches.tables import Batch
from bordereau.errors import Conflict, Invalid, NotFound
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.grouping import LineLevel
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, account, record_audit, today
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id

PREFIX = "bat"


def open_batch(
    session: TenantSession,
    *,
    actor: Actor,
    source: str = "contracts",
    as_of: date | None = None,
    administration_ids: Iterable[UUID] = (),
    options: Options = AS_USUAL,
) -> Batch:
    """Open a batch in which everything that is ready is ticked (row A35).

    Args:
        session: the tenant's session.
        actor: who opens it.
        source: `contracts`, `projects` or `participants` of courses (row B66).
        as_of: the day on which readiness is judged; today in the account's zone by default.
        administration_ids: only charges of these; all by default (row B30).
        options: settings to start with.

    Raises:
        Forbidden: RIGHT_MISSING.
        Invalid: SOURCE_UNKNOWN, or as `options.set_options`.

    """
    actor.must(Right.BATCH)
    if source not in COLLECTS:
        raise Invalid(
            "SOURCE_UNKNOWN",
            f"A batch bills contracts, projects or participants, not {source!r}.",
            where="source",
        )
    chosen = list(administration_ids)
    batch = Batch(
        source=source,
        state="selecting",
        as_of=as_of or today(session),
        time_zone=account(session).time_zone,
        collect=_collect_setting(session, source, chosen),
        line_level=LineLevel.ENTRY.value,
        compress=False,
        tick_all=True,
        filters={"administrations": [str(one) for one in chosen]} if chosen else {},
        preview_hash="",
        created_by=actor.name,
        name="",
    )
    set_options(batch, options)
    session.add(batch)
    session.flush()
    record_audit(session, actor, "batch.open", public_id(PREFIX, batch.id))
    return batch


def get_batch(session: TenantSession, batch_id: UUID, *, lock: bool = False) -> Batch:
    """Find a batch; with `lock` nobody else changes it until the transaction ends.

    Raises:
        NotFound: there is no such batch, or it was deleted.

    """
    query = select(Batch).where(Batch.id == batch_id, Batch.state != "deleted")
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    batch = session.scalars(query).one_or_none()
    if batch is None:
        raise NotFound("batch", public_id(PREFIX, batch_id))
    return batch


def raise_version(session: TenantSession, batch: Batch, state: str, **changed: bool) -> None:
    """Note that a batch of this state changes; until the transaction ends nobody else changes it.

    Whoever saw it before and says so (`If-Match`) is refused from now on. What is `changed` of the
    batch itself goes with it.

    Raises:
        NotFound: it was deleted.
        Conflict: it is in another state.

    """
    session.flush()
    found = session.scalar(
        update(Batch)
        .where(Batch.id == batch.id, Batch.state == state)
        .values(version=Batch.version + 1, **changed)
        .returning(Batch.version),
        execution_options={"synchronize_session": False},
    )
    if found is None:
        must_be(get_batch(session, batch.id, lock=True), state)
    for name, value in {"version": found, **changed}.items():
        set_committed_value(batch, name, value)


def must_be(batch: Batch, *states: str) -> None:
    """Go on only in one of these states.

    Raises:
        Conflict: BATCH_SELECTING, BATCH_RUN, BATCH_GENERATED or BATCH_FINALISED.

    """
    if batch.state not in states:
        raise Conflict(
            f"BATCH_{batch.state.upper()}",
            f"The batch is {_SAID[batch.state]}; this needs one that is "
            f"{' or '.join(_SAID[state] for state in states)}.",
            hint="Reload the batch.",
            details={"state": batch.state},
        )


_SAID = {
    "selecting": "being selected",
    "run": "run",
    "generated": "generated",
    "finalised": "finalised",
    "deleted": "deleted",
}


def _collect_setting(session: TenantSession, source: str, chosen: list[UUID]) -> str:
    """Return the default: one per contract (row A39), or the administration's for projects."""
    if source == "contracts":
        return Collect.CONTRACT.value
    settings = {
        one.collect
        for one in session.scalars(select(Administration))
        if not chosen or one.id in chosen
    }
    found = settings.pop() if len(settings) == 1 else Collect.CUSTOMER.value
    return found if found in COLLECTS[source] else Collect.CUSTOMER.value
