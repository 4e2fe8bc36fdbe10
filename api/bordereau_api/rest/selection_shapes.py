"""Shapes of the page of a batch: its owners and items, their filter, and what is chosen."""

from datetime import date
from typing import Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from bordereau.batches import Balance, Owner, OwnerFilter, owner_key
from bordereau.batches.items import Item
from bordereau.batches.tables import Batch
from bordereau.charges import Against
from bordereau_api.rest.batches import TotalsOut
from bordereau_api.rest.shapes import (
    ChargeId,
    CustomerId,
    Figure,
    Filter,
    Given,
    Money,
    OwnerId,
    Shape,
)

MANY = 1_000


class ReasonOut(Shape):
    """Why something cannot be billed yet, when that goes away by itself, and where to cure it."""

    code: str
    text: str
    ready_on: date | None
    fix: str | None


class OwnerBalanceOut(Shape):
    """What an owner has to bill in one currency, before tax."""

    currency: str
    total_balance: Money
    ready_balance: Money
    selected_balance: Money


class OwnerOut(Shape):
    """A contract, project or, in a batch of participants, customer of the list.

    `balances` has one per currency. `box` is white (all ready), black (some), lock (nothing) or
    none; `ticked` is null where only a part of what is ready is selected.
    """

    id: str
    code: str
    name: str
    type: str
    taxable: bool
    billing_period: str
    customer: CustomerId | None
    customer_name: str
    balances: list[OwnerBalanceOut]
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
    at_least: Given | None = Field(
        None, description="Bound of the total balance, in any one currency."
    )
    at_most: Given | None = None
    not_zero: bool = False
    text: str = Field("", max_length=200, description="A part of a name or code.")

    def as_filter(self) -> OwnerFilter:
        """Return it as the room of batches knows it."""
        names = {"type": "types", "customer": "customer_ids", "billing_period": "billing_periods"}
        return OwnerFilter(**{names.get(name, name): one for name, one in self.given().items()})


class Matching(OwnersShown):
    """The same in a body, where a misspelt name is refused."""

    model_config = ConfigDict(extra="forbid")


class OwnerItemOut(Shape):
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
    """Tick or untick everything, what a filter shows, some owners, or some charges: one of these.

    Of what a filter shows, owners of which nothing is ready are passed over.
    """

    ticked: bool
    all: bool = False
    matching: Matching | None = None
    owners: list[OwnerId] = Field(default_factory=list, max_length=MANY)
    charges: list[ChargeId] = Field(default_factory=list, max_length=MANY)

    @model_validator(mode="after")
    def _one_of_these(self) -> Self:
        filtered = self.matching is not None
        if [self.all, filtered, bool(self.owners), bool(self.charges)].count(True) != 1:
            raise PydanticCustomError(
                "CHOOSE_ONE", "Name everything, a filter, owners, or charges: one of these."
            )
        return self


class Chosen(TotalsOut):
    """The totals that follow a choice; `version` of the batch is its new ETag."""

    version: int


def owner_out(one: Owner, batch: Batch) -> OwnerOut:
    """Return a line of the list as it is answered."""
    balances = [_balance(sums) for sums in one.balances]
    return OwnerOut.from_row(one, id=owner_key(batch, one.id), balances=balances)


def _balance(sums: Balance) -> OwnerBalanceOut:
    return OwnerBalanceOut(
        currency=sums.currency,
        total_balance=Money.of(sums.total_balance, sums.currency),
        ready_balance=Money.of(sums.ready_balance, sums.currency),
        selected_balance=Money.of(sums.selected_balance, sums.currency),
    )


def item_out(one: Item) -> OwnerItemOut:
    """Return an item as it is answered."""
    net = Money.of(one.net, one.currency)
    return OwnerItemOut.from_row(one, net=net, against=shape_reasons(one.against))


def shape_reasons(against: tuple[Against, ...]) -> list[ReasonOut]:
    """Return reasons as they are answered."""
    return [
        ReasonOut(code=one.code, text=one.text, ready_on=one.ready_on, fix=one.fix)
        for one in against
    ]
