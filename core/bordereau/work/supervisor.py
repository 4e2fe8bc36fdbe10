"""A parent that keeps a number of workers alive: one that ends unasked is replaced at once.

The replacement takes the dead worker's slot, and with it the work that was begun there, so that
even `kill -9` needs nobody to clean up.
"""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bordereau.work.worker import DRAIN_SECONDS, SUPERVISOR_VARIABLE

GRACE_SECONDS = DRAIN_SECONDS + 10
_HEALTHY_SECONDS = 10.0  # a worker that lived this long did not fail at its start
_LONGEST_PAUSE = 30.0

log = logging.getLogger(__name__)


@dataclass
class _Place:
    """One worker's place: who fills it, and when it may be filled again."""

    process: subprocess.Popen[bytes] | None = None
    born: float = 0.0
    failures: int = 0
    not_before: float = 0.0


class Supervisor:
    """Runs `command` as many times as asked and replaces what dies.

    The first replacement comes at once; one that keeps failing at its start waits longer each
    time, up to 30 s, so that a broken installation does not spin.
    """

    def __init__(self, command: Sequence[str], workers: int) -> None:
        self._command = list(command)
        self._places = [_Place() for _ in range(workers)]
        self._asked = threading.Event()

    def run(self) -> None:
        """Keep the workers alive until SIGTERM or SIGINT, then stop them; in the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        self.keep()

    def keep(self) -> None:
        """Keep the workers alive until `stop`, then stop them."""
        try:
            while not self._asked.is_set():
                for place in self._places:
                    self._tend(place)
                self._asked.wait(0.2)
        finally:
            self._end_all()

    def stop(self) -> None:
        """Make `keep` stop the workers and return."""
        self._asked.set()

    def _tend(self, place: _Place) -> None:
        now = time.monotonic()
        if place.process is not None:
            code = place.process.poll()
            if code is None:
                return
            place.process = None
            place.failures = 0 if now - place.born > _HEALTHY_SECONDS else place.failures + 1
            pause = min(0.5 * 2.0**place.failures, _LONGEST_PAUSE) if place.failures > 1 else 0.0
            place.not_before = now + pause
            log.warning("a worker ended with %s; the next one starts in %s s", code, pause)
        if now >= place.not_before:
            place.born = now
            place.process = subprocess.Popen(  # noqa: S603 - our own command, no shell
                self._command, env={**os.environ, SUPERVISOR_VARIABLE: str(os.getpid())}
            )

    def _end_all(self) -> None:
        running = [place.process for place in self._places if place.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("worker %s does not stop; killing it", process.pid)
                process.kill()
                process.wait()
