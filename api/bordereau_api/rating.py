"""Rating all contracts of an account in the background: the job `rate.v1` (row A31).

Whoever asks is answered at once. A worker rates a thousand contracts per transaction and keeps how
far it is, so that lists fill in meanwhile; repeating it after a crash changes nothing.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from bordereau.catalog.saving import lock
from bordereau.charges import RatingReport, count_to_rate, rate_all
from bordereau.charges.tables import Rating
from bordereau.errors import BordereauError, NotFound
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor, Right
from bordereau.values.ids import TenantId, public_id
from bordereau.work import Enqueue, Job, Queue, Result

JOB, QUEUE = "rate.v1", "rating"


def ask(session: TenantSession, enqueue: Enqueue, actor: Actor, until: date) -> Rating:
    """Have a worker rate all contracts; while one rating runs, asking again returns that one.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    actor.must(Right.RECORD)
    lock(session, "rating")
    running = session.scalars(select(Rating).where(Rating.state == "running")).one_or_none()
    if running is not None:
        return running
    made = Rating(until=until, total=count_to_rate(session, until), created_by=actor.name)
    session.add(made)
    session.flush()
    enqueue(session, JOB, QUEUE, made.id)
    return made


def get_rating(session: TenantSession, rating_id: UUID) -> Rating:
    """Return a rating and how far it is.

    Raises:
        NotFound: there is no such rating.

    """
    row = session.get(Rating, (session.tenant_id, rating_id))
    if row is None:
        raise NotFound("rating", public_id("rat", rating_id))
    return row


class RatingAll:
    """Rates the contracts of the accounts that asked for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def job(self) -> Job:
        """Describe the job for the engine."""
        return Job(name=JOB, step=self.step, book=self.book, exhausted=self.exhausted)

    def queue(self) -> Queue:
        """Describe its queue: one rating of a tenant at a time, as it locks the charges."""
        return Queue(name=QUEUE, concurrency=1, worker_concurrency=2)

    def step(self, tenant_id: TenantId, rating_id: UUID, _attempt: int) -> Result:
        """Rate all contracts, or keep what stands against that."""

        def keep(report: RatingReport) -> None:
            with self._database.tenant(tenant_id) as session:
                get_rating(session, rating_id).done = report.contracts

        with self._database.tenant(tenant_id) as session:
            until = get_rating(session, rating_id).until
        try:
            rate_all(self._database, tenant_id, until=until, on_progress=keep)
        except BordereauError as error:
            with self._database.tenant(tenant_id) as session:
                _note(session, rating_id, error.code, error.message, error.hint)
            return {"code": error.code}
        return {"code": ""}

    def book(
        self,
        session: TenantSession,
        _enqueue: Enqueue,
        _tenant: TenantId,
        rating_id: UUID,
        _attempt: int,
        result: Result,
    ) -> None:
        """Keep how it ended; contracts that came or went meanwhile no longer count."""
        row = get_rating(session, rating_id)
        if not result["code"]:
            row.state, row.total, row.error = "done", row.done, {}
            return
        row.state = "failed"
        if result["code"] == "WORK_FAILED":
            said = "Rating broke off inside. What was rated stays."
            _note(session, rating_id, "WORK_FAILED", said, "Try again.")

    def exhausted(self, _tenant: TenantId, _rating_id: UUID, _attempt: int, _error: str) -> Result:
        """Give up after several tries, until a person asks again."""
        return {"code": "WORK_FAILED"}


def _note(session: TenantSession, rating_id: UUID, code: str, message: str, hint: str) -> None:
    get_rating(session, rating_id).error = {"code": code, "message": message, "hint": hint}
