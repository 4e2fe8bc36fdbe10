"""The life of a charge, and the charge flag."""

from datetime import date
from itertools import product

import pytest

from bordereau.charges.rules.cascade import line_flag
from bordereau.charges.rules.lifecycle import (
    Action,
    ChargeState,
    Event,
    act,
    follow,
    may_revalue,
    state_on_entry,
)
from bordereau.charges.rules.readiness import ChargeFacts, Reason, reasons
from bordereau.errors import Forbidden, Refused

ALL_RIGHTS = frozenset(Action)
OPEN, APPROVED, CLOSED = ChargeState.OPEN, ChargeState.APPROVED, ChargeState.CLOSED
WAYS = {
    (OPEN, Action.APPROVE): APPROVED,
    (OPEN, Action.REPORT_READY): CLOSED,
    (APPROVED, Action.UNDO_APPROVAL): OPEN,
    (APPROVED, Action.REPORT_READY): CLOSED,
    (CLOSED, Action.CANCEL_REPORTING): APPROVED,
}


@pytest.mark.parametrize(("state", "action"), list(product(ChargeState, Action)))
def test_an_action_leads_where_the_lifecycle_says_or_is_refused(
    state: ChargeState, action: Action
) -> None:
    if expected := WAYS.get((state, action)):
        assert act(state, action, ALL_RIGHTS) is expected
        return
    with pytest.raises(Refused) as refusal:
        act(state, action, ALL_RIGHTS)
    assert refusal.value.code == "TRANSITION_REFUSED"
    assert refusal.value.details == {"state": state.value, "move": action.value}


@pytest.mark.parametrize("action", Action)
def test_each_action_needs_its_own_right(action: Action) -> None:
    state = next(state for state, way in WAYS if way is action)
    with pytest.raises(Forbidden) as refusal:
        act(state, action, ALL_RIGHTS - {action})
    assert refusal.value.code == "RIGHT_MISSING"


@pytest.mark.row("B10")
def test_an_open_line_is_closed_only_by_who_may_approve_too() -> None:
    both = {Action.APPROVE, Action.REPORT_READY}
    assert act(OPEN, Action.REPORT_READY, both) is CLOSED
    with pytest.raises(Forbidden) as refusal:
        act(OPEN, Action.REPORT_READY, {Action.REPORT_READY})
    assert refusal.value.code == "NOT_APPROVED"
    assert act(APPROVED, Action.REPORT_READY, {Action.REPORT_READY}) is CLOSED


def test_a_right_is_known_by_its_name() -> None:
    assert act(OPEN, Action.APPROVE, {"approve"}) is APPROVED


def test_without_approval_a_line_is_closed_on_entry() -> None:
    assert state_on_entry(asks_approval=True) is OPEN
    assert state_on_entry(asks_approval=False) is CLOSED


def test_a_line_that_is_reserved_or_past_that_is_not_revalued() -> None:
    assert [state for state in ChargeState if may_revalue(state)] == [OPEN, APPROVED, CLOSED]


def test_a_charge_goes_through_batch_and_invoice_and_back_by_a_credit() -> None:
    state = CLOSED
    for event, expected in [
        (Event.RESERVE, ChargeState.RESERVED),
        (Event.RELEASE, CLOSED),
        (Event.RESERVE, ChargeState.RESERVED),
        (Event.BILL, ChargeState.BILLED),
        (Event.REOPEN, CLOSED),
        (Event.DELAY, ChargeState.DELAYED),
        (Event.RESUME, CLOSED),
        (Event.WRITE_OFF, ChargeState.WRITTEN_OFF),
    ]:
        state = follow(state, event)
        assert state is expected


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (OPEN, Event.RESERVE),
        (APPROVED, Event.BILL),
        (ChargeState.BILLED, Event.RESERVE),
        (ChargeState.BILLED, Event.SPLIT),
        (ChargeState.RESERVED, Event.RESERVE),
        (ChargeState.SPLIT, Event.BILL),
    ],
)
def test_an_event_that_does_not_fit_is_refused(state: ChargeState, event: Event) -> None:
    with pytest.raises(Refused) as refusal:
        follow(state, event)
    assert refusal.value.code == "TRANSITION_REFUSED"


@pytest.mark.row("B6")
@pytest.mark.parametrize(
    ("work_type", "line", "may_deviate", "charged"),
    [
        (True, False, True, False),
        (False, True, True, True),
        (True, False, False, True),
        (False, True, False, False),
        (True, None, True, True),
        (False, None, True, False),
    ],
)
def test_the_work_type_decides_unless_the_line_may_deviate_and_does(
    *,
    work_type: bool,
    line: bool | None,
    may_deviate: bool,
    charged: bool,
) -> None:
    flag = line_flag(work_type=work_type, line=line, may_deviate=may_deviate)
    assert flag is charged
    against = reasons(ChargeFacts(chargeable=flag), today=date(2026, 1, 1))
    assert (Reason.NOT_CHARGEABLE in against) is not charged
