"""Spread revenue and carrying forward as they are asked for and answered."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from bordereau.catalog.fields import Day
from bordereau.ledger import CarryForward, Moved, RevenuePart, RevenueSpread
from bordereau_api.rest.ledger_shapes import SpreadId
from bordereau_api.rest.shapes import (
    AdministrationId,
    Figure,
    InvoiceId,
    LineId,
    Money,
    PublicId,
    Shape,
)

CarryForwardId = Annotated[UUID, PublicId("cfw")]


class MonthAmount(Shape):
    """The amount of a month, which is named by its first day."""

    period: date
    amount: Annotated[Decimal, Field(gt=-(10**12), lt=10**12, decimal_places=6)]


MonthAmounts = Annotated[list[MonthAmount], Field(max_length=240)]


class SpreadIn(Shape):
    """Over which months revenue is spread; any day names its month."""

    first: Day
    last: Day
    unit: Annotated[Decimal, Field(gt=0, lt=10**12, decimal_places=6)] | None = None
    amounts: MonthAmounts = Field(default_factory=list)


class PartsIn(Shape):
    """New amounts of some months; the sum of all months stays."""

    amounts: MonthAmounts


class PartOut(Shape):
    """The revenue of a month; `entry_date` is later than the month if it was carried forward."""

    period: date
    amount: Money
    entry_date: date
    booked: bool


class SpreadOut(Shape):
    """The revenue of a line over months."""

    id: SpreadId
    invoice: InvoiceId
    line: LineId
    administration: AdministrationId
    account: str
    suspense_account: str
    net: Money
    unit: Figure
    created_at: datetime
    created_by: str
    parts: list[PartOut]

    @classmethod
    def of(cls, row: RevenueSpread, parts: Sequence[RevenuePart]) -> Self:
        """Write spread revenue with its parts."""
        return cls(
            id=row.id,
            invoice=row.invoice_id,
            line=row.line_id,
            administration=row.administration_id,
            account=row.account,
            suspense_account=row.suspense_account,
            net=Money.of(row.net, row.currency),
            unit=row.unit,
            created_at=row.created_at,
            created_by=row.created_by,
            parts=[
                PartOut(
                    period=part.period,
                    amount=Money.of(part.amount, row.currency),
                    entry_date=part.entry_date,
                    booked=part.booked,
                )
                for part in parts
            ],
        )


class BookIn(Shape):
    """Up to which day parts are booked, and of which administration if not of all."""

    until: date
    administration: AdministrationId | None = None


class BookedOut(Shape):
    """How many parts were booked, and how many wait in closed periods."""

    booked: int
    closed: int


class CarryForwardOut(Shape):
    """A carrying forward: how many invoices and parts moved where."""

    id: CarryForwardId
    administration: AdministrationId
    closed_until: date
    moved_to: date
    invoices: int
    parts: int
    at: datetime
    actor: str

    @classmethod
    def of(cls, row: CarryForward) -> Self:
        """Write a run."""
        return cls(
            id=row.id,
            administration=row.administration_id,
            closed_until=row.closed_until,
            moved_to=row.moved_to,
            invoices=row.invoices,
            parts=row.parts,
            at=row.at,
            actor=row.actor,
        )


class MovedOut(Shape):
    """What moved: an invoice, or with `period` a month of its spread revenue."""

    position: int
    invoice: InvoiceId
    number: str
    issue_date: date
    period: date | None
    amount: Money
    moved_from: date
    moved_to: date

    @classmethod
    def of(cls, one: Moved) -> Self:
        """Write a line of the report."""
        return cls(
            position=one.position,
            invoice=one.invoice_id,
            number=one.number,
            issue_date=one.issue_date,
            period=one.period,
            amount=Money.of(one.amount, one.currency),
            moved_from=one.moved_from,
            moved_to=one.moved_to,
        )


def months_of(amounts: Sequence[MonthAmount]) -> dict[date, Decimal]:
    """Return the amounts by the first day of their month."""
    return {one.period: one.amount for one in amounts}
