"""The outside of the engine: enqueue in a caller's transaction, look at work, delete old work.

It runs no work, so a process that only serves requests needs nothing else of this room.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.exc import ProgrammingError

from bordereau.errors import SetupError
from bordereau.store.session import TenantSession
from bordereau.work.jobs import Queue, Standing, work_id

APPLICATION = "bordereau"
# Work is only taken by workers of the same version, so this never changes: a job carries its own
# version in its name. The engine's default, a hash of the code, would strand work at each upgrade.
VERSION = "bordereau-1"
# Plain JSON instead of the default, pickle, which ties stored work to classes of the code.
SERIALIZER = DBOSPortableJSONSerializer()

_CHUNK = 1000
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


_STANDING = {
    "SUCCESS": Standing.DONE,
    "ENQUEUED": Standing.ALIVE,
    "DELAYED": Standing.ALIVE,
    "PENDING": Standing.ALIVE,
}


class Client:
    """What processes that run no work may ask of the engine."""

    def __init__(self, engine: SqlEngine, jobs: Collection[str], queues: Collection[str]) -> None:
        self._jobs = frozenset(jobs)
        self._queues = frozenset(queues)
        self._dbos = DBOSClient(
            system_database_engine=engine,
            application_name=APPLICATION,
            serializer=SERIALIZER,
            lazy=True,
            retry_connection_errors=False,  # a request or a sweep fails, it does not hang
        )

    def enqueue(
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
        """Enqueue a job in the session's transaction; see `jobs.Enqueue`."""
        if job not in self._jobs or queue not in self._queues:
            raise ValueError(f"no worker would run {job} from queue {queue}")
        if attempt < 1:
            raise ValueError("attempts count from 1")
        tenant = session.tenant_id
        options: EnqueueOptions = {
            "workflow_name": job,
            "queue_name": queue,
            "app_version": VERSION,
            "workflow_id": work_id(job, tenant, subject, attempt),
            # The tenant is part of it, so that tenants never wait for each other.
            "queue_partition_key": f"{tenant}:{partition or ''}",
        }
        if delay is not None:
            options["delay_seconds"] = delay.total_seconds()
        self._dbos.enqueue_in_transaction(session, options, int(tenant), str(subject), attempt)

    def declare(self, queues: Sequence[Queue]) -> None:
        """Tell all workers which queues there are and what their limits are now."""
        for queue in queues:
            with _migrated():
                self._dbos.register_queue(
                    queue.name,
                    partition_concurrency=queue.concurrency,
                    partition_limiter=(
                        None
                        if queue.limit is None or queue.period is None
                        else {"limit": queue.limit, "period": queue.period}
                    ),
                    worker_concurrency=queue.worker_concurrency,
                    polling_interval_sec=queue.polling_seconds,
                )

    def standing(self, work: Sequence[str]) -> dict[str, Standing]:
        """Say for every id (made by `jobs.work_id`) what has become of it."""
        known: dict[str, Standing] = dict.fromkeys(work, Standing.ABSENT)
        for start in range(0, len(work), _CHUNK):
            for row in self._list(workflow_ids=list(work[start : start + _CHUNK])):
                known[row.workflow_id] = _STANDING.get(row.status, Standing.FAILED)
        return known

    def delete_ended(self, before: datetime, names: Sequence[str] | None = None) -> int:
        """Delete what ended before a time, of all jobs or of those named; return how many."""
        name = None if names is None else list(names)
        deleted = 0
        while rows := self._list(
            status=_ENDED, completed_before=before.isoformat(), name=name, limit=_CHUNK
        ):
            # Never by SQL of our own: leftovers of a deleted id would answer for a new one.
            self._dbos.delete_workflows([row.workflow_id for row in rows])
            deleted += len(rows)
        return deleted

    def running(self, worker: str | None = None) -> list[WorkflowStatus]:
        """List the work that a worker has begun and not ended; of all workers by default."""
        return self._list(status="PENDING", executor_id=worker)

    def hand_over(self, work: WorkflowStatus) -> None:
        """Put begun work of a dead worker back on its queue."""
        self._dbos.resume_workflow(work.workflow_id, queue_name=work.queue_name)

    def close(self) -> None:
        """Let go of the engine's side; the database's connections are the caller's."""
        self._dbos.destroy()

    def _list(
        self,
        *,
        workflow_ids: list[str] | None = None,
        status: str | list[str] | None = None,
        completed_before: str | None = None,
        name: list[str] | None = None,
        limit: int | None = None,
        executor_id: str | None = None,
    ) -> list[WorkflowStatus]:
        with _migrated():
            return self._dbos.list_workflows(
                workflow_ids=workflow_ids,
                status=status,
                completed_before=completed_before,
                name=name,
                limit=limit,
                executor_id=executor_id,
                load_input=False,
                load_output=False,
            )


@contextmanager
def _migrated() -> Iterator[None]:
    try:
        yield
    except ProgrammingError as error:
        raise not_ready() from error


def not_ready() -> SetupError:
    """Make the error for a database whose engine tables are missing or too old."""
    return SetupError(
        "ENGINE_NOT_READY",
        "The tables for durable work are missing or older than this release.",
        hint="Run `bordereau migrate`.",
    )
