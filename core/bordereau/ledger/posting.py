"""Posting: issued invoices and credit notes get their entry and are locked for good (row B62).

The number of statements does not depend on the number of invoices, but for each thousand.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from bordereau.contract import Fact
from bordereau.invoices import NewFact, record_facts
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.plumbing import CHUNK
from bordereau.invoices.tables import Invoice
from bordereau.ledger.drawing_up import Refusal, draw_up, read_sources
from bordereau.ledger.invoice_filter import InvoiceFilter
from bordereau.ledger.reading import is_posted
from bordereau.ledger.rules.entries import Entry
from bordereau.ledger.writing import ENTRY_PREFIX, write_entries
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import TenantId, public_id


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
    sources = read_sources(session, ids)
    drawn = [draw_up(sources, one, entry_date) for one in ids]
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
