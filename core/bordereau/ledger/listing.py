"""Reading the ledger: entries page by page, flat rows for a file, and the trial balance."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from bordereau.catalog.tables import Customer
from bordereau.invoices.plumbing import CHUNK, among, trim
from bordereau.invoices.tables import Invoice
from bordereau.ledger.tables import LedgerEntry, LedgerItem
from bordereau.store import TenantSession
from bordereau.values.money import round_amount

Place = tuple[date, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries are meant; what is None does not restrict.

    Attributes:
        first: the first entry date.
        last: the last entry date.
        kind: invoice, suspense, revenue or adjustment.

    """

    administration_id: UUID | None = None
    invoice_id: UUID | None = None
    spread_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    kind: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what an entry must meet."""
        equal = {
            LedgerEntry.administration_id: self.administration_id,
            LedgerEntry.invoice_id: self.invoice_id,
            LedgerEntry.spread_id: self.spread_id,
            LedgerEntry.kind: self.kind,
        }
        yield from (column == value for column, value in equal.items() if value is not None)
        if self.first is not None:
            yield LedgerEntry.entry_date >= self.first
        if self.last is not None:
            yield LedgerEntry.entry_date <= self.last


class ListedItem(NamedTuple):
    """One side of a listed entry."""

    position: int
    kind: str
    account: str
    debit: Decimal
    credit: Decimal
    tax_category: str
    tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry with its items and the invoice behind it."""

    id: UUID
    kind: str
    administration_id: UUID
    invoice_id: UUID
    number: str
    customer: str
    entry_date: date
    document_date: date
    currency: str
    posted_at: datetime
    posted_by: str
    items: Sequence[ListedItem]

    @property
    def place(self) -> Place:
        """Where the entry stands in the list; pass it as `after` to go on."""
        return self.entry_date, self.id


class JournalRow(NamedTuple):
    """One item as a row of a file; the names are the headings of its columns."""

    entry_date: date
    document_date: date
    number: str
    customer: str
    kind: str
    account: str
    debit: Decimal
    credit: Decimal
    currency: str
    tax_category: str
    tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Balance:
    """An account in one currency: what it had before the period, the period, and after it.

    Balances are debit less credit.
    """

    account: str
    currency: str
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """What the account has at the end of the period."""
        return self.opening + self.debit - self.credit


def list_entries(
    session: TenantSession, wanted: EntryFilter, *, after: Place | None = None, limit: int = 100
) -> Sequence[ListedEntry]:
    """Return entries by entry date, beginning after a place."""
    query: Any = (
        select(
            LedgerEntry.id,
            LedgerEntry.kind,
            LedgerEntry.administration_id,
            LedgerEntry.invoice_id,
            Invoice.number,
            Customer.code.label("customer"),
            LedgerEntry.entry_date,
            LedgerEntry.document_date,
            LedgerEntry.currency,
            LedgerEntry.posted_at,
            LedgerEntry.posted_by,
        )
        .join(Invoice, Invoice.id == LedgerEntry.invoice_id)
        .join(Customer, Customer.id == Invoice.customer_id)
        .where(*wanted.conditions())
        .order_by(LedgerEntry.entry_date, LedgerEntry.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(LedgerEntry.entry_date, LedgerEntry.id) > after)
    headers: Sequence[Any] = session.execute(query).all()
    items = _items(session, headers)
    return [ListedEntry(**header._asdict(), items=items.get(header.id, ())) for header in headers]


def journal(session: TenantSession, wanted: EntryFilter) -> Iterator[JournalRow]:
    """Yield the items of all entries, a thousand entries at a time."""
    after: Place | None = None
    while page := list_entries(session, wanted, after=after, limit=CHUNK):
        for entry in page:
            for item in entry.items:
                yield JournalRow(
                    entry.entry_date,
                    entry.document_date,
                    entry.number,
                    entry.customer,
                    item.kind,
                    item.account,
                    item.debit,
                    item.credit,
                    entry.currency,
                    item.tax_category,
                    item.tax_rate,
                )
        after = page[-1].place


def trial_balance(
    session: TenantSession, administration_id: UUID, *, first: date, last: date
) -> Sequence[Balance]:
    """Return every account of an administration from one entry date to another, both included.

    In each currency debits equal credits, and the opening and closing balances sum to 0.
    """
    before = LedgerEntry.entry_date < first

    def within(column: InstrumentedAttribute[Decimal]) -> ColumnElement[Any]:
        return func.sum(case((before, 0), else_=column))

    balance = LedgerItem.debit - LedgerItem.credit
    query = (
        select(
            LedgerItem.account,
            LedgerEntry.currency,
            func.sum(case((before, balance), else_=0)),
            within(LedgerItem.debit),
            within(LedgerItem.credit),
        )
        .join(LedgerEntry, LedgerEntry.id == LedgerItem.entry_id)
        .where(LedgerEntry.administration_id == administration_id, LedgerEntry.entry_date <= last)
        .group_by(LedgerItem.account, LedgerEntry.currency)
        .order_by(LedgerItem.account, LedgerEntry.currency)
    )
    return [
        Balance(account, currency, *(round_amount(amount, currency) for amount in amounts))
        for account, currency, *amounts in session.execute(query)
    ]


def _items(session: TenantSession, headers: Sequence[Any]) -> dict[UUID, list[ListedItem]]:
    currencies = {header.id: header.currency for header in headers}
    query = (
        select(
            LedgerItem.entry_id,
            LedgerItem.position,
            LedgerItem.kind,
            LedgerItem.account,
            LedgerItem.debit,
            LedgerItem.credit,
            LedgerItem.tax_category,
            LedgerItem.tax_rate,
        )
        .where(among(LedgerItem.entry_id, currencies))
        .order_by(LedgerItem.entry_id, LedgerItem.position)
    )
    found: dict[UUID, list[ListedItem]] = defaultdict(list)
    for row in session.execute(query):
        currency = currencies[row.entry_id]
        item = ListedItem(*row[1:])
        found[row.entry_id].append(
            item._replace(
                debit=round_amount(item.debit, currency),
                credit=round_amount(item.credit, currency),
                tax_rate=None if item.tax_rate is None else trim(item.tax_rate),
            )
        )
    return found
