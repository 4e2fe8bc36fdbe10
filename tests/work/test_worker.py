"""Workers as processes: they stop when asked, and are replaced when they die unasked."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bordereau.values.ids import TenantId
from bordereau.work import Standing, Supervisor, work_id

TENANT = TenantId(1)


@pytest.mark.parametrize("disaster", ["kill -9 of all workers", "restart of PostgreSQL"])
def test_nothing_is_lost_and_nobody_is_needed_after_a(
    disaster: str, supervised: Any, own_server: Any
) -> None:
    subjects = set(supervised.enqueue("send.v1", 60))
    supervised.wait(lambda: len(subjects & supervised.notes("begun").keys()) >= 15)
    if disaster == "restart of PostgreSQL":
        own_server.cluster.stop()
        own_server.cluster.start()
    else:
        for pid in supervised.pids(subjects):
            os.kill(pid, signal.SIGKILL)
    supervised.wait(lambda: subjects <= supervised.notes("booked").keys())
    assert {supervised.notes("booked")[subject] for subject in subjects} == {1}
    ids = [work_id("send.v1", TENANT, subject) for subject in subjects]
    supervised.wait(lambda: set(supervised.engine.standing(ids).values()) == {Standing.DONE})
    supervised.wait(lambda: [slot for slot, _ in supervised.slots()] == [1, 2])


def test_a_worker_that_is_asked_to_stop_lets_begun_work_end(
    server: Any, new_bench: Callable[[Any], Any]
) -> None:
    quick, endless = new_bench(server), new_bench(server)
    workers = [quick.spawn(SLOW="4"), endless.spawn(SLOW="60", DRAIN="1")]
    for bench, worker, code, booked in zip((quick, endless), workers, (0, 75), (1, 0), strict=True):
        worker.ready()
        [begun] = bench.enqueue("send.v1")
        bench.wait(lambda bench=bench, begun=begun: begun in bench.notes("begun"))
        [left] = bench.enqueue("again.v1", queue="narrow", delay=timedelta(seconds=2))
        assert worker.stop() == code
        assert bench.notes("booked")[begun] == booked
        bench.wait(lambda bench=bench: bench.slots() == [])
        work = work_id("again.v1", TENANT, left)
        assert bench.engine.standing([work]) == {work: Standing.ALIVE}


def test_a_worker_does_not_outlive_its_supervisor(bench: Any) -> None:
    stranger = bench.spawn(BORDEREAU_SUPERVISOR="1")  # a process that is not its parent
    assert stranger.process.wait(60) == 0
    assert bench.slots() == []


@contextmanager
def supervisor(script: str, workers: int = 1) -> Iterator[Supervisor]:
    """Run a supervisor of small scripts beside the test."""
    own = Supervisor([sys.executable, "-c", script], workers)
    thread = threading.Thread(target=own.keep)
    thread.start()
    try:
        yield own
    finally:
        own.stop()
        thread.join(60)
        assert not thread.is_alive()


def written(file: Path) -> list[int]:
    """Read the numbers that the scripts wrote down."""
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def wait(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_supervisor_replaces_a_killed_child_and_takes_all_with_it(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    write = f"import os, time; print(os.getpid(), file=open({str(file)!r}, 'a')); "
    with supervisor(write + "time.sleep(600)", workers=2):
        wait(lambda: len(written(file)) == 2)
        first, second = written(file)
        os.kill(first, signal.SIGKILL)
        wait(lambda: len(written(file)) == 3)
    for pid in (first, second, written(file)[2]):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_child_that_fails_at_its_start_is_not_started_in_a_hurry(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with supervisor(f"import time; print(time.monotonic_ns(), file=open({str(file)!r}, 'a'))"):
        wait(lambda: len(written(file)) >= 3)
    _first, second, third, *_ = written(file)
    assert third - second >= 2 * 10**9
