"""Workers are killed at every marked step; the far side's books say what really happened.

Where the far side can be asked, each document is there exactly once. Where it cannot, a document
is there at most once, and what was in flight is shown as unknown. Nothing is ever lost silently.
"""

import random
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest

from bordereau.work.upkeep import rescue

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


@pytest.fixture
def victim(quiet_works: Any, new_shop: Callable[[Any], Any]) -> Any:
    """A shop whose workers will die."""
    shop = new_shop(quiet_works)
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


class Nursery:
    """Two processes that fork workers with an armed crash point, one worker each at a time."""

    def __init__(self, shop: Any, **environment: str) -> None:
        self._works = shop.works
        self._mothers = [shop.works.spawn("breed", **environment) for _ in range(2)]

    def kill_at(self, points: Sequence[str], feed: Callable[[], object]) -> None:
        """Let a worker die at each point; two at a time, who share the work.

        One may take all the work before the other has reached its point. Whoever still lives gets
        what the dead one has begun, and fresh work, until it dies: at the latest alone with it.
        """
        with ThreadPoolExecutor(2) as pool:
            for number in range(0, len(points), 2):
                pair = points[number : number + 2]
                ends = {pool.submit(_end, *each) for each in zip(self._mothers, pair, strict=False)}
                living = ends
                for _ in range(20):
                    feed()
                    _, living = wait(living, timeout=3)
                    if not living:
                        break
                    self.hand_over()
                for mother in self._mothers if living else ():
                    mother.kill()  # its worker follows
                assert [end.result() for end in ends] == [KILLED] * len(pair), pair

    def hand_over(self) -> None:
        """Hand over what the dead have begun, without waiting for the clock to do it."""
        rescue(self._works.engine.client, self._works.database.app_url)


def _end(mother: Any, point: str) -> int:
    """Fork a worker and wait for how it ends."""
    mother.stdin.write(f"{point}\n")
    mother.stdin.flush()
    while line := mother.stdout.readline().strip():
        if line != "ready":
            return int(line)
    return 0


def test_killed_at_every_step_nothing_is_lost_and_nothing_is_doubled(victim: Any) -> None:
    order = connect_everything(victim, lose_every=4)
    ordered: list[int] = []
    nursery = Nursery(victim)
    nursery.kill_at(POINTS, lambda: ordered.append(order(8)))
    nursery.hand_over()
    worker = victim.works.spawn()
    victim.settle(150)
    worker.kill()
    judge(victim, sum(ordered))
    assert sum(ordered) > 200
    assert victim.states()["unknown", "UNKNOWN"] >= 1  # mail in flight is shown, not guessed


def test_the_wrong_order_is_found_out(victim: Any) -> None:
    order = connect_everything(victim)
    ordered: list[int] = []
    nursery = Nursery(victim, CARELESS="1")
    nursery.kill_at(["in-call:5", "in-call:5"], lambda: ordered.append(order(8)))
    nursery.hand_over()
    worker = victim.works.spawn(CARELESS="1")
    victim.settle(150)
    worker.kill()
    with pytest.raises(AssertionError):
        judge(victim, sum(ordered))


@pytest.mark.nightly
@pytest.mark.parametrize("point", POINTS)
def test_each_step_may_die_many_times(victim: Any, point: str) -> None:
    order = connect_everything(victim, lose_every=3, refuse_every=5)
    ordered = [order(50)]
    name = point.partition(":")[0]
    deaths = [f"{name}:{count}" for count in (1, 2, 3, 5, 8, 13)]
    Nursery(victim).kill_at(deaths, lambda: ordered.append(order(8)))
    worker = victim.works.spawn()
    victim.settle(120)
    worker.kill()
    judge(victim, sum(ordered))


@pytest.mark.nightly
def test_two_workers_killed_at_random_for_a_long_time(victim: Any) -> None:
    deliveries = connect_everything(victim, lose_every=5, refuse_every=7, slow=0.01)(300)
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
