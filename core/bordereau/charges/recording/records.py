"""What is recorded: time, products, expenses, cost lines and instalments, as people write them.

`key` names a record at its source; recording it twice changes nothing.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bordereau.catalog.fields import (
    Amount,
    Code,
    Day,
    Moment,
    Percent,
    PositiveAmount,
    Record,
    Words,
    refusal,
)

MINUTES_MAX = 366 * 24 * 60


def _not_zero(minutes: int) -> int:
    if not minutes:
        raise PydanticCustomError("BAD_NUMBER", "A time entry has at least one minute.")
    return minutes


class TimeEntryRecord(Record):
    """Work on a ticket; negative minutes take earlier work back.

    `starts_at` without an offset is local time of the account. `contract` is for work that another
    contract than the ticket's pays; `rate` names one of its additional rates (Atera 220944808).
    """

    key: Code
    ticket: Code
    contract: Code | None = None
    employee: Words = ""
    starts_at: Moment
    minutes: Annotated[int, Field(gt=-MINUTES_MAX, lt=MINUTES_MAX), AfterValidator(_not_zero)]
    rate: Words = ""
    description: Words = ""
    chargeable: bool = True


class ItemRecord(Record):
    """A product or an expense, on a ticket or directly on a contract (row A56)."""

    key: Code
    ticket: Code | None = None
    contract: Code | None = None
    day: Day
    employee: Words = ""
    description: Words
    quantity: PositiveAmount = Decimal(1)
    unit: Code = "C62"
    unit_price: Amount
    discount_percent: Percent = Decimal(0)
    tax_code: Code | None = None
    chargeable: bool = True

    @model_validator(mode="after")
    def _has_owner(self) -> Self:
        if self.ticket is None and self.contract is None:
            raise refusal("ticket", "VALUE_MISSING", "It needs a ticket or a contract.")
        return self


class ProductRecord(ItemRecord):
    """Something sold."""


class ExpenseRecord(ItemRecord):
    """Something paid for the customer."""


class CostLineRecord(Record):
    """A line of a project's actual costs, of one of five kinds (row B5).

    `charge` is the choice on the line; empty leaves it to the work type (row B6).
    """

    key: Code
    project: Code
    kind: Literal["hours", "units", "materials", "purchase", "financial"]
    day: Day
    work_type: Code
    employee: Words = ""
    description: Words = ""
    quantity: Amount
    unit_price: PositiveAmount
    discount_percent: Percent = Decimal(0)
    surcharge_percent: Percent | None = None
    charge: bool | None = None


class InstalmentRecord(Record):
    """A part of a project's price, billed alone on its invoice once it is ready (row B57)."""

    key: Code
    project: Code
    day: Day
    description: Words
    amount: Amount
    work_type: Code
    ready: bool = False


class ParticipantRecord(Record):
    """A participant of a course, who is billed to a customer (row B66)."""

    key: Code
    customer: Code
    day: Day
    description: Words
    quantity: PositiveAmount = Decimal(1)
    unit_price: PositiveAmount
    work_type: Code
