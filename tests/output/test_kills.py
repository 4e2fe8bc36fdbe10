"""Workers are killed at every marked step; the far side's books say what really happened.

Where the far side can be asked, each document is there exactly once. Where it cannot, a document
is there at most once, and what was in flight is shown as unknown. Nothing is ever lost silently.
"""

import random
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

KILLED = -signal.SIGKILL
POINTS = (
    "before-step:1",
    "before-render:1",
    "after-file:3",
    "before-intent:2",
    "after-intent:2",
    "before-call:3",
    "in-call:7",
    "after-look-up:1",
    "after-call:2",
    "after-answers:2",
    "after-step:3",
    "in-book:2",
    "after-book:2",
    "after-hearing:1",
)


@pytest.fixture(scope="module")
def quiet(new_works: Callable[[], Any]) -> Any:
    """Works without a worker."""
    return new_works()


@pytest.fixture
def victim(quiet: Any, new_shop: Callable[[Any], Any]) -> Any:
    """A shop whose workers will die."""
    shop = new_shop(quiet)
    shop.connect("renderer", "letter")
    return shop


def connect_everything(shop: Any, **mood: Any) -> Callable[[int], int]:
    """Connect four channels; return what orders all four and says how many deliveries that is."""
    for key in ("post", "printer", "cabinet"):
        shop.connect("delivery", key)
    ledger = shop.connect("destination", "ledger", **mood)

    def order(number: int) -> int:
        ids = shop.invoices(number, delivery_mode="print_pdf_email")
        shop.order(ids, destinations=[ledger], save_in_folder=True)
        return 4 * number

    return order


def order_everything(shop: Any, number: int, **mood: Any) -> int:
    """Order four channels for some invoices; return how many deliveries that makes."""
    return connect_everything(shop, **mood)(number)


def judge(shop: Any, deliveries: int) -> None:
    """Hold our states against the far side's books."""
    rows = shop.deliveries()
    assert len(rows) == deliveries
    for key in ("ledger", "cabinet"):
        mine = [row for row in rows if shop.key_of(row) == key]
        assert [(row.code, row.message) for row in mine if row.state != "done"] == []
        assert shop.there(key) == {shop.name_of(row): 1 for row in mine}
    for key in ("post", "printer"):
        there = shop.there(key)
        mine = [row for row in rows if shop.key_of(row) == key]
        assert {row.state for row in mine} <= {"done", "unknown"}
        assert max(there.values()) == 1
        assert all(there[shop.name_of(row)] == 1 for row in mine if row.state == "done")
    proven = sum(len(row.facts) for row in rows if row.state == "done")
    assert shop.facts().total() == proven


def kill_at_each(shop: Any, points: tuple[str, ...], **environment: str) -> int:
    """Let workers, two at a time, run into their crash points; return how many died there."""

    def breed(own: tuple[str, ...]) -> int:
        nursery = shop.works.spawn("breed", **environment)
        said, _ = nursery.communicate("".join(f"{point}\n" for point in own))
        return sum(line == str(KILLED) for line in said.splitlines())

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(breed, (points[::2], points[1::2])))


def test_killed_at_every_step_nothing_is_lost_and_nothing_is_doubled(victim: Any) -> None:
    order = connect_everything(victim, lose_every=4)
    deliveries = died = 0
    for pair in zip(POINTS[::2], POINTS[1::2], strict=True):
        deliveries += order(8)  # there is always work left to die in
        died += kill_at_each(victim, pair)
    worker = victim.works.spawn()
    victim.settle(90)
    worker.kill()
    judge(victim, deliveries)
    assert deliveries > 200
    assert died >= len(POINTS) - 4  # of two workers, one may end the round before the other dies
    assert victim.states()["unknown", "UNKNOWN"] >= 1  # mail in flight is shown, not guessed


def test_the_wrong_order_is_found_out(victim: Any) -> None:
    deliveries = order_everything(victim, 10)
    assert kill_at_each(victim, ("in-call:5", "in-call:5"), CARELESS="1") >= 1
    worker = victim.works.spawn(CARELESS="1")
    victim.settle(90)
    worker.kill()
    with pytest.raises(AssertionError):
        judge(victim, deliveries)


@pytest.mark.nightly
@pytest.mark.parametrize("point", POINTS)
def test_each_step_may_die_many_times(victim: Any, point: str) -> None:
    deliveries = order_everything(victim, 50, lose_every=3, refuse_every=5)
    name = point.partition(":")[0]
    kill_at_each(victim, tuple(f"{name}:{count}" for count in (1, 2, 3, 5, 8, 13)))
    worker = victim.works.spawn()
    victim.settle(120)
    worker.kill()
    judge(victim, deliveries)


@pytest.mark.nightly
def test_two_workers_killed_at_random_for_a_long_time(victim: Any) -> None:
    deliveries = order_everything(victim, 300, lose_every=5, refuse_every=7, slow=0.01)
    rng = random.Random(7)  # noqa: S311 - when to kill is no secret
    workers = [victim.works.spawn() for _ in range(2)]

    def arrived() -> int:
        return sum(victim.there(key).total() for key in ("ledger", "cabinet", "post", "printer"))

    while arrived() < 0.9 * deliveries:
        seen = arrived()
        victim.wait(lambda seen=seen: arrived() > min(seen + 10, 0.9 * deliveries), 120)
        time.sleep(rng.uniform(0, 1))
        place = rng.randrange(2)
        workers[place].kill()
        workers[place].wait()
        workers[place] = victim.works.spawn()
    victim.settle(300)
    for worker in workers:
        worker.kill()
    judge(victim, deliveries)
