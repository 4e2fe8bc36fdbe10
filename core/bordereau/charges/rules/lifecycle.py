"""The life of a charge: approved, reported ready, reserved, billed (AFAS Pro_ActCst_Auth_Auth).

Four actions of people need four rights of their own; the other moves follow from batches and
invoices. Going back is possible only while nothing has reserved or billed the charge.
"""

from collections.abc import Collection
from enum import StrEnum

from bordereau.errors import Forbidden, Refused


class ChargeState(StrEnum):
    """Where a charge stands.

    `closed` means reported ready for invoicing, `delayed` postponed in a draft, `split` replaced by
    its parts, which are charges of their own.
    """

    OPEN = "open"
    APPROVED = "approved"
    CLOSED = "closed"
    RESERVED = "reserved"
    BILLED = "billed"
    WRITTEN_OFF = "written_off"
    DELAYED = "delayed"
    SPLIT = "split"


class Action(StrEnum):
    """What people do with a charge; each is a right of the same name."""

    APPROVE = "approve"
    UNDO_APPROVAL = "undo_approval"
    REPORT_READY = "report_ready"
    CANCEL_REPORTING = "cancel_reporting"


class Event(StrEnum):
    """What batches, drafts and invoices do with a charge."""

    RESERVE = "reserve"
    RELEASE = "release"
    BILL = "bill"
    REOPEN = "reopen"
    WRITE_OFF = "write_off"
    DELAY = "delay"
    RESUME = "resume"
    SPLIT = "split"


_ACTIONS = {
    (ChargeState.OPEN, Action.APPROVE): ChargeState.APPROVED,
    (ChargeState.APPROVED, Action.UNDO_APPROVAL): ChargeState.OPEN,
    (ChargeState.APPROVED, Action.REPORT_READY): ChargeState.CLOSED,
    (ChargeState.CLOSED, Action.CANCEL_REPORTING): ChargeState.APPROVED,
}
_EVENTS = {
    (ChargeState.CLOSED, Event.RESERVE): ChargeState.RESERVED,
    (ChargeState.RESERVED, Event.RELEASE): ChargeState.CLOSED,
    (ChargeState.RESERVED, Event.BILL): ChargeState.BILLED,
    (ChargeState.CLOSED, Event.BILL): ChargeState.BILLED,
    (ChargeState.BILLED, Event.REOPEN): ChargeState.CLOSED,
    (ChargeState.CLOSED, Event.WRITE_OFF): ChargeState.WRITTEN_OFF,
    (ChargeState.RESERVED, Event.WRITE_OFF): ChargeState.WRITTEN_OFF,
    (ChargeState.WRITTEN_OFF, Event.REOPEN): ChargeState.CLOSED,
    (ChargeState.CLOSED, Event.DELAY): ChargeState.DELAYED,
    (ChargeState.RESERVED, Event.DELAY): ChargeState.DELAYED,
    (ChargeState.DELAYED, Event.RESUME): ChargeState.CLOSED,
    (ChargeState.DELAYED, Event.BILL): ChargeState.BILLED,
    (ChargeState.DELAYED, Event.WRITE_OFF): ChargeState.WRITTEN_OFF,
    (ChargeState.CLOSED, Event.SPLIT): ChargeState.SPLIT,
    (ChargeState.OPEN, Event.SPLIT): ChargeState.SPLIT,
    (ChargeState.APPROVED, Event.SPLIT): ChargeState.SPLIT,
}


def state_on_entry(*, asks_approval: bool) -> ChargeState:
    """Return the state of a new charge: closed at once, if its project asks for no approval."""
    return ChargeState.OPEN if asks_approval else ChargeState.CLOSED


def may_revalue(state: ChargeState) -> bool:
    """Say whether its rate may be renewed: while it is neither reserved, billed nor written off."""
    return state in {ChargeState.OPEN, ChargeState.APPROVED, ChargeState.CLOSED}


def act(state: ChargeState, action: Action, rights: Collection[str]) -> ChargeState:
    """Return the state after a person's action.

    Closing an open charge approves it too, for a user who holds both rights (B10).

    Raises:
        Forbidden: RIGHT_MISSING, or NOT_APPROVED when only the right to approve is missing.
        Refused: TRANSITION_REFUSED, the action does not fit the state.

    """
    if action not in rights:
        raise Forbidden("RIGHT_MISSING", f"This needs the right {action}.", hint="Ask for it.")
    if (state, action) == (ChargeState.OPEN, Action.REPORT_READY):
        if Action.APPROVE in rights:
            return ChargeState.CLOSED
        message = "A line that is not approved cannot be closed."
        raise Forbidden("NOT_APPROVED", message, hint="Have it approved first.")
    if (state, action) not in _ACTIONS:
        raise _refused(state, action)
    return _ACTIONS[state, action]


def follow(state: ChargeState, event: Event) -> ChargeState:
    """Return the state after an event of a batch or an invoice.

    Raises:
        Refused: TRANSITION_REFUSED, the event does not fit the state.

    """
    if (state, event) not in _EVENTS:
        raise _refused(state, event)
    return _EVENTS[state, event]


def _refused(state: ChargeState, move: Action | Event) -> Refused:
    hints = {
        ChargeState.RESERVED: "Take it out of its batch first.",
        ChargeState.BILLED: "Credit the invoice first, and reopen this charge.",
    }
    return Refused(
        "TRANSITION_REFUSED",
        f"A charge that is {state} does not allow {move}.",
        hint=hints.get(state, ""),
        details={"state": str(state), "move": str(move)},
    )
