"""Ids sort as they were made, and say what they name."""

import time

import pytest

from bordereau.values.ids import parse_id, public_id, uuid7


def test_ids_made_one_after_the_other_sort_so_and_never_meet() -> None:
    made = []
    for _ in range(2_000):
        made.append(uuid7())
        pause = time.perf_counter_ns() + 2_000  # a row takes longer than that to be made
        while time.perf_counter_ns() < pause:
            pass
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {one.version for one in made} == {7}


def test_an_id_is_read_as_it_was_written_and_no_other_kind_is_taken() -> None:
    one = uuid7()
    assert parse_id("inv", public_id("inv", one)) == one
    with pytest.raises(ValueError, match="not an id of the form cus_"):
        parse_id("cus", public_id("inv", one))
