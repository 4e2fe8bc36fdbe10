"""The displayed status: derived anew whenever something happened (A49 to A55).

A status set by hand shows until the next successful send, export, payment or refund.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from bordereau.contract import Status
from bordereau.invoices.facts.reading import facts_of
from bordereau.invoices.plumbing import forget
from bordereau.invoices.rules.facts import BOUNCED
from bordereau.invoices.rules.status import ENDS_OVERRIDE, derived_status
from bordereau.invoices.tables import Invoice, StatusChange
from bordereau.store import TenantSession, among
from bordereau.values.ids import uuid7


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A change of the displayed status, for those who want to hear of it."""

    invoice_id: UUID
    number: str
    customer: str
    currency: str
    total: Decimal
    before: Status
    after: Status


def derive_statuses(session: TenantSession, written: dict[UUID, set[str]]) -> list[StatusChanged]:
    """Derive the status of the invoices that something happened to."""
    ids = sorted(written)
    locked = session.execute(
        select(
            Invoice.id,
            Invoice.number,
            Invoice.status,
            Invoice.buyer["name"].astext.label("customer"),
            Invoice.currency,
            Invoice.total,
        )
        .where(among(Invoice.id, ids), Invoice.state.in_(("draft", "issued")))
        .order_by(Invoice.id)
        .with_for_update()
    ).all()
    held = _overridden(session, ids)
    facts = facts_of(session, ids)
    changes, rows = [], []
    for row in locked:
        ends = bool(written[row.id] & (ENDS_OVERRIDE | {BOUNCED}))
        if row.id in held and not ends:
            continue
        before, after = Status(row.status), derived_status(facts[row.id])
        if before is not after or row.id in held:
            rows.append((row.id, before, after))
        if before is not after:
            changes.append(status_changed(row, row.customer, before, after))
    _store(session, rows)
    return changes


def _overridden(session: TenantSession, ids: Collection[UUID]) -> set[UUID]:
    """Return the invoices whose last change was made by hand."""
    last = (
        select(StatusChange.invoice_id, StatusChange.manual)
        .where(among(StatusChange.invoice_id, ids))
        .ext(distinct_on(StatusChange.invoice_id))
        .order_by(StatusChange.invoice_id, StatusChange.at.desc(), StatusChange.id.desc())
    )
    return {row.invoice_id for row in session.execute(last) if row.manual}


_UPDATE = text("""\
update invoice set status = new.status, version = version + 1
from unnest(cast(:ids as uuid[]), cast(:statuses as text[])) as new(id, status)
where invoice.tenant_id = :tenant_id and invoice.id = new.id and invoice.status <> new.status""")


def _store(session: TenantSession, rows: Sequence[tuple[UUID, Status, Status]]) -> None:
    if not rows:
        return
    now = datetime.now(UTC)
    session.execute(
        insert(StatusChange),
        [
            {
                "tenant_id": session.tenant_id,
                "id": uuid7(),
                "invoice_id": invoice_id,
                "at": now,
                "before": before.value,
                "after": after.value,
            }
            for invoice_id, before, after in rows
        ],
    )
    session.execute(
        _UPDATE,
        {
            "tenant_id": session.tenant_id,
            "ids": [row[0] for row in rows],
            "statuses": [row[2].value for row in rows],
        },
    )
    forget(session)


def status_changed(row: Any, customer: str, before: Status, after: Status) -> StatusChanged:
    """Say what changed of an invoice; the row is one of `Invoice`, or has its columns."""
    return StatusChanged(row.id, row.number or "", customer, row.currency, row.total, before, after)
