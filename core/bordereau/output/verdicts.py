"""What an answer means for a delivery. Pure; the table of outcomes is here and nowhere else."""

from dataclasses import dataclass
from datetime import timedelta

from bordereau.contract import Outcome
from bordereau.output.desk import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The next state of a delivery.

    Attributes:
        code: why it waits for a person, if it does.
        in_doubt: the far side must be asked before anything is sent again.
        again: how long to wait before the next attempt; None for no further one.

    """

    state: str
    code: str = ""
    in_doubt: bool = False
    again: timedelta | None = None


def judge(
    outcome: Outcome,
    *,
    tries: int,
    pace: Pace,
    can_find: bool,
    needs_attention: bool = False,
    retry_after: timedelta | None = None,
) -> Verdict:
    """Judge an answer.

    What was surely not sent is tried again; what may have been sent is looked up first, and where
    nobody can be asked a person decides. Every chain of attempts ends.
    """
    if outcome.done:
        return Verdict(state="done", code="LOOK" if needs_attention else "")
    if outcome is Outcome.PENDING:
        return Verdict(state="pending")
    if outcome is Outcome.REJECTED:
        return Verdict(state="rejected", code="REJECTED")
    in_doubt = outcome is Outcome.UNKNOWN
    if in_doubt and not can_find:
        return Verdict(state="unknown", code="UNKNOWN", in_doubt=True)
    if needs_attention:
        return Verdict(state="attention", code="ACTION_REQUIRED", in_doubt=in_doubt)
    if tries < pace.tries:
        wait = max(pace.wait(tries), retry_after or timedelta())
        return Verdict(state="waiting", in_doubt=in_doubt, again=wait)
    if in_doubt:
        return Verdict(state="unknown", code="UNKNOWN", in_doubt=True)
    return Verdict(state="attention", code="RETRIES_SPENT")
