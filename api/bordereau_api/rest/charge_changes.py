"""Charges changed: revalued, split in two, deleted."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from bordereau.charges import LineResult, delete_charge, revalue, split_charge
from bordereau.store import TenantSession
from bordereau.tenancy import Right
from bordereau_api.rest.call import NO_CONTENT, Call, Needs
from bordereau_api.rest.charge_states import Forgiver
from bordereau_api.rest.charges import ChargeOut, Recorder, shape
from bordereau_api.rest.chosen_charges import Conditions, LinesOut, Which, act_on
from bordereau_api.rest.shapes import ChargeId, Given, Shape

router = APIRouter(prefix="/charges", tags=["charges"])
Revaluer = Annotated[Call, Depends(Needs(Right.REVALUE))]


class RevalueIn(Which):
    """Which charges get the rate of now; `unit_price` is a new price for what has no rate."""

    unit_price: Given | None = None


class SplitIn(Shape):
    """The quantity of the first part."""

    quantity: Given


class SplitOut(Shape):
    """The two parts of a charge."""

    first: ChargeOut
    second: ChargeOut


@router.post("/revalue", response_model=LinesOut)
def revalue_charges(call: Revaluer, body: RevalueIn) -> Response:
    """Renew the prices of charges that are neither reserved nor billed."""

    def work(session: TenantSession, found: Conditions) -> list[LineResult]:
        return revalue(session, call.actor, *found, unit_price=body.unit_price)

    return act_on(call, body, work)


@router.post("/{charge_id}/split", response_model=SplitOut, name="split_charge")
def split(call: Forgiver, charge_id: ChargeId, body: SplitIn) -> Response:
    """Split a charge in two, so that a part can be billed alone."""

    def work(session: TenantSession) -> SplitOut:
        first, second = split_charge(session, call.actor, charge_id, body.quantity)
        return SplitOut(first=shape(first), second=shape(second))

    return call.once(work, 200)


@router.delete("/{charge_id}", status_code=NO_CONTENT)
def remove_charge(call: Recorder, charge_id: ChargeId) -> None:
    """Delete a recorded charge that nothing locks."""
    with call.session() as session:
        delete_charge(session, call.actor, charge_id)
