"""Charges approved, reported ready, written off or delayed, and all of that taken back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from bordereau.catalog.fields import Day
from bordereau.charges import Action, act_on_charges, delay, reopen_written_off, resume, write_off
from bordereau.tenancy import Right
from bordereau_api.rest.call import Call, Needs
from bordereau_api.rest.chosen_charges import LinesOut, Which, act_on

router = APIRouter(prefix="/charges", tags=["charges"])
Approver = Annotated[Call, Depends(Needs(Right.APPROVE))]
Undoer = Annotated[Call, Depends(Needs(Right.UNDO_APPROVAL))]
Closer = Annotated[Call, Depends(Needs(Right.REPORT_READY))]
Reopener = Annotated[Call, Depends(Needs(Right.CANCEL_REPORTING))]
Forgiver = Annotated[Call, Depends(Needs(Right.WRITE_OFF))]


class WriteOffIn(Which):
    """Which charges are never billed, and why."""

    reason: Annotated[str, Field(max_length=1000)]


class DelayIn(Which):
    """Which charges stay out of batches, until which day."""

    until: Day


@router.post("/approve", response_model=LinesOut)
def approve_charges(call: Approver, body: Which) -> Response:
    """Approve cost lines."""
    return _act(call, body, Action.APPROVE)


@router.post("/undo-approval", response_model=LinesOut)
def undo_approval(call: Undoer, body: Which) -> Response:
    """Take approvals back."""
    return _act(call, body, Action.UNDO_APPROVAL)


@router.post("/report-ready", response_model=LinesOut)
def report_ready(call: Closer, body: Which) -> Response:
    """Close cost lines for invoicing; who may approve closes and approves in one."""
    return _act(call, body, Action.REPORT_READY)


@router.post("/cancel-reporting", response_model=LinesOut)
def cancel_reporting(call: Reopener, body: Which) -> Response:
    """Open closed cost lines again, while nothing has reserved or billed them."""
    return _act(call, body, Action.CANCEL_REPORTING)


@router.post("/write-off", response_model=LinesOut)
def write_off_charges(call: Forgiver, body: WriteOffIn) -> Response:
    """Never bill these charges."""
    return act_on(
        call, body, lambda session, found: write_off(session, call.actor, body.reason, *found)
    )


@router.post("/reopen", response_model=LinesOut)
def reopen_charges(call: Forgiver, body: Which) -> Response:
    """Put written-off charges back on the to-bill list."""
    return act_on(
        call, body, lambda session, found: reopen_written_off(session, call.actor, *found)
    )


@router.post("/delay", response_model=LinesOut)
def delay_charges(call: Forgiver, body: DelayIn) -> Response:
    """Keep charges out of all batches until a day."""
    return act_on(call, body, lambda session, found: delay(session, call.actor, body.until, *found))


@router.post("/resume", response_model=LinesOut)
def resume_charges(call: Forgiver, body: Which) -> Response:
    """End the delay of charges now."""
    return act_on(call, body, lambda session, found: resume(session, call.actor, *found))


def _act(call: Call, body: Which, action: Action) -> Response:
    return act_on(
        call, body, lambda session, found: act_on_charges(session, call.actor, action, *found)
    )
