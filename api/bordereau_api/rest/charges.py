"""Charges: everything that is or will be billed, and why something cannot be yet."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy import ColumnElement, not_, select

from bordereau.catalog.fields import Day
from bordereau.catalog.tables import Contract
from bordereau.charges import Charge, is_ready, is_unbilled, rate, reasons
from bordereau.errors import NotFound
from bordereau.store import TenantSession
from bordereau.tenancy import Right, account, today
from bordereau.values.ids import public_id
from bordereau_api.rest.call import Call, Needs, Reader
from bordereau_api.rest.paging import Paged, page
from bordereau_api.rest.requirements import must_exist
from bordereau_api.rest.selection_shapes import ReasonOut, shape_reasons
from bordereau_api.rest.shapes import (
    AdministrationId,
    BatchId,
    ChargeId,
    ContractId,
    CustomerId,
    Figure,
    Filter,
    Money,
    Page,
    ProjectId,
    Shape,
    TicketId,
)

router = APIRouter(prefix="/charges", tags=["charges"])
Recorder = Annotated[Call, Depends(Needs(Right.RECORD))]


class ChargeOut(Shape):
    """A charge; `ready_on` is the first day on which it may be billed."""

    id: ChargeId
    kind: str
    state: str
    administration: AdministrationId
    customer: CustomerId | None
    contract: ContractId | None
    project: ProjectId | None
    ticket: TicketId | None
    batch: BatchId | None
    worked_on: date
    period_start: date | None
    period_end: date | None
    description: str
    employee: str
    quantity: Figure
    unit: str
    unit_price: Figure
    discount_percent: Figure
    minutes: int | None
    billable_minutes: int | None
    net: Money
    chargeable: bool
    late: bool
    ready_on: date
    delayed_until: date | None
    version: int


class ChargeWithReasons(ChargeOut):
    """A charge and every reason against billing it today."""

    against: list[ReasonOut]


class ChargesShown(Filter):
    """Which charges to show; `ready` is judged today."""

    state: list[str] = Field(default_factory=list)
    kind: list[str] = Field(default_factory=list)
    customer: CustomerId | None = None
    contract: ContractId | None = None
    project: ProjectId | None = None
    ticket: TicketId | None = None
    batch: BatchId | None = None
    worked_from: date | None = None
    worked_to: date | None = None
    unbilled: bool | None = None
    ready: bool | None = None


class RateIn(Shape):
    """Which contracts to rate, all by default, and up to which day, by default today."""

    until: Day | None = None
    contracts: list[ContractId] | None = None


class RatingOut(Shape):
    """What rating did."""

    contracts: int
    created: int
    changed: int
    unchanged: int
    deleted: int


@router.get("")
def list_charges(
    call: Reader, paged: Paged, show: Annotated[ChargesShown, Query()]
) -> Page[ChargeOut]:
    """List charges by day."""
    with call.session() as session:
        query = select(Charge).where(*wanted(show, today(session)))
        return page(session, query, [Charge.worked_on, Charge.id], paged, shape)


@router.post("/rate", response_model=RatingOut)
def rate_contracts(call: Recorder, body: RateIn) -> Response:
    """Compute the charges of contracts; doing it again changes nothing."""

    def work(session: TenantSession) -> RatingOut:
        must_exist(session, Contract, body.contracts or (), "contract")
        until = body.until or today(session)
        report = rate(session, until=until, contract_ids=body.contracts)
        return RatingOut.model_validate(report)

    return call.once(work, 200)


@router.get("/{charge_id}")
def get_charge(call: Reader, charge_id: ChargeId) -> ChargeWithReasons:
    """Return a charge and every reason against billing it today."""
    with call.session() as session:
        row = session.get(Charge, (session.tenant_id, charge_id))
        if row is None:
            raise NotFound("charge", public_id("chg", charge_id))
        against = reasons(row, today(session), account(session).language)
        net = Money.of(row.net, row.currency)
        return ChargeWithReasons.from_row(row, net=net, against=shape_reasons(against))


def shape(row: Charge) -> ChargeOut:
    """Return a charge as it is answered."""
    return ChargeOut.from_row(row, net=Money.of(row.net, row.currency))


def wanted(show: ChargesShown, day: date) -> Iterator[ColumnElement[bool]]:
    """Yield what a charge must meet; readiness is judged on a day."""
    for name in ("customer", "contract", "project", "ticket", "batch"):
        if (id_ := getattr(show, name)) is not None:
            yield getattr(Charge, f"{name}_id") == id_
    if show.state:
        yield Charge.state.in_(show.state)
    if show.kind:
        yield Charge.kind.in_(show.kind)
    if show.worked_from:
        yield Charge.worked_on >= show.worked_from
    if show.worked_to:
        yield Charge.worked_on <= show.worked_to
    for wish, gate in ((show.unbilled, is_unbilled()), (show.ready, is_ready(day))):
        if wish is not None:
            yield gate if wish else not_(gate)
