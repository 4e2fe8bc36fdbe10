"""Output orders, plans and progress as they are asked for and answered."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bordereau_api.rest.options import OptionsIn
from bordereau_api.rest.shapes import BatchId, ConnectionId, InvoiceId, OrderId, Shape

MANY = 1_000


class OrderIn(Shape):
    """What to send: a whole batch, or some invoices."""

    batch: BatchId | None = None
    invoices: list[InvoiceId] = Field(default_factory=list, max_length=MANY)
    title: Annotated[str, Field(max_length=300)] = ""
    options: OptionsIn = OptionsIn()

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.batch is None) != bool(self.invoices):
            raise PydanticCustomError("CHOOSE_ONE", "Name a batch or invoices: one of the two.")
        return self


class OrderedOut(Shape):
    """What came of an order: deliveries that it made, and those that were there already."""

    id: OrderId
    created: int
    found: int


class PlannedOut(Shape):
    """A delivery as it would be made; `reason` says why it would wait."""

    invoice: InvoiceId
    connection: ConnectionId | None
    mode: str
    facts: list[str]
    recipient: str
    state: str
    code: str
    reason: str


class PlanOut(Shape):
    """What an order would make: how many deliveries by state, and the first of them."""

    deliveries: int
    by_state: dict[str, int]
    first: list[PlannedOut]


class ProgressOut(Shape):
    """Deliveries by state; `moving` ones go on by themselves, `stuck` ones wait for a person.

    `overdue` are those of the moving ones whose channel has not answered for too long.
    """

    total: int
    done: int
    moving: int
    stuck: int
    overdue: int
    by_state: dict[str, int]


class OrderOut(Shape):
    """An order."""

    id: OrderId
    batch: BatchId | None
    title: str
    options: dict[str, Any]
    created_by: str
    created_at: datetime


class OrderWithProgress(OrderOut):
    """An order and how far it is."""

    progress: ProgressOut


class ModeOut(Shape):
    """A delivery mode, and whether all its channels are connected."""

    key: str
    title: str
    possible: bool
