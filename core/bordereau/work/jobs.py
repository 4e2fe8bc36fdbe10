"""What work is, for those who define or enqueue it; nothing here knows the engine.

A job has two halves. Its *step* talks to the outside and may run more than once; its *book* writes
what came of it, exactly once, in one transaction. Everything between them (crash, restart, retry)
belongs to the engine.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from bordereau.store.session import TenantSession
from bordereau.values.ids import TenantId

Result: TypeAlias = dict[str, Any]
"""What a step hands to `book`: JSON values only, and of business data only ids and states.

The engine keeps it in tables that no tenant fence protects: no names, no amounts, no tokens.
"""

_NAME = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*\.v[1-9][0-9]*")


class Enqueue(Protocol):
    """Put a job on a queue in the caller's own transaction: no commit, no job."""

    def __call__(
        self,
        session: TenantSession,
        job: str,
        queue: str,
        subject: UUID,
        *,
        attempt: int = 1,
        partition: str | None = None,
        delay: timedelta | None = None,
    ) -> None:
        """Enqueue `job` for the session's tenant; doing it twice is doing it once.

        That holds as long as ended work is remembered: 30 days.

        Args:
            session: the transaction that decides whether the job exists.
            job: the name of the job, for example `consign.v1`.
            queue: the name of the queue.
            subject: the id of the row that the job is about.
            attempt: counts up when the same subject is tried again later.
            partition: what the queue's limits are counted by within the tenant, for example a
                connection; without it they are counted for the tenant as a whole.
            delay: how long the job must wait before it may start.

        Raises:
            ValueError: the job or the queue is not known, or `attempt` is below 1.

        """


@dataclass(frozen=True, kw_only=True)
class Job:
    """One kind of durable work.

    Attributes:
        name: ends in its version, `consign.v1`; a changed sequence of step and book needs a new
            version, and the old one stays until its work is gone.
        step: `(tenant, subject, attempt)`: does the work outside and returns what came of it. Runs
            at least once, with no transaction open, and may raise to be tried again.
        book: `(session, enqueue, tenant, subject, attempt, result)`: writes the result and enqueues
            what follows. Takes effect exactly once, in a transaction that it must not end; on a
            lost connection or a deadlock that transaction is rolled back and booked again.
        exhausted: `(tenant, subject, attempt, error)`: the result to book when all tries of the
            step failed; `error` is the code or the type of the last error, never its text.
        unbooked: `(session, enqueue, tenant, subject, attempt, error)`: what is written in the same
            transaction when `book` failed for good, for example because the database refuses a
            value; nothing of what `book` wrote is left then. Without it the work counts as failed.
        max_tries: how often the step is tried before `exhausted` is asked.
        interval_seconds: the wait before the second try; it doubles with every further one. Waits
            of minutes are not tries: book a new attempt with a delay instead.

    """

    name: str
    step: Callable[[TenantId, UUID, int], Result]
    book: Callable[[TenantSession, Enqueue, TenantId, UUID, int, Result], None]
    exhausted: Callable[[TenantId, UUID, int, str], Result]
    unbooked: Callable[[TenantSession, Enqueue, TenantId, UUID, int, str], None] | None = None
    max_tries: int = 5
    interval_seconds: float = 0.5

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name of a job; it must read like consign.v1")
        if self.max_tries < 1:
            raise ValueError("max_tries must be at least 1")


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A queue and its limits.

    Attributes:
        name: unique in the installation, for example `out.xero`.
        concurrency: how many jobs of one partition run at the same time, in all workers together.
        limit: how many jobs of one partition may start within `period`, or None. Starts are
            counted, not calls: take the official limit minus the concurrency.
        period: the window of `limit` in seconds, or None.
        worker_concurrency: how many jobs of this queue one worker runs at the same time.
        polling_seconds: how often a worker looks for new jobs.

    """

    name: str
    concurrency: int
    limit: int | None = None
    period: float | None = None
    worker_concurrency: int = 16
    polling_seconds: float = 0.2

    def __post_init__(self) -> None:
        if (self.limit is None) != (self.period is None):
            raise ValueError(f"queue {self.name}: limit and period go together")


@dataclass(frozen=True, kw_only=True)
class Recurring:
    """A function that runs by the clock (UTC) in whichever worker comes first.

    Attributes:
        name: unique in the installation, for example `sweep-deliveries`.
        cron: six fields, seconds first: `0 */5 * * * *` is every five minutes.
        run: gets the time it was due. It may run again after a crash, so it must be harmless when
            repeated; an error is logged and the next tick comes as planned.

    """

    name: str
    cron: str
    run: Callable[[datetime], None]


class Standing(StrEnum):
    """What the engine knows about a piece of work."""

    ABSENT = "absent"  # never committed, or cleaned up long after its end
    ALIVE = "alive"  # waiting, delayed or running; the engine will finish it
    DONE = "done"  # booked
    FAILED = "failed"  # will not run again by itself


def work_id(job: str, tenant: TenantId, subject: UUID, attempt: int = 1) -> str:
    """Name one piece of work; the same four facts are the same work."""
    return f"{job}:{tenant}:{subject}:{attempt}"
