"""A few worker processes for all threads of this process."""

import atexit
import os
import threading
from collections.abc import Mapping
from pathlib import Path

from bordereau.contract import RenderError
from bordereau_pdf.job import Job, check_templates, read_templates
from bordereau_pdf.process import NotStarted, WorkerProcess

# A worker holds about 120 MB; more of them than processors are no faster.
SIZE = min(4, os.cpu_count() or 1)
# Above this many MB a worker is replaced: after a huge document it is slow and does not shrink.
RETIRE = 256
TEMPLATES = Path(__file__).with_name("templates")


class Pool:
    """Up to `size` worker processes with the same templates, started when they are needed.

    Any number of threads may call `render`; beyond `size` they wait for each other. A template
    that `check_templates` refuses raises its `RenderError`.

    """

    def __init__(self, templates: Mapping[str, bytes], size: int = SIZE) -> None:
        check_templates(templates)
        self.templates = dict(templates)
        self._size = size
        self._idle: list[WorkerProcess] = []
        self.forget()

    @property
    def workers(self) -> tuple[int, ...]:
        """The process ids of the workers that wait for work."""
        return tuple(worker.process.pid for worker in self._idle)

    def render(self, job: Job) -> bytes:
        """Return the PDF of a job.

        Raises:
            RenderError: typst refused the document, or it broke a limit.

        """
        with self._free:
            worker = self._take()
            try:
                return worker.render(job)
            except NotStarted:  # it died in between, for example by the hand of an operator
                worker.close()
                worker = WorkerProcess(self.templates)
                return self._again(worker, job)
            finally:
                self._give_back(worker)

    def close(self) -> None:
        """End all idle workers; a later `render` starts new ones."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()

    def forget(self) -> None:
        """Leave the workers to the parent process; called in a child after a fork."""
        self._free = threading.BoundedSemaphore(self._size)
        self._lock = threading.Lock()
        self._idle = []

    def _again(self, worker: WorkerProcess, job: Job) -> bytes:
        try:
            return worker.render(job)
        except NotStarted as error:
            raise RenderError("RENDER_KILLED", "The PDF worker does not start.") from error

    def _take(self) -> WorkerProcess:
        """Return the worker used last, whose memory is warm, or a new one."""
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                return WorkerProcess(self.templates)
            if worker.alive:
                return worker
            worker.close()

    def _give_back(self, worker: WorkerProcess) -> None:
        if worker.alive and worker.memory <= RETIRE:
            with self._lock:
                self._idle.append(worker)
        else:
            worker.close()


SHARED = Pool(read_templates(TEMPLATES))
"""The pool of this process for the built-in layout; no worker runs before the first document."""

atexit.register(SHARED.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=SHARED.forget)
