"""Named crash points: places where a test may kill the process to prove that nothing is lost.

A point does nothing unless the environment names it: `BORDEREAU_KILL_AT=after-intent:3` makes the
process kill itself (SIGKILL, no clean-up at all) when it passes `after-intent` for the third time.
"""

import os
import signal
import threading

VARIABLE = "BORDEREAU_KILL_AT"


class _Trap:
    """One armed point and how many passages are left before it kills."""

    def __init__(self, spec: str) -> None:
        self.point, separator, count = spec.rpartition(":")
        if not separator or not count.isdecimal() or int(count) < 1:
            raise ValueError(f"{VARIABLE} must read point:count, for example after-intent:1")
        self._left = int(count)
        self._lock = threading.Lock()

    def passed(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


_armed = _Trap(os.environ[VARIABLE]) if VARIABLE in os.environ else None


def reach(point: str) -> None:
    """Mark a crash point; it costs one comparison when nothing is armed."""
    if _armed is not None and _armed.point == point:
        _armed.passed()
