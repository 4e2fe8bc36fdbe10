"""The engine as the rest of the product sees it: jobs, queues and a clock over one database."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from bordereau.store.database import Database
from bordereau.work.jobs import Enqueue, Job, Queue, Recurring, Standing
from bordereau.work.slot import Slot
from bordereau.work.upkeep import upkeep

if TYPE_CHECKING:  # both load DBOS, which is heavy: a process that never enqueues does without
    from bordereau.work.client import Client
    from bordereau.work.runtime import Runtime


class Engine:
    """All jobs and queues of an installation.

    Every process may enqueue; one that calls `launch` also runs work.
    """

    def __init__(
        self,
        database: Database,
        *,
        jobs: Sequence[Job],
        queues: Sequence[Queue],
        recurring: Sequence[Recurring] = (),
        threads: int = 16,
        pool_size: int = 40,
    ) -> None:
        """Put an engine together; nothing connects yet.

        Args:
            database: holds the business tables and the engine's own.
            jobs: every job that may be enqueued or may still be in the database.
            queues: the queues, those of plugins included.
            recurring: what runs by the clock, beside the engine's own upkeep.
            threads: how many jobs one worker runs at the same time in all queues together.
            pool_size: the most connections that a worker opens for its bookkeeping, beside those
                of `database`.

        Raises:
            ValueError: two jobs, two queues or two recurring functions share a name.

        """
        names = [job.name for job in jobs]
        self.database = database
        self._jobs, self._queues = tuple(jobs), tuple(queues)
        own = upkeep(lambda: self.client, database.app_url, [tick.name for tick in recurring])
        self._recurring = (*recurring, *own)
        _refuse_twins([*names, *(tick.name for tick in self._recurring)])
        _refuse_twins([queue.name for queue in queues])
        self._threads, self._pool_size = threads, pool_size
        self._runtime: Runtime | None = None

    @cached_property
    def client(self) -> "Client":
        """What may be asked of work without running any; made when first needed."""
        from bordereau.work.client import Client  # noqa: PLC0415 - loads DBOS

        jobs = [job.name for job in self._jobs]
        return Client(self.database.engine, jobs, [queue.name for queue in self._queues])

    def enqueuer(self) -> Enqueue:
        """Return the function that enqueues jobs in a caller's transaction."""
        return self.client.enqueue

    def standing(self, work: Sequence[str]) -> dict[str, Standing]:
        """Say what has become of pieces of work, named by `work_id`."""
        return self.client.standing(work)

    def launch(self, slot: Slot) -> None:
        """Begin to run work in this process under the name of a slot.

        Call it from plain code, not from within an event loop.

        Raises:
            RuntimeError: this process runs an engine already.
            SetupError: the engine's tables are missing or older than this release.

        """
        from bordereau.work.runtime import Runtime  # noqa: PLC0415 - loads DBOS

        runtime = Runtime(
            self.database,
            slot,
            self.client.enqueue,
            threads=self._threads,
            pool_size=self._pool_size,
        )
        try:
            self.client.declare(self._queues)
            runtime.start(self._jobs, self._recurring)
        except BaseException:
            runtime.stop(0)
            raise
        self._runtime = runtime

    def stop(self, drain_seconds: int = 30) -> bool:
        """Take no more work and wait for what runs; say whether all of it ended.

        What did not end stays with the slot, and the next worker to start in it takes it up.
        """
        runtime, self._runtime = self._runtime, None
        return runtime is None or runtime.stop(drain_seconds)

    def close(self) -> None:
        """Let go of the engine; the database stays open."""
        if "client" in self.__dict__:
            self.client.close()


def _refuse_twins(names: Sequence[str]) -> None:
    twins = {name for name in names if names.count(name) > 1}
    if twins:
        raise ValueError(f"these names are used twice: {', '.join(sorted(twins))}")
