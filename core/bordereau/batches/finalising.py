"""Finalise: the drafts of a batch get their numbers, a thousand in one transaction.

Every transaction locks the batch first and the number series second, so that any number of
processes can finalise the same batch at once: they share the chunks and give the same answer.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from bordereau.batches.opening import PREFIX, get_batch, must_be
from bordereau.batches.tables import Batch
from bordereau.errors import Refused
from bordereau.invoices.numbers.issue import issue
from bordereau.invoices.plumbing import CHUNK
from bordereau.invoices.tables import Invoice
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import TenantId, public_id
from bordereau.values.money import round_amount

OnIssued = Callable[[TenantSession, Batch, Collection[UUID]], None]
OnFinalised = Callable[[TenantSession, Batch], None]


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The numbers that a batch took from one series."""

    administration_id: UUID
    kind: str
    first: str
    last: str
    count: int


@dataclass(frozen=True, slots=True)
class Finalised:
    """What a finalised batch holds, and warnings for people; the same whoever finalised it."""

    batch_id: UUID
    name: str
    invoices: int
    totals: dict[str, Decimal]
    ranges: tuple[NumberRange, ...]
    warnings: tuple[str, ...]


def finalise(
    database: Database,
    tenant_id: TenantId,
    batch_id: UUID,
    *,
    actor: Actor,
    on_issued: OnIssued,
    on_finalised: OnFinalised | None = None,
    chunk: int = CHUNK,
) -> Finalised:
    """Give every draft of a generated batch its number; repeating it changes nothing.

    Args:
        database: the open database; each chunk is a transaction of its own.
        tenant_id: whose batch it is.
        batch_id: the batch.
        actor: who finalises.
        on_issued: called in the transaction of each chunk with the invoices that it issued.
        on_finalised: called once, in the transaction that finalises the batch.
        chunk: invoices per transaction.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such batch.
        Conflict: the batch is not generated.
        Refused: NOTHING_TO_FINALISE, all its invoices were removed.
        Invalid: DATE_BEFORE_LAST. Chunks before that stay issued.

    """
    actor.must(Right.FINALISE)
    done = False
    while not done:
        with database.tenant(tenant_id) as session:
            batch = get_batch(session, batch_id, lock=True)
            must_be(batch, "generated", "finalised")
            if batch.state == "finalised":
                break
            _must_have_invoices(session, batch)
            ids = session.scalars(_drafts(batch).limit(chunk + 1)).all()
            done = len(ids) <= chunk
            issued = issue(session, ids[:chunk])
            batch.warnings = list(dict.fromkeys([*batch.warnings, *issued.warnings]))
            if issued.invoice_ids:
                on_issued(session, batch, issued.invoice_ids)
            if done:
                _close(session, batch, actor)
                if on_finalised is not None:
                    on_finalised(session, batch)
    with database.tenant(tenant_id) as session:
        return finalised(session, batch_id)


def _must_have_invoices(session: TenantSession, batch: Batch) -> None:
    if session.scalar(select(Invoice.id).where(Invoice.batch_id == batch.id).limit(1)) is None:
        raise Refused(
            "NOTHING_TO_FINALISE",
            "Every invoice of this batch was removed.",
            hint="Delete the batch.",
        )


def _close(session: TenantSession, batch: Batch, actor: Actor) -> None:
    batch.state, batch.finalised_at = "finalised", datetime.now(UTC)
    batch.version += 1
    session.flush()
    record_audit(session, actor, "batch.finalise", public_id(PREFIX, batch.id))


def _drafts(batch: Batch) -> Any:
    """Select the drafts; their ids sort in the order in which they were composed."""
    return (
        select(Invoice.id)
        .where(Invoice.batch_id == batch.id, Invoice.state == "draft")
        .order_by(Invoice.id)
    )


def finalised(session: TenantSession, batch_id: UUID) -> Finalised:
    """Return what a batch holds that has a number.

    Raises:
        NotFound: there is no such batch.

    """
    batch = get_batch(session, batch_id)
    first, last = func.min(Invoice.sequence), func.max(Invoice.sequence)
    ranges = session.execute(
        select(Invoice.administration_id, Invoice.kind, first, last, func.count())
        .where(Invoice.batch_id == batch.id, Invoice.number.is_not(None))
        .group_by(Invoice.administration_id, Invoice.kind)
        .order_by(Invoice.administration_id, Invoice.kind)
    ).all()
    signed = func.sum(case((Invoice.kind == "381", -Invoice.total), else_=Invoice.total))
    totals = session.execute(
        select(Invoice.currency, signed)
        .where(Invoice.batch_id == batch.id, Invoice.number.is_not(None))
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    return Finalised(
        batch_id=batch.id,
        name=batch.name,
        invoices=sum(row[4] for row in ranges),
        totals={row[0]: round_amount(row[1], row[0]) for row in totals},
        ranges=tuple(
            NumberRange(
                row[0], row[1], _number(session, row, row[2]), _number(session, row, row[3]), row[4]
            )
            for row in ranges
        ),
        warnings=tuple(batch.warnings),
    )


def _number(session: TenantSession, row: Any, sequence: int | None) -> str:
    found = session.scalars(
        select(Invoice.number).where(
            Invoice.administration_id == row[0],
            Invoice.kind == row[1],
            Invoice.sequence == sequence,
        )
    )
    return str(found.one())
