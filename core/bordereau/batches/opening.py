"""Opening a batch, finding it again, and its options."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bordereau.batches.tables import Batch
from bordereau.errors import Conflict, Invalid, NotFound
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.grouping import LineLevel
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, account, record_audit, today
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id

PREFIX = "bat"
_COLLECTS = {
    "contracts": (Collect.CONTRACT, Collect.CUSTOMER),
    "projects": (Collect.CUSTOMER, Collect.PROJECT),
    "participants": (Collect.CUSTOMER,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What can be set on a batch until it is run; None leaves a setting as it is.

    Attributes:
        name: needed before run (row A36).
        collect: who shares an invoice (rows A39, B18).
        line_level: what one line stands for (row A40).
        compress: as few lines as taxes allow (row B19).
        invoice_date: of all invoices of the run; without it, the batch's day (row B32).

    """

    name: str | None = None
    collect: str | None = None
    line_level: str | None = None
    compress: bool | None = None
    invoice_date: date | None = None


def open_batch(
    session: TenantSession,
    *,
    actor: Actor,
    source: str = "contracts",
    as_of: date | None = None,
    administration_ids: Iterable[UUID] = (),
    options: Options = Options(),
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
        Invalid: SOURCE_UNKNOWN, or as `change_options`.

    """
    actor.must(Right.BATCH)
    if source not in _COLLECTS:
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
    _set(batch, options)
    session.add(batch)
    session.flush()
    record_audit(session, actor, "batch.open", public_id(PREFIX, batch.id))
    return batch


def change_options(session: TenantSession, batch: Batch, options: Options, *, actor: Actor) -> None:
    """Change settings of a batch that is not run yet.

    Raises:
        Forbidden: RIGHT_MISSING.
        Conflict: BATCH_RUN, its invoices are proposed already.
        Invalid: COLLECT_UNKNOWN or LINE_LEVEL_UNKNOWN.

    """
    actor.must(Right.BATCH)
    must_be(batch, "selecting")
    _set(batch, options)
    batch.version += 1
    session.flush()


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


def _set(batch: Batch, options: Options) -> None:
    if options.name is not None:
        batch.name = options.name.strip()
    if options.collect is not None:
        batch.collect = _one_of(options.collect, _COLLECTS[batch.source], "collect")
    if options.line_level is not None:
        batch.line_level = _one_of(options.line_level, tuple(LineLevel), "line_level")
    if options.compress is not None:
        batch.compress = options.compress
    if options.invoice_date is not None:
        batch.invoice_date = options.invoice_date


def _one_of(value: str, known: tuple[Any, ...], where: str) -> str:
    if value not in known:
        raise Invalid(
            f"{where.upper()}_UNKNOWN",
            f"{value!r} is not possible for this batch.",
            where=where,
            hint=f"Choose among: {', '.join(known)}.",
        )
    return str(value)


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
    return found if found in _COLLECTS[source] else Collect.CUSTOMER.value
