"""Which invoices are meant when many are posted at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement

from bordereau.invoices.tables import Invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFilter:
    """Which issued invoices are meant; what is None does not restrict.

    Attributes:
        issued_from: the first invoice date.
        issued_until: the last invoice date.
        kind: BT-3: 380 invoice, 381 credit note.

    """

    administration_id: UUID | None = None
    customer_id: UUID | None = None
    batch_id: UUID | None = None
    issued_from: date | None = None
    issued_until: date | None = None
    kind: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what an invoice must meet."""
        equal = {
            Invoice.administration_id: self.administration_id,
            Invoice.customer_id: self.customer_id,
            Invoice.batch_id: self.batch_id,
            Invoice.kind: self.kind,
        }
        yield from (column == value for column, value in equal.items() if value is not None)
        if self.issued_from is not None:
            yield Invoice.issue_date >= self.issued_from
        if self.issued_until is not None:
            yield Invoice.issue_date <= self.issued_until
