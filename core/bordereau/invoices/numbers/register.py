"""The register of numbers: every number of a series with what became of it (row B61)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func, literal, select
from sqlalchemy.orm import aliased

from bordereau.errors import NotFound
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.ending.voiding import VOID
from bordereau.invoices.numbers.series import PREFIX as SERIES_PREFIX
from bordereau.invoices.tables import Invoice, Series
from bordereau.store import TenantSession
from bordereau.tenancy.tables import AuditEvent
from bordereau.values.ids import public_id
from bordereau.values.money import round_amount

PAGE = 200


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A number and what became of it.

    Attributes:
        fate: issued, voided, credited, partly_credited, or missing where the series has a gap.
        reason: why it was voided, and `actor` by whom.
        credited_by: the numbers of its credit notes.

    """

    sequence: int
    number: str
    fate: str
    invoice_id: UUID | None = None
    issue_date: date | None = None
    customer: str = ""
    currency: str = ""
    total: Decimal = Decimal(0)
    reason: str = ""
    actor: str = ""
    credited_by: tuple[str, ...] = ()


def number_register(
    session: TenantSession, series_id: UUID, *, after: int = 0, limit: int = PAGE
) -> tuple[RegisterEntry, ...]:
    """Return the numbers of a series after a place in it, gaps included.

    Raises:
        NotFound: there is no such series.

    """
    series = session.get(Series, (session.tenant_id, series_id), populate_existing=True)
    if series is None:
        raise NotFound("series", public_id(SERIES_PREFIX, series_id))
    start = max(after + 1, series.first)
    end = min(start + limit, series.next)
    rows = session.execute(_query(series_id, start, end))
    found = {row[0].sequence: _entry(row) for row in rows}
    return tuple(
        found.get(place) or RegisterEntry(place, "", "missing") for place in range(start, end)
    )


def _query(series_id: UUID, start: int, end: int) -> Any:
    note, voiding = aliased(Invoice), aliased(AuditEvent)
    within = select(Invoice.id).where(
        Invoice.series_id == series_id, Invoice.sequence >= start, Invoice.sequence < end
    )
    notes = (
        select(
            note.original_id,
            func.array_agg(note.number).label("numbers"),
            func.sum(note.total).label("amount"),
        )
        .where(note.original_id.in_(within), note.state == "issued")
        .group_by(note.original_id)
        .subquery()
    )
    subject = literal(f"{PREFIX}_") + func.replace(cast(Invoice.id, Text), "-", "")
    return (
        select(
            Invoice,
            notes.c.numbers,
            notes.c.amount,
            voiding.actor,
            voiding.details["reason"].astext.label("reason"),
        )
        .outerjoin(notes, notes.c.original_id == Invoice.id)
        .outerjoin(voiding, (voiding.subject == subject) & (voiding.action == VOID))
        .where(Invoice.id.in_(within))
        .order_by(Invoice.sequence)
    )


def _entry(row: Any) -> RegisterEntry:
    invoice: Invoice = row[0]
    fate = invoice.state
    if row.amount:
        fate = "credited" if row.amount >= invoice.total else "partly_credited"
    return RegisterEntry(
        sequence=invoice.sequence or 0,
        number=invoice.number or "",
        fate=fate,
        invoice_id=invoice.id,
        issue_date=invoice.issue_date,
        customer=invoice.buyer["name"],
        currency=invoice.currency,
        total=round_amount(invoice.total, invoice.currency),
        reason=row.reason or "",
        actor=row.actor or "",
        credited_by=tuple(sorted(row.numbers or ())),
    )
