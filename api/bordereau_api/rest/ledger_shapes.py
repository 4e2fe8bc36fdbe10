"""Posting, entries and balances as they are asked for and answered."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Query
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bordereau.catalog.fields import Day
from bordereau.ledger import EntryFilter, ListedEntry, Posted
from bordereau_api.rest.shapes import (
    AdministrationId,
    Amount,
    BatchId,
    CustomerId,
    Figure,
    Filter,
    InvoiceId,
    PublicId,
    Shape,
)

EntryId = Annotated[UUID, PublicId("ent")]
SpreadId = Annotated[UUID, PublicId("spr")]
MANY = 1_000


class FilterIn(Shape):
    """Which issued invoices are meant; nothing given means all."""

    administration: AdministrationId | None = None
    customer: CustomerId | None = None
    batch: BatchId | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    kind: Literal["380", "381"] | None = None


class EntryDateIn(Shape):
    """The day that decides the period of the revenue; the invoice's own where it is missing."""

    entry_date: Day | None = None


class PostIn(EntryDateIn):
    """What to post: some invoices, or all that a filter finds."""

    invoices: list[InvoiceId] = Field(default_factory=list, max_length=MANY)
    filter: FilterIn | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.filter is None) != bool(self.invoices):
            raise PydanticCustomError("CHOOSE_ONE", "Name invoices or a filter: one of the two.")
        return self


class EntryDatesIn(Shape):
    """On which day invoices will be posted."""

    invoices: list[InvoiceId] = Field(min_length=1, max_length=MANY)
    entry_date: Day


class PostedOut(Shape):
    """What became of an invoice: its entry, or the code of the rule that refused it."""

    invoice: InvoiceId
    number: str
    entry: EntryId | None
    entry_date: date | None
    code: str
    reason: str
    hint: str

    @classmethod
    def of(cls, one: Posted) -> Self:
        """Write a result."""
        why = one.refusal
        return cls(
            invoice=one.invoice_id,
            number=one.number,
            entry=one.entry_id,
            entry_date=one.entry_date,
            code=why.code if why else "",
            reason=why.message if why else "",
            hint=why.hint if why else "",
        )


class PostingOut(Shape):
    """What became of all of them."""

    posted: int
    refused: int
    results: list[PostedOut]

    @classmethod
    def of(cls, results: tuple[Posted, ...]) -> Self:
        """Write the results."""
        posted = sum(one.refusal is None for one in results)
        return cls(
            posted=posted,
            refused=len(results) - posted,
            results=[PostedOut.of(one) for one in results],
        )


class LedgerItemOut(Shape):
    """One side of an entry."""

    position: int
    kind: str
    account: str
    debit: Amount
    credit: Amount
    tax_category: str
    tax_rate: Figure | None


class EntryOut(Shape):
    """A balanced entry; it is never changed."""

    id: EntryId
    kind: str
    administration: AdministrationId
    invoice: InvoiceId
    number: str
    customer: str
    entry_date: date
    document_date: date
    currency: str
    posted_at: datetime
    posted_by: str
    items: list[LedgerItemOut]

    @classmethod
    def of(cls, one: ListedEntry) -> Self:
        """Write an entry."""
        return cls(
            id=one.id,
            kind=one.kind,
            administration=one.administration_id,
            invoice=one.invoice_id,
            number=one.number,
            customer=one.customer,
            entry_date=one.entry_date,
            document_date=one.document_date,
            currency=one.currency,
            posted_at=one.posted_at,
            posted_by=one.posted_by,
            items=[LedgerItemOut.model_validate(item) for item in one.items],
        )


class BalanceOut(Shape):
    """An account in one currency; balances are debit less credit."""

    account: str
    currency: str
    opening: Amount
    debit: Amount
    credit: Amount
    closing: Amount


class ClosedUntil(Shape):
    """The last closed day; null where everything is open."""

    closed_until: date | None


class EntriesShown(Filter):
    """Which entries to show, by their entry date, both days included."""

    administration: AdministrationId | None = None
    invoice: InvoiceId | None = None
    spread: SpreadId | None = None
    first: date | None = None
    last: date | None = None
    kind: Annotated[
        Literal["", "invoice", "suspense", "revenue", "adjustment"],
        Query(description="What the entry books."),
    ] = ""

    def wanted(self) -> EntryFilter:
        """Return the filter of the ledger."""
        return EntryFilter(
            administration_id=self.administration,
            invoice_id=self.invoice,
            spread_id=self.spread,
            first=self.first,
            last=self.last,
            kind=self.kind or None,
        )
