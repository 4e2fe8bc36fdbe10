"""Drawing up the entry of an invoice, or saying why it has none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Row

from bordereau.errors import Conflict, NotFound, Refused
from bordereau.invoices.documents import PREFIX
from bordereau.ledger.reading import lock_invoices, read_headers, read_revenues, read_taxes
from bordereau.ledger.rules.entries import Entry, Revenue, Tax, invoice_items
from bordereau.ledger.rules.periods import must_be_open
from bordereau.ledger.writing import accounts_of, hold_open
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id
from bordereau.values.money import round_amount

Refusal: TypeAlias = Refused | NotFound


@dataclass(frozen=True, slots=True)
class Sources:
    """What entries are drawn up from."""

    headers: dict[UUID, Row[Any]]
    revenues: dict[UUID, Sequence[Revenue]]
    taxes: dict[UUID, Sequence[Tax]]
    sellers: dict[UUID, Administration]

    def number(self, invoice_id: UUID) -> str:
        """Return the number of an invoice, empty where there is none."""
        row = self.headers.get(invoice_id)
        return (row.number or "") if row else ""


def read_sources(session: TenantSession, ids: Collection[UUID]) -> Sources:
    """Lock the invoices, then read everything as it is under the lock."""
    lock_invoices(session, ids)
    headers = read_headers(session, ids)
    return Sources(
        headers=headers,
        revenues=read_revenues(session, ids),
        taxes=read_taxes(session, ids),
        sellers=hold_open(session, {row.administration_id for row in headers.values()}),
    )


def draw_up(sources: Sources, invoice_id: UUID, entry_date: date | None) -> Entry | Refusal:
    """Return the entry of an invoice, or why it has none."""
    row = sources.headers.get(invoice_id)
    if row is None:
        return NotFound("invoice", public_id(PREFIX, invoice_id))
    seller = sources.sellers[row.administration_id]
    day = entry_date or row.entry_date
    try:
        _must_be_postable(row)
        must_be_open(day, seller.closed_until)
        items = invoice_items(
            row.kind,
            round_amount(row.total, row.currency),
            sources.revenues.get(invoice_id, ()),
            sources.taxes.get(invoice_id, ()),
            accounts_of(seller),
        )
    except Refused as refusal:
        return refusal
    return Entry(
        kind="invoice",
        administration_id=seller.id,
        invoice_id=invoice_id,
        entry_date=day,
        document_date=row.issue_date,
        currency=row.currency,
        items=items,
    )


def _must_be_postable(row: Row[Any]) -> None:
    if row.state in {"proposed", "draft"}:
        raise Conflict(
            "INVOICE_UNNUMBERED",
            "The invoice has no number yet.",
            hint="Finalise its batch, or issue it, first.",
        )
    if row.state == "voided":
        raise Conflict("INVOICE_VOIDED", f"Invoice {row.number} was voided.")
    if row.posted:
        raise Conflict("INVOICE_POSTED", f"Invoice {row.number} is posted already.")
