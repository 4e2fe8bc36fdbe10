"""The engine at work in one process: jobs as DBOS workflows, clock, start and stop.

The step's result is stored before `book` begins, and `book` commits together with the engine's own
note that it ran, so a crash between any two lines leads to the same end.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from dbos import DBOS, ScheduleInput, SQLAlchemyDatasource
from dbos import error as dbos_error
from sqlalchemy import text

from bordereau.store.database import Database
from bordereau.store.session import TenantSession
from bordereau.values.ids import TenantId
from bordereau.work.client import APPLICATION, SERIALIZER, VERSION, not_ready
from bordereau.work.failing import code_of, passes
from bordereau.work.jobs import Enqueue, Job, Recurring, Result
from bordereau.work.points import reach
from bordereau.work.slot import Slot

log = logging.getLogger(__name__)

_CHECK_NOW = text("set constraints all immediate")  # rather than at the commit, which is too late

_only_one = threading.Lock()  # DBOS is one per process


class WorkFailed(Exception):  # noqa: N818 - reads as what happened
    """Raised instead of a job's own error, whose text may hold what the engine must not keep."""


class Runtime:
    """The engine at work in this process, from construction to `stop`."""

    def __init__(
        self, database: Database, slot: Slot, enqueue: Enqueue, *, threads: int, pool_size: int
    ) -> None:
        """Take this process's only place for an engine; `start` begins to work.

        Raises:
            RuntimeError: this process runs an engine already.

        """
        if not _only_one.acquire(blocking=False):
            raise RuntimeError("this process runs an engine already")
        self._enqueue = enqueue
        self._working = 0
        self._counting = threading.Lock()
        # With a handler of its own the engine would write past the application's logging.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": database.app_url,
                "executor_id": slot.name,
                "application_version": VERSION,
                "serializer": SERIALIZER,
                "run_migrations": False,
                "max_executor_threads": threads,
                "sys_db_pool_size": pool_size,
                "log_level": "WARNING",
            }
        )
        self._database = database

    def start(self, jobs: Sequence[Job], recurring: Sequence[Recurring]) -> None:
        """Begin to work, first of all at what the slot's last owner left unfinished.

        Raises:
            SetupError: the engine's tables are missing or older than this release.

        """
        try:
            self._start(jobs, recurring)
        except dbos_error.DBOSInitializationError as error:
            raise not_ready() from error

    def _start(self, jobs: Sequence[Job], recurring: Sequence[Recurring]) -> None:
        books = SQLAlchemyDatasource.create(
            self._database.app_url,
            engine=self._database.engine,
            serializer=SERIALIZER,
            run_migrations=False,
        )
        for job in jobs:
            self._register(job, books)
        clock = [_register_tick(tick) for tick in recurring]
        DBOS.launch()
        DBOS.apply_schedules(clock)
        _drop_schedules_except({tick.name for tick in recurring})

    def stop(self, drain_seconds: int) -> bool:
        """Take no more work, wait for what runs, and say whether all of it ended."""
        try:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=drain_seconds)
        finally:
            _only_one.release()
        return self._working == 0

    def _register(self, job: Job, books: SQLAlchemyDatasource) -> None:
        @DBOS.step(
            name=f"{job.name}.step",
            retries_allowed=True,
            max_attempts=job.max_tries,
            interval_seconds=job.interval_seconds,
        )
        def step(tenant: int, subject: str, attempt: int) -> Result:
            return _try(job, TenantId(tenant), UUID(subject), attempt)

        @books.transaction(name=f"{job.name}.book", isolation_level="READ COMMITTED")
        def book(tenant: int, subject: str, attempt: int, result: Result) -> None:
            with _only_codes(job.name), _fenced(books, TenantId(tenant)) as session:
                self._book(session, job, UUID(subject), attempt, result)
            reach("in-book")

        @DBOS.workflow(name=job.name)
        def run(tenant: int, subject: str, attempt: int) -> None:
            with self._counted():
                result = step(tenant, subject, attempt)
                reach("after-step")
                book(tenant, subject, attempt, result)
                reach("after-book")

    def _book(
        self, session: TenantSession, job: Job, subject: UUID, attempt: int, result: Result
    ) -> None:
        """Book; where that fails for good, undo it and write that down instead."""
        work = (session, self._enqueue, session.tenant_id, subject, attempt)
        if job.unbooked is None:
            job.book(*work, result)
            return
        try:
            with session.begin_nested():
                job.book(*work, result)
                session.execute(_CHECK_NOW)
        except Exception as error:
            if passes(error):
                raise
            log.exception("%s of %s could not be booked", job.name, subject)
            job.unbooked(*work, code_of(error))

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._counting:
            self._working += 1
        try:
            yield
        finally:
            with self._counting:
                self._working -= 1


def _try(job: Job, tenant: TenantId, subject: UUID, attempt: int) -> Result:
    """Try the step once; when this was the last try, its failure is a result like any other.

    The engine would report spent tries by an error, but after a crash it gives that error back
    in another class: a result survives the crash as it is.
    """
    try:
        reach("before-step")
        return job.step(tenant, subject, attempt)
    except Exception as error:
        status = DBOS.step_status
        last = status is None or (status.current_attempt or 0) + 1 >= job.max_tries
        if not last:
            raise WorkFailed(code_of(error)) from error
        log.exception("%s of %s failed in all its tries", job.name, subject)
        with _only_codes(job.name):
            return job.exhausted(tenant, subject, attempt, code_of(error))


@contextmanager
def _only_codes(name: str) -> Iterator[None]:
    """Log an error in full here, and let only its code go to the engine.

    What passes by itself goes on as it is: the engine knows it and books again.
    """
    try:
        yield
    except Exception as error:
        if passes(error):
            raise
        log.exception("%s failed", name)
        raise WorkFailed(code_of(error)) from error


@contextmanager
def _fenced(books: SQLAlchemyDatasource, tenant: TenantId) -> Iterator[TenantSession]:
    """Give the engine's transaction a session of one tenant; the engine ends the transaction."""
    with TenantSession(books.sql_session().connection(), tenant) as session:
        yield session
        session.commit()  # writes what is pending; a joined session commits nothing by itself


def _register_tick(tick: Recurring) -> ScheduleInput:
    @DBOS.step(name=f"{tick.name}.step")
    def step(due: str) -> None:
        with _only_codes(tick.name):
            tick.run(datetime.fromisoformat(due))

    @DBOS.workflow(name=tick.name)
    def run(due: datetime | str, _context: Any) -> None:
        step(due if isinstance(due, str) else due.isoformat())

    return {"schedule_name": tick.name, "workflow_fn": run, "schedule": tick.cron}


def _drop_schedules_except(names: set[str]) -> None:
    """Stop the clock of functions that exist no more, for example of a removed plugin."""
    for schedule in DBOS.list_schedules():
        if schedule["schedule_name"] not in names:
            DBOS.delete_schedule(schedule["schedule_name"])
