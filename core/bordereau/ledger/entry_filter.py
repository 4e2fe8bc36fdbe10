"""Which entries are meant when many are listed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement

from bordereau.ledger.tables import LedgerEntry


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
