"""What a batch shows and what is ticked in it: owners (contracts or projects) and their charges."""

from datetime import date
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bordereau.batches import choose_all, choose_charges, choose_owners, get_batch, totals
from bordereau.batches.items import Item, list_charges
from bordereau.batches.owners import Owner, OwnerFilter, list_owners
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Contract, Project
from bordereau.charges import Against
from bordereau.store import TenantSession
from bordereau.tenancy import account
from bordereau.values.ids import public_id
from bordereau_api.rest.batches import Biller, TotalsOut, shape_totals
from bordereau_api.rest.call import Reader, must_exist
from bordereau_api.rest.paging import Paged, Paging, read_cursor, write_cursor
from bordereau_api.rest.shapes import (
    BatchId,
    ChargeId,
    CustomerId,
    Figure,
    Filter,
    Given,
    Money,
    OwnerId,
    Page,
    Shape,
)

router = APIRouter(prefix="/batches/{batch_id}", tags=["batches"])
PREFIXES = {"contracts": "ctr", "projects": "prj"}
MANY = 1_000
ItemT = TypeVar("ItemT")


class ReasonOut(Shape):
    """Why something cannot be billed yet, when that goes away by itself, and where to cure it."""

    code: str
    text: str
    ready_on: date | None
    fix: str | None


class OwnerOut(Shape):
    """A contract or project of the list.

    `box` is white (all ready), black (some), lock (nothing) or none; `ticked` is null where only a
    part of what is ready is selected.
    """

    id: str
    code: str
    name: str
    type: str
    taxable: bool
    billing_period: str
    customer: CustomerId | None
    customer_name: str
    total_balance: Money | None
    ready_balance: Money | None
    selected_balance: Money | None
    box: str
    ticked: bool | None
    items: int
    ready_items: int
    selected_items: int
    codes: list[str]
    next_ready_on: date | None


class OwnersShown(Filter):
    """What to show of the owners."""

    type: list[str] = Field(default_factory=list, description="Contract types.")
    taxable: bool | None = None
    customer: list[CustomerId] = Field(default_factory=list)
    billing_period: list[str] = Field(default_factory=list)
    period_from: date | None = None
    period_to: date | None = None
    at_least: Given | None = Field(None, description="Bound of the total balance.")
    at_most: Given | None = None
    not_zero: bool = False
    text: str = Field("", max_length=200, description="A part of a name or code.")


class ItemOut(Shape):
    """A charge of the list; `against` is empty if it is ready."""

    id: ChargeId
    kind: str
    description: str
    ticket: str
    worked_on: date
    period_start: date | None
    period_end: date | None
    quantity: Figure
    unit: str
    unit_price: Figure
    net: Money
    minutes: int | None
    employee: str
    selected: bool
    against: list[ReasonOut]


class Choices(Shape):
    """Tick or untick everything, some owners, or some charges: exactly one of the three."""

    ticked: bool
    all: bool = False
    owners: list[OwnerId] = Field(default_factory=list, max_length=MANY)
    charges: list[ChargeId] = Field(default_factory=list, max_length=MANY)

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if [self.all, bool(self.owners), bool(self.charges)].count(True) != 1:
            raise PydanticCustomError(
                "CHOOSE_ONE", "Name everything, owners, or charges: one of the three."
            )
        return self


@router.get("/owners")
def list_batch_owners(
    call: Reader, batch_id: BatchId, paged: Paged, show: Annotated[OwnersShown, Query()]
) -> Page[OwnerOut]:
    """List the owners in the order of their customers; filters never change what is selected."""
    wanted = show.given()
    names = {"type": "types", "customer": "customer_ids", "billing_period": "billing_periods"}
    filtered = OwnerFilter(**{names.get(name, name): value for name, value in wanted.items()})
    after = read_cursor(paged.cursor, (str, str, UUID))
    with call.session() as session:
        batch = get_batch(session, batch_id)
        found = list_owners(session, batch, filtered, after=after, limit=paged.limit)
    data = [_owner(one, batch) for one in found.owners]
    return _page(data, found.after, paged)


@router.get("/owners/{owner_id}/charges")
def list_batch_charges(
    call: Reader, batch_id: BatchId, owner_id: OwnerId, paged: Paged
) -> Page[ItemOut]:
    """List the unbilled charges of an owner, oldest first, with every reason against each."""
    after = read_cursor(paged.cursor, (date, UUID))
    with call.session() as session:
        batch = get_batch(session, batch_id)
        _must_own(session, batch, [owner_id])
        language = account(session).language
        found = list_charges(
            session, batch, owner_id, language=language, after=after, limit=paged.limit
        )
    return _page([_item(one) for one in found.items], found.after, paged)


@router.post("/choices", response_model=TotalsOut, name="choose_in_batch")
def choose(call: Biller, batch_id: BatchId, body: Choices) -> Response:
    """Tick or untick; answers the totals that follow."""

    def work(session: TenantSession) -> TotalsOut:
        batch = get_batch(session, batch_id, lock=True)
        if body.all:
            choose_all(session, batch, ticked=body.ticked, actor=call.actor)
        elif body.owners:
            _must_own(session, batch, body.owners)
            choose_owners(session, batch, body.owners, ticked=body.ticked, actor=call.actor)
        else:
            choose_charges(session, batch, body.charges, ticked=body.ticked, actor=call.actor)
        return shape_totals(totals(session, batch))

    return call.once(work, 200)


def _must_own(session: TenantSession, batch: Batch, ids: list[UUID]) -> None:
    model = Contract if batch.source == "contracts" else Project
    must_exist(session, model, ids, "owner")


def _page(data: list[ItemT], after: tuple[Any, ...] | None, paged: Paging) -> Page[ItemT]:
    next_cursor = write_cursor(after) if after else None
    if next_cursor:
        paged.link(next_cursor)
    return Page(data=data, has_more=after is not None, next_cursor=next_cursor)


def _owner(one: Owner, batch: Batch) -> OwnerOut:
    balances = {
        name: Money.of(getattr(one, name), one.currency) if one.currency else None
        for name in ("total_balance", "ready_balance", "selected_balance")
    }
    return OwnerOut.from_row(one, id=public_id(PREFIXES[batch.source], one.id), **balances)


def _item(one: Item) -> ItemOut:
    net = Money.of(one.net, one.currency)
    return ItemOut.from_row(one, net=net, against=shape_reasons(one.against))


def shape_reasons(against: tuple[Against, ...]) -> list[ReasonOut]:
    """Return reasons as they are answered."""
    return [
        ReasonOut(code=one.code, text=one.text, ready_on=one.ready_on, fix=one.fix)
        for one in against
    ]
