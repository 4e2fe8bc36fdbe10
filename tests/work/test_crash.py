"""Whatever dies, committed work ends: the step at least once, the book exactly once."""

import os
import signal
from collections.abc import Callable
from typing import Any

from bordereau.values.ids import TenantId
from bordereau.work import Standing, work_id
from bordereau.work.slot import claim_slot
from bordereau.work.upkeep import rescue

TENANT = TenantId(1)
KILLED = -signal.SIGKILL


def dies(bench: Any, at: str) -> None:
    """Run a worker that is killed at a crash point."""
    assert bench.spawn(BORDEREAU_KILL_AT=at).process.wait(60) == KILLED


def test_work_that_dies_at_any_point_is_booked_once_even_by_the_next_release(bench: Any) -> None:
    subjects = set(bench.enqueue("send.v1", 12))
    for at in ("in-step:4", "after-book:2"):
        dies(bench, at)
    bench.spawn(OTHER="1")  # one job more: to the engine's own reckoning another application
    bench.wait(lambda: subjects <= bench.notes("booked").keys())
    assert set(bench.notes("booked").values()) == {1}
    assert bench.notes("begun").total() > len(subjects)  # some steps had to be repeated


def test_a_kept_result_is_booked_once_and_its_step_is_not_repeated(bench: Any) -> None:
    [subject] = bench.enqueue("refuse.v1")
    for at in ("after-step:1", "in-book:1"):
        dies(bench, at)
        assert bench.notes("booked")[subject] == 0
    bench.spawn()
    bench.wait(lambda: bench.notes("booked")[subject] == 1)
    assert bench.notes("begun")[subject] == 3  # the three tries of the first worker
    assert bench.rows("select detail from note where kind = 'booked'") == [("RefusedError",)]


def test_the_work_of_a_slot_that_nobody_takes_is_handed_over(bench: Any) -> None:
    [left] = bench.enqueue("send.v1")
    dies(bench, "in-step:1")
    with claim_slot(bench.database.app_url):  # so that the next worker gets another slot
        bench.spawn(SLOW="0.5").ready()
        assert rescue(bench.engine.client, bench.database.app_url) == 0
    [own] = bench.enqueue("send.v1")
    bench.wait(lambda: own in bench.notes("begun"))
    assert rescue(bench.engine.client, bench.database.app_url) == 1
    bench.wait(lambda: {left, own} <= bench.notes("booked").keys())
    assert bench.notes("begun") == {left: 2, own: 1}
    assert bench.notes("booked") == {left: 1, own: 1}


def test_killed_children_are_replaced_and_nothing_is_lost(bench: Any) -> None:
    supervisor = bench.spawn("supervise", "2", SLOW="0.1")
    subjects = set(bench.enqueue("send.v1", 60))
    bench.wait(lambda: len(bench.notes("begun")) >= 15)
    for pid in bench.pids():
        os.kill(pid, signal.SIGKILL)
    bench.wait(lambda: subjects <= bench.notes("booked").keys())
    assert set(bench.notes("booked").values()) == {1}
    bench.wait(lambda: [slot for slot, _ in bench.slots()] == [1, 2])
    assert supervisor.stop() == 0
    assert bench.slots() == []


def test_a_restart_of_postgresql_under_load_loses_nothing(
    new_server: Callable[[], Any], new_bench: Callable[[Any], Any]
) -> None:
    server = new_server()
    bench = new_bench(server)
    supervisor = bench.spawn("supervise", "2", SLOW="0.1")
    subjects = bench.enqueue("send.v1", 60)
    bench.wait(lambda: len(bench.notes("begun")) >= 15)
    server.cluster.stop()
    server.cluster.start()
    bench.wait(lambda: set(subjects) <= bench.notes("booked").keys())
    assert set(bench.notes("booked").values()) == {1}
    ids = [work_id("send.v1", TENANT, subject) for subject in subjects]
    bench.wait(lambda: set(bench.engine.standing(ids).values()) == {Standing.DONE})
    supervisor.stop(signal.SIGKILL)
    bench.wait(lambda: bench.slots() == [])  # workers do not outlive their supervisor


def test_a_worker_that_is_asked_to_stop_lets_begun_work_end(
    server: Any, new_bench: Callable[[Any], Any]
) -> None:
    quick, endless = new_bench(server), new_bench(server)
    workers = [quick.spawn(SLOW="1"), endless.spawn(SLOW="60", DRAIN="1")]
    for bench, worker, code, booked in zip((quick, endless), workers, (0, 75), (1, 0), strict=True):
        worker.ready()
        [begun] = bench.enqueue("send.v1")
        bench.wait(lambda bench=bench, begun=begun: begun in bench.notes("begun"))
        [left] = bench.enqueue("again.v1", queue="narrow")
        assert worker.stop() == code
        assert bench.notes("booked")[begun] == booked
        assert bench.slots() == []
        work = work_id("again.v1", TENANT, left)
        assert bench.engine.standing([work]) == {work: Standing.ALIVE}
