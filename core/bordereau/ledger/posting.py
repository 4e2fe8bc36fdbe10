"""Posting: issued invoices and credit notes get their entry and are locked for good (row B62).

The number of statements does not depend on the number of invoices, but for each thousand.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Row, select

from bordereau.contract import Fact
from bordereau.errors import Conflict, NotFound, Refused
from bordereau.invoices import NewFact, record_facts
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.plumbing import CHUNK
from bordereau.invoices.tables import Invoice
from bordereau.ledger.filters import InvoiceFilter
from bordereau.ledger.reading import (
    is_posted,
    lock_invoices,
    read_headers,
    read_revenues,
    read_taxes,
)
from bordereau.ledger.rules.entries import Entry, Revenue, Tax, invoice_items
from bordereau.ledger.rules.periods import must_be_open
from bordereau.ledger.writing import ENTRY_PREFIX, accounts_of, hold_open, write_entries
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import TenantId, public_id
from bordereau.values.money import round_amount

Refusal: TypeAlias = Refused | NotFound


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one invoice.

    Attributes:
        number: empty where it has none.
        entry_id: its entry; None where it was refused.
        entry_date: the day of the entry, or the one that was wanted.
        refusal: why it was not posted; None where it was.

    """

    invoice_id: UUID
    number: str
    entry_id: UUID | None
    entry_date: date | None
    refusal: Refusal | None = None


def post(
    session: TenantSession,
    invoice_ids: Collection[UUID],
    *,
    actor: Actor,
    entry_date: date | None = None,
) -> tuple[Posted, ...]:
    """Post invoices and return what became of each, in the order given.

    One that is refused does not hold up the others. Call it with at most a thousand ids.

    Args:
        session: the tenant's session.
        invoice_ids: issued invoices and credit notes.
        actor: who posts: a person, or a service in whose ledger they arrived.
        entry_date: the day that decides the period of the revenue; by default the invoice's own
            (`set_entry_date`), else the invoice date. The invoice date decides that of the tax.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    actor.must(Right.POST)
    ids = list(dict.fromkeys(invoice_ids))
    sources = _read(session, ids)
    drawn = [_draw_up(sources, one, entry_date) for one in ids]
    entries = [one for one in drawn if isinstance(one, Entry)]
    made = iter(write_entries(session, entries, actor.name))
    posted = tuple(
        Posted(one, sources.number(one), next(made), found.entry_date)
        if isinstance(found, Entry)
        else Posted(one, sources.number(one), None, None, found)
        for one, found in zip(ids, drawn, strict=True)
    )
    _record(session, [one for one in posted if one.entry_id], actor)
    return posted


def post_one(
    session: TenantSession, invoice_id: UUID, *, actor: Actor, entry_date: date | None = None
) -> Posted:
    """Post one invoice, or raise why not.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Conflict: INVOICE_UNNUMBERED, INVOICE_VOIDED or INVOICE_POSTED.
        Refused: PERIOD_CLOSED, or ACCOUNT_MISSING naming the kind of account and the line.

    """
    (posted,) = post(session, [invoice_id], actor=actor, entry_date=entry_date)
    if posted.refusal is not None:
        raise posted.refusal
    return posted


def post_matching(
    database: Database,
    tenant_id: TenantId,
    wanted: InvoiceFilter,
    *,
    actor: Actor,
    entry_date: date | None = None,
    chunk: int = CHUNK,
) -> tuple[Posted, ...]:
    """Post every issued invoice of a filter that is not posted, and say what became of each.

    Each chunk is a transaction of its own; repeating goes on with what is left.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    actor.must(Right.POST)
    done: list[Posted] = []
    while True:
        with database.tenant(tenant_id) as session:
            after = done[-1].invoice_id if done else None
            ids = _matching(session, wanted, after, chunk)
            done += post(session, ids, actor=actor, entry_date=entry_date)
        if len(ids) < chunk:
            return tuple(done)


def _matching(
    session: TenantSession, wanted: InvoiceFilter, after: UUID | None, limit: int
) -> Sequence[UUID]:
    query = select(Invoice.id).where(Invoice.state == "issued", ~is_posted(), *wanted.conditions())
    if after is not None:
        query = query.where(Invoice.id > after)
    return session.scalars(query.order_by(Invoice.id).limit(limit)).all()


@dataclass(frozen=True, slots=True)
class _Sources:
    """What entries are drawn up from."""

    headers: dict[UUID, Row[Any]]
    revenues: dict[UUID, Sequence[Revenue]]
    taxes: dict[UUID, Sequence[Tax]]
    sellers: dict[UUID, Administration]

    def number(self, invoice_id: UUID) -> str:
        """Return the number of an invoice, empty where there is none."""
        row = self.headers.get(invoice_id)
        return (row.number or "") if row else ""


def _read(session: TenantSession, ids: Collection[UUID]) -> _Sources:
    """Lock the invoices, then read everything as it is under the lock."""
    lock_invoices(session, ids)
    headers = read_headers(session, ids)
    return _Sources(
        headers=headers,
        revenues=read_revenues(session, ids),
        taxes=read_taxes(session, ids),
        sellers=hold_open(session, {row.administration_id for row in headers.values()}),
    )


def _draw_up(sources: _Sources, invoice_id: UUID, entry_date: date | None) -> Entry | Refusal:
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


def _record(session: TenantSession, posted: Sequence[Posted], actor: Actor) -> None:
    """Record the fact that locks the invoices, and who posted them."""
    record_facts(
        session,
        (
            NewFact(
                invoice_id=one.invoice_id,
                kind=Fact.POSTED.value,
                reference=public_id(ENTRY_PREFIX, one.entry_id),
                actor=actor.name,
            )
            for one in posted
            if one.entry_id
        ),
    )
    for one in posted:
        details = {"entry_date": str(one.entry_date)}
        record_audit(session, actor, "invoice.post", public_id(PREFIX, one.invoice_id), details)
