"""Whatever dies, committed work ends: the step at least once, the book exactly once."""

import signal
from typing import Any

from bordereau.values.ids import TenantId
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
        bench.spawn(SLOW="2").ready()
        assert rescue(bench.engine.client, bench.database.app_url) == 0
    [own] = bench.enqueue("send.v1")
    bench.wait(lambda: own in bench.notes("begun"))
    assert rescue(bench.engine.client, bench.database.app_url) <= 1  # 0: its clock came first
    bench.wait(lambda: {left, own} <= bench.notes("booked").keys())
    assert bench.notes("begun") == {left: 2, own: 1}
    assert bench.notes("booked") == {left: 1, own: 1}
