"""Drafts and their lines as they are asked for and answered."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from bordereau.catalog.fields import Day
from bordereau.drafts.finding import OPEN
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.grouping import LineLevel
from bordereau_api.rest.shapes import (
    AdministrationId,
    ChargeId,
    CustomerId,
    DraftId,
    Figure,
    Filter,
    InvoiceId,
    LineId,
    Shape,
)

MANY = 1_000


class DraftOut(Shape):
    """A pro forma; `state` is new, released, changed, delayed, invoiced or deleted."""

    id: DraftId
    administration: AdministrationId
    customer: CustomerId
    state: str
    period_start: date | None
    period_end: date | None
    delayed_until: date | None
    invoiced_reason: str
    released_by: str
    released_at: datetime | None
    created_at: datetime
    version: int


class DraftLineOut(Shape):
    """A line and what is to become of it (`method`); the charge stays as it was recorded."""

    id: LineId
    charge: ChargeId
    method: str
    name: str
    quantity: Figure
    unit: str
    unit_price: Figure
    net: Figure
    reason: str


class DraftWithLines(DraftOut):
    """A draft and its lines."""

    lines: list[DraftLineOut]


class DraftsShown(Filter):
    """Which drafts to show; the open ones by default."""

    state: list[str] = Field(default_factory=lambda: list(OPEN))
    customer: CustomerId | None = None
    administration: AdministrationId | None = None


class FillIn(Shape):
    """Which ready charges of projects join drafts; all that match by default."""

    as_of: Day | None = None
    charges: list[ChargeId] | None = Field(None, max_length=MANY)
    administrations: list[AdministrationId] | None = None
    customers: list[CustomerId] | None = None


class RefusedOut(Shape):
    """A charge that stayed out, and why."""

    charge: ChargeId
    code: str


class FilledOut(Shape):
    """The drafts that got lines or are due again, how many joined, which chosen ones stayed out."""

    drafts: list[DraftId]
    taken: int
    refused: list[RefusedOut]


class PostponeIn(Shape):
    """Until when a draft is put off."""

    until: Day


class InvoiceDraftsIn(Shape):
    """Which released drafts become invoices; `collect` is left to the administration by default."""

    drafts: Annotated[list[DraftId], Field(min_length=1, max_length=MANY)]
    invoice_date: Day | None = None
    collect: Collect | None = None
    line_level: LineLevel = LineLevel.ENTRY
    compress: bool = False


class InvoicedOut(Shape):
    """What became of a draft; `successor` holds the lines that were left for later."""

    draft: DraftId
    invoices: list[InvoiceId]
    reason: str
    successor: DraftId | None
