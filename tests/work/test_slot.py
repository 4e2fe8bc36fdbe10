"""One slot, one living worker."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from bordereau.errors import SetupError
from bordereau.work import slot as slots
from bordereau.work.slot import claim_abandoned, claim_slot, slot_name, slot_number


def test_workers_that_start_together_never_share_a_slot(bench: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(claim_slot, [bench.database.app_url] * 8))
    assert sorted(slot.number for slot in claimed) == [1, 2, 3, 4, 5, 6, 7, 8]
    for slot in claimed:
        slot.release()


def test_a_freed_slot_is_the_next_to_be_taken(bench: Any) -> None:
    url = bench.database.app_url
    with claim_slot(url) as first, claim_slot(url) as second:
        first.release()
        with claim_slot(url) as third:
            assert (first.number, second.number, third.number) == (1, 2, 1)


def test_a_slot_of_a_living_worker_cannot_be_taken_over(bench: Any) -> None:
    url = bench.database.app_url
    with claim_slot(url) as living:
        assert claim_abandoned(url, living.number) is None
    taken = claim_abandoned(url, living.number)
    assert taken is not None
    taken.release()


def test_a_worker_beyond_the_last_slot_is_refused(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "MAX_SLOTS", 1)
    with claim_slot(bench.database.app_url):
        with pytest.raises(SetupError) as refused:
            claim_slot(bench.database.app_url)
        assert refused.value.code == "NO_WORKER_SLOT"


def test_a_database_that_does_not_answer_is_a_set_up_error() -> None:
    with pytest.raises(SetupError) as refused:
        claim_slot("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert refused.value.code == "DATABASE_UNREACHABLE"


def test_only_names_of_slots_are_read_as_slots() -> None:
    assert slot_number(slot_name(12)) == 12
    assert [slot_number(name) for name in (None, "local", "slot-", "slot-x")] == [None] * 4


def test_a_worker_that_loses_its_lock_leaves_at_once(bench: Any) -> None:
    worker = bench.spawn().ready()
    [(number, backend)] = bench.slots()
    assert number == 1
    with bench.database.operator() as session:
        session.execute(text("select pg_terminate_backend(:pid)"), {"pid": backend})
    assert worker.process.wait(60) == 70
