"""Measuring a stage: time, CPU of this process tree and of PostgreSQL, memory, statements."""

import math
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import event
from sqlalchemy.pool import Pool

T = TypeVar("T")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PROC = Path("/proc")
_MOST = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a stage took.

    Attributes:
        n: how many invoices (or contracts) went through it.
        seconds: by the clock.
        cpu_seconds: of this process and of those it started.
        pg_cpu_seconds: of the whole PostgreSQL server, where it runs on this machine under Linux.
        peak_rss_mb: the most memory this process held during the stage.
        statements: SQL statements sent, those of `COPY` and of the work engine included.

    """

    n: int
    seconds: float
    cpu_seconds: float
    pg_cpu_seconds: float | None
    peak_rss_mb: int
    statements: int

    @property
    def per_second(self) -> float:
        """How many went through in a second."""
        return self.n / max(self.seconds, 1e-9)

    @property
    def per_cpu_second(self) -> float:
        """How many went through in a second of our own CPU; PostgreSQL's comes on top."""
        return self.n / max(self.cpu_seconds, 1e-9)

    @property
    def statements_per_1000(self) -> float:
        """SQL statements per thousand."""
        return self.statements * 1000 / self.n


@dataclass
class Statements:
    """Counts the statements of all connections that are opened while `counted` is entered."""

    count: int = 0

    @contextmanager
    def counted(self) -> Iterator["Statements"]:
        """Give new connections cursors that count."""
        plain, named = _counting(self)

        def connect(connection: psycopg.Connection[Any], _record: object) -> None:
            connection.cursor_factory = plain
            connection.server_cursor_factory = named

        event.listen(Pool, "connect", connect)
        try:
            yield self
        finally:
            event.remove(Pool, "connect", connect)


@dataclass
class Gauge:
    """Measures one stage after the other; `backend` is the process id of a database connection."""

    statements: Statements
    backend: int | None = None
    _server: int | None = field(init=False)

    def __post_init__(self) -> None:
        self._server = _server_of(self.backend)

    def measure(self, n: int, work: Callable[[], T]) -> tuple[Figures, T]:
        """Run a stage and say what it took."""
        _forget_peak()
        before = self._now()
        made = work()
        after = self._now()
        taken = [b - a for a, b in zip(before, after, strict=True)]
        figures = Figures(
            n=n,
            seconds=round(taken[0], 6),
            cpu_seconds=round(taken[1], 6),
            pg_cpu_seconds=round(taken[2], 2) if self._server else None,
            peak_rss_mb=_peak_mb(),
            statements=int(taken[3]),
        )
        return figures, made

    def best(self, n: int, work: Callable[[], T], times: int) -> tuple[Figures, T]:
        """Run something that only reads several times; the fastest one counts."""
        return min((self.measure(n, work) for _ in range(times)), key=lambda one: one[0].seconds)

    def slow(self, n: int, work: Callable[[], T], times: int) -> tuple[Figures, T]:
        """Run something several times; the one counts that 95 of 100 are not slower than."""
        runs = sorted((self.measure(n, work) for _ in range(times)), key=lambda one: one[0].seconds)
        return runs[math.ceil(times * _MOST) - 1]

    def _now(self) -> tuple[float, float, float, float]:
        server = _tree_cpu(self._server) if self._server else 0.0
        return time.perf_counter(), _own_cpu(), server, float(self.statements.count)


def _counting(
    statements: Statements,
) -> tuple[type[psycopg.Cursor[Any]], type[psycopg.ServerCursor[Any]]]:
    class Counting(psycopg.Cursor[Any]):
        def execute(self, *args: Any, **kwargs: Any) -> "Counting":
            statements.count += 1
            super().execute(*args, **kwargs)
            return self

        def executemany(self, query: Any, params_seq: Any, **kwargs: Any) -> None:
            rows = list(params_seq)
            statements.count += len(rows)
            super().executemany(query, rows, **kwargs)

        def copy(self, *args: Any, **kwargs: Any) -> Any:
            statements.count += 1
            return super().copy(*args, **kwargs)

    class CountingNamed(psycopg.ServerCursor[Any]):
        def execute(self, *args: Any, **kwargs: Any) -> "CountingNamed":
            statements.count += 1
            super().execute(*args, **kwargs)
            return self

        def fetchmany(self, size: int = 0) -> list[Any]:
            statements.count += 1
            return super().fetchmany(size)

    return Counting, CountingNamed


def _own_cpu() -> float:
    """Return the CPU seconds of this process, of its ended children and of those alive."""
    used = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        used += usage.ru_utime + usage.ru_stime
    return used + sum(_tree_cpu(child) for child in _children(os.getpid()))


def _tree_cpu(pid: int) -> float:
    """Return the CPU seconds of a process and all below it, ended ones included."""
    found = _stat(pid)
    if found is None:
        return 0.0
    own = sum(int(ticks) for ticks in found[11:15]) / _TICKS
    return own + sum(_tree_cpu(child) for child in _children(pid))


def _server_of(backend: int | None) -> int | None:
    """Return the process id of the PostgreSQL server that owns a backend on this machine."""
    found = _stat(backend) if backend else None
    if found is None:
        return None
    with suppress(OSError):
        if "postgres" in (_PROC / str(backend) / "comm").read_text():
            return int(found[1])
    return None


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/<pid>/stat after the name: state, parent, and so on."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in (_PROC / str(pid) / "task").iterdir():
            with suppress(OSError):
                found += map(int, (task / "children").read_text().split())
    return found


def _forget_peak() -> None:
    """Begin to watch memory anew, where the system can do that."""
    with suppress(OSError):
        (_PROC / "self" / "clear_refs").write_text("5")


def _peak_mb() -> int:
    with suppress(OSError):
        for line in (_PROC / "self" / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
