"""What people do with charges: approve, report ready, write off, delay, split, revalue, delete.

Each works on the lines that are named, or on exactly those that match a filter, and tells what
became of each line.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement

from bordereau.catalog.tables import Contract, Customer, Project, Ticket
from bordereau.charges import (
    Action,
    Charge,
    LineResult,
    act_on_charges,
    delay,
    delete_charge,
    reopen_written_off,
    resume,
    revalue,
    split_charge,
    write_off,
)
from bordereau.invoices.plumbing import among
from bordereau.store import Entity, TenantSession
from bordereau.tenancy import Right, today
from bordereau_api.rest.call import NO_CONTENT, Call, Needs, must_exist
from bordereau_api.rest.charges import ChargeOut, ChargesShown, Recorder, shape, wanted
from bordereau_api.rest.shapes import ChargeId, Given, Shape

router = APIRouter(prefix="/charges", tags=["charges"])
MANY = 1_000
Conditions = list[ColumnElement[bool]]
OWNERS: dict[str, type[Entity]] = {
    "customer": Customer,
    "contract": Contract,
    "project": Project,
    "ticket": Ticket,
}

Approver = Annotated[Call, Depends(Needs(Right.APPROVE))]
Undoer = Annotated[Call, Depends(Needs(Right.UNDO_APPROVAL))]
Closer = Annotated[Call, Depends(Needs(Right.REPORT_READY))]
Reopener = Annotated[Call, Depends(Needs(Right.CANCEL_REPORTING))]
Forgiver = Annotated[Call, Depends(Needs(Right.WRITE_OFF))]
Revaluer = Annotated[Call, Depends(Needs(Right.REVALUE))]


class Which(Shape):
    """Which charges: those named, or all that match a filter; exactly one of the two."""

    charges: list[ChargeId] = Field(default_factory=list, max_length=MANY)
    filter: ChargesShown | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.filter is None) != bool(self.charges):
            raise PydanticCustomError("CHOOSE_ONE", "Name charges or a filter: one of the two.")
        return self


class WriteOffIn(Which):
    """Which charges are never billed, and why."""

    reason: Annotated[str, Field(max_length=1000)]


class DelayIn(Which):
    """Which charges stay out of batches, until which day."""

    until: date


class RevalueIn(Which):
    """Which charges get the rate of now; `unit_price` is a new price for what has no rate."""

    unit_price: Given | None = None


class SplitIn(Shape):
    """The quantity of the first part."""

    quantity: Given


class LineOut(Shape):
    """What became of a charge; without a code it was done."""

    id: ChargeId
    state: str
    code: str
    message: str


class LinesOut(Shape):
    """What became of the charges; the list begins with those refused and has 1,000 at most."""

    done: int
    refused: int
    lines: list[LineOut]


class RestOut(Shape):
    """The two parts of a charge."""

    first: ChargeOut
    second: ChargeOut


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
    return _do(
        call, body, lambda session, found: write_off(session, call.actor, body.reason, *found)
    )


@router.post("/reopen", response_model=LinesOut)
def reopen_charges(call: Forgiver, body: Which) -> Response:
    """Put written-off charges back on the to-bill list."""
    return _do(call, body, lambda session, found: reopen_written_off(session, call.actor, *found))


@router.post("/delay", response_model=LinesOut)
def delay_charges(call: Forgiver, body: DelayIn) -> Response:
    """Keep charges out of all batches until a day."""
    return _do(call, body, lambda session, found: delay(session, call.actor, body.until, *found))


@router.post("/resume", response_model=LinesOut)
def resume_charges(call: Forgiver, body: Which) -> Response:
    """End the delay of charges now."""
    return _do(call, body, lambda session, found: resume(session, call.actor, *found))


@router.post("/revalue", response_model=LinesOut)
def revalue_charges(call: Revaluer, body: RevalueIn) -> Response:
    """Renew the prices of charges that are neither reserved nor billed."""

    def work(session: TenantSession, found: Conditions) -> list[LineResult]:
        return revalue(session, call.actor, *found, unit_price=body.unit_price)

    return _do(call, body, work)


@router.post("/{charge_id}/split", response_model=RestOut, name="split_charge")
def split(call: Forgiver, charge_id: ChargeId, body: SplitIn) -> Response:
    """Split a charge in two, so that a part can be billed alone."""

    def work(session: TenantSession) -> RestOut:
        first, second = split_charge(session, call.actor, charge_id, body.quantity)
        return RestOut(first=shape(first), second=shape(second))

    return call.once(work, 200)


@router.delete("/{charge_id}", status_code=NO_CONTENT)
def remove_charge(call: Recorder, charge_id: ChargeId) -> None:
    """Delete a recorded charge that nothing locks."""
    with call.session() as session:
        delete_charge(session, call.actor, charge_id)


def _act(call: Call, body: Which, action: Action) -> Response:
    return _do(
        call, body, lambda session, found: act_on_charges(session, call.actor, action, *found)
    )


def _do(
    call: Call, body: Which, act: Callable[[TenantSession, Conditions], list[LineResult]]
) -> Response:
    def work(session: TenantSession) -> LinesOut:
        results = act(session, _conditions(session, body))
        refused = [one for one in results if one.code]
        shown = [*refused, *(one for one in results if not one.code)][:MANY]
        return LinesOut(
            done=len(results) - len(refused),
            refused=len(refused),
            lines=[LineOut.model_validate(one) for one in shown],
        )

    return call.once(work, 200)


def _conditions(session: TenantSession, body: Which) -> Conditions:
    if body.filter is None:
        must_exist(session, Charge, body.charges, "charge")
        return [among(Charge.id, body.charges)]
    for name, model in OWNERS.items():
        if (id_ := getattr(body.filter, name)) is not None:
            must_exist(session, model, [id_], name)
    return list(wanted(body.filter, today(session)))
