"""A small product on the engine: the tests load it, and worker processes run it.

`python app.py work URL` runs one worker, `python app.py supervise URL WORKERS` a supervisor.
Every step and every book leaves a row in `note`, so that a test can count what really happened.
"""

import logging
import os
import sys
import time
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from bordereau.store.database import Database
from bordereau.store.session import TenantSession
from bordereau.values.ids import TenantId
from bordereau.work import Engine, Enqueue, Job, Queue, Recurring, Result, Supervisor, reach
from bordereau.work import run_worker as run

SCHEMA = """
create table note (
  tenant_id int not null, subject uuid not null, attempt int not null, kind text not null,
  detail text, pid int not null, at timestamptz not null default clock_timestamp());
alter table note enable row level security;
alter table note force row level security;
create policy fence on note
  using (tenant_id = nullif(current_setting('app.tenant', true), '')::int);
create table tick (pid int not null, due timestamptz not null);
create table single (number int unique deferrable initially deferred);
create sequence cuts;
grant select, insert on note, tick, single to bordereau_test_app;
grant usage, select on sequence cuts to bordereau_test_app;
"""

_NOTE = text(
    "insert into note (tenant_id, subject, attempt, kind, detail, pid)"
    " values (:tenant, :subject, :attempt, :kind, :detail, :pid)"
)
PAUSE = timedelta(seconds=1)


# What the database refuses: at once, or only at the commit.
REFUSED = {"at-once": "select 1 / 0", "late": "insert into single values (1), (1)"}
CUTS = 12
CUT = "select pg_terminate_backend(pg_backend_pid()) from nextval('cuts') n where n <= :cuts"


class RefusedError(Exception):
    """An error whose text must not reach the engine's tables."""


def note(session: TenantSession, subject: UUID, attempt: int, kind: str, detail: str = "") -> None:
    """Write down that something happened."""
    values = {"subject": subject, "attempt": attempt, "kind": kind, "detail": detail}
    session.execute(_NOTE, {"tenant": session.tenant_id, "pid": os.getpid(), **values})


class Jobs:
    """The jobs; each step notes its start in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def step(self, tenant: TenantId, subject: UUID, attempt: int) -> Result:
        """Begin, take as long as SLOW says, end."""
        with self._database.tenant(tenant) as session:
            note(session, subject, attempt, "begun")
        reach("in-step")
        time.sleep(float(os.environ.get("SLOW", "0")))
        with self._database.tenant(tenant) as session:
            note(session, subject, attempt, "ended")
        return {"outcome": "sent"}

    def slow(self, tenant: TenantId, subject: UUID, attempt: int) -> Result:
        """Take a while."""
        with self._database.tenant(tenant) as session:
            note(session, subject, attempt, "begun")
        time.sleep(0.6)
        with self._database.tenant(tenant) as session:
            note(session, subject, attempt, "ended")
        return {"outcome": "sent"}

    def refuse(self, tenant: TenantId, subject: UUID, attempt: int) -> Result:
        """Fail always, with an error that names a customer."""
        with self._database.tenant(tenant) as session:
            note(session, subject, attempt, "begun")
        raise RefusedError("Jansen & Co owes 12.50")

    def book(
        self,
        session: TenantSession,
        _enqueue: Enqueue,
        _tenant: TenantId,
        subject: UUID,
        attempt: int,
        result: Result,
    ) -> None:
        """Write the outcome down."""
        note(session, subject, attempt, "booked", result["outcome"])

    def book_never(
        self,
        session: TenantSession,
        _enqueue: Enqueue,
        _tenant: TenantId,
        subject: UUID,
        attempt: int,
        result: Result,
    ) -> None:
        """Write the outcome down and then fail."""
        note(session, subject, attempt, "booked", result["outcome"])
        raise RefusedError("Jansen & Co owes 12.50")

    def book_refused(
        self,
        session: TenantSession,
        _enqueue: Enqueue,
        _tenant: TenantId,
        subject: UUID,
        attempt: int,
        result: Result,
    ) -> None:
        """Write the outcome down, with something that the database refuses."""
        note(session, subject, attempt, "booked", result["outcome"])
        session.execute(text(REFUSED[result["refused"]]))

    def book_cut(
        self,
        session: TenantSession,
        _enqueue: Enqueue,
        _tenant: TenantId,
        subject: UUID,
        attempt: int,
        result: Result,
    ) -> None:
        """Write the outcome down on a connection that is lost time after time."""
        note(session, subject, attempt, "booked", result["outcome"])
        session.execute(text(CUT), {"cuts": CUTS})

    def unbooked(
        self,
        session: TenantSession,
        _enqueue: Enqueue,
        _tenant: TenantId,
        subject: UUID,
        attempt: int,
        error: str,
    ) -> None:
        """Write down what went wrong instead."""
        note(session, subject, attempt, "unbooked", error)

    def book_again(
        self,
        session: TenantSession,
        enqueue: Enqueue,
        _tenant: TenantId,
        subject: UUID,
        attempt: int,
        result: Result,
    ) -> None:
        """Write the outcome down and ask for one more attempt, up to three."""
        note(session, subject, attempt, "booked", result["outcome"])
        if attempt < 3:
            enqueue(session, "again.v1", "quick", subject, attempt=attempt + 1, delay=PAUSE)

    def tick(self, due: datetime) -> None:
        """Write down that the clock ran."""
        with self._database.operator() as session:
            session.execute(text("insert into tick values (:p, :d)"), {"p": os.getpid(), "d": due})


def exhausted(_tenant: TenantId, _subject: UUID, _attempt: int, error: str) -> Result:
    """Book the code of the last error."""
    return {"outcome": error}


def make_engine(database: Database) -> Engine:
    """Wire the jobs; with OTHER set this is another release, with one more job."""
    own = Jobs(database)
    jobs = [
        Job(name="send.v1", step=own.step, book=own.book, exhausted=exhausted),
        Job(name="again.v1", step=own.step, book=own.book_again, exhausted=exhausted),
        Job(name="slow.v1", step=own.slow, book=own.book, exhausted=exhausted),
        Job(name="unbookable.v1", step=own.step, book=own.book_never, exhausted=exhausted),
        Job(
            name="cut.v1",
            step=own.step,
            book=own.book_cut,
            exhausted=exhausted,
            unbooked=own.unbooked,
        ),
        *(
            Job(
                name=f"{when}.v1",
                step=lambda *_, when=when: {"outcome": "sent", "refused": when},
                book=own.book_refused,
                exhausted=exhausted,
                unbooked=own.unbooked,
            )
            for when in REFUSED
        ),
        Job(
            name="refuse.v1",
            step=own.refuse,
            book=own.book,
            exhausted=exhausted,
            max_tries=3,
            interval_seconds=0.05,
        ),
    ]
    if "OTHER" in os.environ:
        jobs.append(Job(name="send.v2", step=own.refuse, book=own.book, exhausted=exhausted))
    queues = [
        Queue(name="quick", concurrency=8, polling_seconds=0.1),
        Queue(name="narrow", concurrency=2, polling_seconds=0.1),
    ]
    recurring = [Recurring(name="tick", cron="* * * * * *", run=own.tick)]
    return Engine(database, jobs=jobs, queues=queues, recurring=recurring, pool_size=20)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    if sys.argv[1] == "work":
        run(
            make_engine(Database(sys.argv[2])),
            drain_seconds=int(os.environ.get("DRAIN", "10")),
            ready=lambda: os.write(1, b"ready\n"),
        )
    else:
        command = [sys.executable, __file__, "work", sys.argv[2]]
        Supervisor(command, workers=int(sys.argv[3])).run()
