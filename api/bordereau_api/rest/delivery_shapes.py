"""Deliveries, their history and what holds them up, as they are asked for and answered."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from bordereau_api.rest.shapes import (
    ConnectionId,
    DeliveryId,
    Filter,
    InvoiceId,
    OrderId,
    Shape,
)

MANY = 1_000
Ids = Annotated[list[DeliveryId], Field(max_length=MANY)]


class DeliveryOut(Shape):
    """A delivery; `code`, `reason` and `fix` say why it cannot go on and what to do."""

    id: DeliveryId
    invoice: InvoiceId
    connection: ConnectionId | None
    order: OrderId
    mode: str
    facts: list[str]
    recipient: str
    state: str
    code: str
    reason: str
    fix: str
    outcome: str
    reference: str
    message: str
    generation: int
    attempts: int
    changed_at: datetime


class DeliveriesShown(Filter):
    """Which deliveries to show."""

    invoice: InvoiceId | None = None
    order: OrderId | None = None
    connection: ConnectionId | None = None
    state: list[str] = Field(default_factory=list)
    code: str = ""


class AttemptOut(Shape):
    """One answer of the far side, or of a person (`actor`) in its place."""

    attempt: int
    at: datetime
    outcome: str
    reference: str
    message: str
    unconfirmed: bool
    needs_attention: bool
    retry_after: int | None
    actor: str


class DeliveryWithHistory(DeliveryOut):
    """A delivery and the answers it had."""

    history: list[AttemptOut]


class CauseOut(Shape):
    """Deliveries that wait for the same thing."""

    code: str
    text: str
    fix: str
    retry: bool
    connection: ConnectionId | None
    connection_name: str
    deliveries: int
    example: str
    since: datetime


class Decision(Shape):
    """What became of a delivery that nobody can ask about."""

    decision: Literal["resend", "arrived"]


class Retry(Shape):
    """What to try again: everything behind one cause, or the deliveries that are named."""

    code: str | None = None
    connection: ConnectionId | None = None
    order: OrderId | None = None
    deliveries: Ids | None = None


class Named(Shape):
    """Some deliveries."""

    deliveries: Annotated[list[DeliveryId], Field(min_length=1, max_length=MANY)]
