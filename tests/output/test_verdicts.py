"""What an answer means, without a database."""

from datetime import timedelta
from uuid import UUID

import pytest

from bordereau.contract import Outcome
from bordereau.output.desk import Pace
from bordereau.output.keys import request_key
from bordereau.output.verdicts import Verdict, judge

PACE = Pace()


def verdict(outcome: Outcome, *, tries: int = 1, can_find: bool = True, **more: object) -> Verdict:
    return judge(outcome, tries=tries, pace=PACE, can_find=can_find, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", [Outcome.CREATED, Outcome.ADOPTED])
def test_what_is_there_is_done(outcome: Outcome) -> None:
    assert verdict(outcome) == Verdict(state="done")
    assert verdict(outcome, needs_attention=True) == Verdict(state="done", code="LOOK")


def test_what_may_have_been_sent_is_asked_about_before_it_is_sent_again() -> None:
    found = verdict(Outcome.UNKNOWN)
    assert (found.state, found.in_doubt, found.again) == ("waiting", True, PACE.first_wait)


def test_where_nobody_can_be_asked_a_person_decides() -> None:
    assert verdict(Outcome.UNKNOWN, can_find=False) == Verdict(
        state="unknown", code="UNKNOWN", in_doubt=True
    )


def test_what_was_not_sent_is_sent_again_without_a_doubt() -> None:
    found = verdict(Outcome.RETRY, can_find=False, retry_after=timedelta(hours=3))
    assert (found.state, found.in_doubt, found.again) == ("waiting", False, timedelta(hours=3))


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("way", [{"can_find": True}, {"can_find": False}])
@pytest.mark.parametrize("call", [{"needs_attention": True}, {"needs_attention": False}])
def test_every_chain_of_attempts_ends(
    outcome: Outcome, way: dict[str, bool], call: dict[str, bool]
) -> None:
    last = verdict(outcome, tries=PACE.tries, **way, **call)
    assert last.again is None
    assert last.state != "waiting"
    assert last.state in ("done", "pending") or last.code


def test_only_an_unknown_outcome_leaves_a_doubt() -> None:
    doubtful = {
        outcome
        for outcome in Outcome
        for tries in (1, PACE.tries)
        for can_find in (True, False)
        if verdict(outcome, tries=tries, can_find=can_find).in_doubt
    }
    assert doubtful == {Outcome.UNKNOWN}


def test_a_key_depends_on_the_items_and_on_nothing_else() -> None:
    one, two, three = (UUID(int=n) for n in (1, 2, 3))
    whole = request_key("a" * 32, 3, [one, two, three])
    part = request_key("a" * 32, 3, [one, two])
    assert whole == "a" * 32
    assert part == request_key("a" * 32, 3, [two, one])
    assert len({whole, part, request_key("a" * 32, 3, [one, three])}) == 3
    assert part != request_key("b" * 32, 3, [one, two])
    assert len(part) == 32
