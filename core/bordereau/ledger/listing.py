"""Reading the ledger: entries page by page, and flat rows for a file."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_

from bordereau.catalog.tables import Customer
from bordereau.invoices.plumbing import CHUNK, trim
from bordereau.invoices.tables import Invoice
from bordereau.ledger.entry_filter import EntryFilter
from bordereau.ledger.tables import LedgerEntry, LedgerItem
from bordereau.store import TenantSession, among
from bordereau.values.money import round_amount

Place = tuple[date, UUID]


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
