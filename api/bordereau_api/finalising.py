"""Finalising large batches in the background: the job `finalise.v1`.

A batch of up to `AT_ONCE` drafts is finalised while its caller waits, in one transaction. A larger
one is noted on the batch and finalised by a worker; its step may be repeated after a crash, because
finalising goes on where it stood.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlalchemy import func, select

from bordereau.batches import Finalised, get_batch
from bordereau.batches.tables import Batch
from bordereau.errors import BordereauError, NotFound
from bordereau.invoices.tables import Invoice
from bordereau.output import OutputOptions
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor, Right
from bordereau.values.ids import TenantId
from bordereau.work import Enqueue, Job, Queue, Result

AT_ONCE = 1_000
JOB, QUEUE = "finalise.v1", "finalising"
State = Literal["waiting", "running", "done", "failed"]


class Finalise(Protocol):
    """Finalise a batch in transactions of its own; see `House.finalise`."""

    def __call__(
        self,
        tenant_id: TenantId,
        batch_id: UUID,
        actor: Actor,
        options: OutputOptions | None = None,
    ) -> Finalised:
        """Give the drafts their numbers and order their output."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the finalising of a batch is.

    Attributes:
        state: waiting (nobody asked for it), running, done or failed.
        done, total: invoices with a number, and all of them.
        error: code, message and hint of what stopped it.

    """

    state: State
    done: int
    total: int
    error: dict[str, str]


def is_large(session: TenantSession, batch_id: UUID) -> bool:
    """Say whether a batch has more drafts than are finalised while somebody waits."""
    drafts = select(func.count()).select_from(Invoice)
    found = session.scalar(drafts.where(Invoice.batch_id == batch_id, Invoice.state == "draft"))
    return (found or 0) > AT_ONCE


def ask(
    session: TenantSession,
    enqueue: Enqueue,
    batch_id: UUID,
    actor: Actor,
    options: OutputOptions | None,
) -> None:
    """Have a worker finalise a batch; asking again while it runs changes nothing.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such batch.

    """
    actor.must(Right.FINALISE)
    batch = get_batch(session, batch_id, lock=True)
    before = batch.finalising or {}
    if before and "error" not in before:
        return
    batch.finalising = {
        "actor": actor.name,
        "options": options.model_dump(mode="json") if options else None,
        "attempt": before.get("attempt", 0) + 1,
    }
    session.flush()
    enqueue(session, JOB, QUEUE, batch_id, attempt=batch.finalising["attempt"])


def standing(session: TenantSession, batch_id: UUID) -> Standing:
    """Return how far the finalising of a batch is.

    Raises:
        NotFound: there is no such batch.

    """
    batch = get_batch(session, batch_id)
    done, total = session.execute(
        select(func.count(Invoice.number), func.count()).where(
            Invoice.batch_id == batch_id, Invoice.state != "proposed"
        )
    ).one()
    error = (batch.finalising or {}).get("error", {})
    return Standing(_state(batch, error), done, total, error)


def _state(batch: Batch, error: dict[str, str]) -> State:
    if batch.state == "finalised":
        return "done"
    if error:
        return "failed"
    return "running" if batch.finalising else "waiting"


class Finalising:
    """Finalises the batches that somebody asked for."""

    def __init__(self, database: Database, finalise: Callable[[], Finalise]) -> None:
        self._database, self._finalise = database, finalise

    def job(self) -> Job:
        """Describe the job for the engine."""
        return Job(name=JOB, step=self.step, book=self.book, exhausted=self.exhausted)

    def queue(self) -> Queue:
        """Describe its queue: one batch of a tenant at a time, as they share their series."""
        return Queue(name=QUEUE, concurrency=1, worker_concurrency=2)

    def step(self, tenant_id: TenantId, batch_id: UUID, _attempt: int) -> Result:
        """Finalise the batch, or keep on it what stands against that."""
        try:
            with self._database.tenant(tenant_id) as session:
                asked: dict[str, Any] = get_batch(session, batch_id).finalising or {}
        except NotFound as error:  # it was deleted before its turn came
            return {"code": error.code}
        actor = Actor(asked["actor"], frozenset({Right.FINALISE}))
        options = asked["options"] and OutputOptions.model_validate(asked["options"])
        try:
            self._finalise()(tenant_id, batch_id, actor, options or None)
        except BordereauError as error:
            said = {"code": error.code, "message": error.message, "hint": error.hint}
            with self._database.tenant(tenant_id) as session:
                _note(session, batch_id, said)
            return {"code": error.code}
        return {"code": ""}

    def book(
        self,
        session: TenantSession,
        _enqueue: Enqueue,
        _tenant: TenantId,
        batch_id: UUID,
        _attempt: int,
        result: Result,
    ) -> None:
        """Keep why an attempt broke off inside; everything else stands in the batch already."""
        if result["code"] == "WORK_FAILED":
            said = "Finalising broke off inside. Numbers that were given stay."
            _note(session, batch_id, {"code": "WORK_FAILED", "message": said, "hint": "Try again."})

    def exhausted(self, _tenant: TenantId, _batch_id: UUID, _attempt: int, _error: str) -> Result:
        """Give up after several tries, until a person asks again."""
        return {"code": "WORK_FAILED"}


def _note(session: TenantSession, batch_id: UUID, error: dict[str, str]) -> None:
    batch = get_batch(session, batch_id, lock=True)
    batch.finalising = {**(batch.finalising or {}), "error": error}
