"""Facts and statuses: what happened is recorded, the displayed status follows (A49 to A55).

Facts are added, never changed. A status set by hand is a recorded change too; it shows until the
next successful send, export, payment or refund.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from bordereau.contract import Fact, Status
from bordereau.errors import Conflict, Invalid, NotFound
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.plumbing import among, chunked, forget
from bordereau.invoices.rules.facts import InvoiceFacts
from bordereau.invoices.rules.status import ENDS_OVERRIDE, derived_status
from bordereau.invoices.tables import Invoice, InvoiceFact, StatusChange
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id, uuid7

BOUNCED = "bounced"  # the mail came back: the one happening that is no success


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """Something that happened to an invoice.

    Attributes:
        kind: a `Fact`, or `bounced`.
        channel: how, for instance the name of the connection.
        delivery_id: the delivery that proves it; a delivery proves each kind once.
        reference: proof outside: a message id, a remote number, a receipt.
        amount: paid or refunded; a payment that was taken back is negative.
        unconfirmed: whether nobody but us says so (a file for hand import).

    """

    invoice_id: UUID
    kind: str
    at: datetime | None = None
    channel: str = ""
    delivery_id: UUID | None = None
    reference: str = ""
    amount: Decimal | None = None
    unconfirmed: bool = False
    actor: str = ""


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


def record_facts(session: TenantSession, facts: Iterable[NewFact]) -> tuple[StatusChanged, ...]:
    """Write facts, derive the statuses anew and return those that changed.

    A fact that a delivery has proven before is not written again. The number of statements does
    not depend on the number of facts, but for each thousand.

    Raises:
        Invalid: FACT_UNKNOWN, AMOUNT_MISSING.

    """
    changes: list[StatusChanged] = []
    for chunk in chunked(facts):
        for one in chunk:
            _check(one)
        written = _write(session, chunk)
        changes += _derive(session, written)
    return tuple(changes)


def change_status(
    session: TenantSession, invoice_id: UUID, status: Status, *, reason: str, actor: Actor
) -> StatusChanged:
    """Set the displayed status by hand; the facts stay as they are (row A54).

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Invalid: REASON_MISSING.
        Conflict: INVOICE_PROPOSED or INVOICE_VOIDED.

    """
    actor.must(Right.CHANGE_STATUS)
    if not reason.strip():
        raise Invalid("REASON_MISSING", "A manual change needs a reason.", where="reason")
    invoice = session.scalars(
        select(Invoice).where(Invoice.id == invoice_id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if invoice is None:
        raise NotFound("invoice", public_id(PREFIX, invoice_id))
    if invoice.state in {"proposed", "voided"}:
        raise Conflict(
            f"INVOICE_{invoice.state.upper()}", f"The invoice is {invoice.state}: it has no status."
        )
    before = Status(invoice.status)
    session.add(
        StatusChange(
            invoice_id=invoice_id,
            before=before.value,
            after=status.value,
            manual=True,
            actor=actor.name,
            reason=reason.strip(),
            at=datetime.now(UTC),
        )
    )
    invoice.status = status.value
    invoice.version += 1
    session.flush()
    details = {"before": before.value, "after": status.value, "reason": reason.strip()}
    record_audit(session, actor, "invoice.change_status", public_id(PREFIX, invoice_id), details)
    return _changed(invoice, invoice.buyer["name"], before, status)


def facts_of(session: TenantSession, invoice_ids: Collection[UUID]) -> dict[UUID, InvoiceFacts]:
    """Return what happened to each invoice, as the rules of status, change and credit see it."""
    credit = aliased(Invoice)
    credited = (
        select(credit.original_id, func.sum(credit.total).label("amount"))
        .where(among(credit.original_id, invoice_ids), credit.state == "issued")
        .group_by(credit.original_id)
        .subquery()
    )
    facts = _aggregated(invoice_ids)
    query = (
        select(
            Invoice.id,
            Invoice.total,
            Invoice.number,
            Invoice.state,
            Invoice.origin,
            func.coalesce(credited.c.amount, 0).label("credited"),
            facts,
        )
        .outerjoin(credited, credited.c.original_id == Invoice.id)
        .outerjoin(facts, facts.c.invoice_id == Invoice.id)
        .where(among(Invoice.id, invoice_ids))
    )
    return {row[0]: _facts(row) for row in session.execute(query)}


def _check(fact: NewFact) -> None:
    if fact.kind != BOUNCED and fact.kind not in set(Fact):
        raise Invalid("FACT_UNKNOWN", f"There is no fact {fact.kind!r}.", where="kind")
    if fact.kind in {Fact.PAID, Fact.REFUNDED} and fact.amount is None:
        raise Invalid("AMOUNT_MISSING", "A payment or refund has an amount.", where="amount")


def _write(session: TenantSession, facts: Sequence[NewFact]) -> dict[UUID, set[str]]:
    """Insert facts and return the new kinds of each invoice."""
    now = datetime.now(UTC)
    rows = [
        {
            "tenant_id": session.tenant_id,
            "id": uuid7(),
            "invoice_id": one.invoice_id,
            "kind": str(one.kind),
            "at": one.at or now,
            "channel": one.channel,
            "delivery_id": one.delivery_id,
            "reference": one.reference,
            "amount": one.amount,
            "unconfirmed": one.unconfirmed,
            "actor": one.actor,
        }
        for one in facts
    ]
    statement = (
        upsert(InvoiceFact)
        .on_conflict_do_nothing(index_elements=["tenant_id", "delivery_id", "kind"])
        .returning(InvoiceFact.invoice_id, InvoiceFact.kind)
    )
    written: dict[UUID, set[str]] = defaultdict(set)
    for invoice_id, kind in session.execute(statement, rows):
        written[invoice_id].add(kind)
    return written


def _derive(session: TenantSession, written: dict[UUID, set[str]]) -> list[StatusChanged]:
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
            changes.append(_changed(row, row.customer, before, after))
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


def _aggregated(invoice_ids: Collection[UUID]) -> Any:
    """Select what happened to each invoice in one row."""
    is_mail = InvoiceFact.kind.in_((Fact.EMAILED.value, BOUNCED))
    exported = InvoiceFact.kind == Fact.EXPORTED.value

    def amount(kind: Fact) -> Any:
        mine = InvoiceFact.kind == kind.value
        return func.coalesce(func.sum(InvoiceFact.amount).filter(mine), 0)

    return (
        select(
            InvoiceFact.invoice_id,
            func.array_agg(InvoiceFact.kind.distinct()).label("kinds"),
            amount(Fact.PAID).label("paid"),
            amount(Fact.REFUNDED).label("refunded"),
            func.bool_and(InvoiceFact.unconfirmed).filter(exported).label("unconfirmed"),
            func.max(case((is_mail, InvoiceFact.at))).label("mailed_at"),
            func.max(case((InvoiceFact.kind == BOUNCED, InvoiceFact.at))).label("bounced_at"),
        )
        .where(among(InvoiceFact.invoice_id, invoice_ids))
        .group_by(InvoiceFact.invoice_id)
        .subquery()
    )


def _facts(row: Any) -> InvoiceFacts:
    kinds = {kind for kind in row.kinds or () if kind != BOUNCED}
    return InvoiceFacts(
        total=row.total,
        number=row.number or "",
        happened=frozenset(map(Fact, kinds)),
        paid_amount=row.paid or Decimal(0),
        refunded_amount=row.refunded or Decimal(0),
        credited_amount=row.credited,
        voided=row.state == "voided",
        export_unconfirmed=bool(row.unconfirmed),
        bounced=row.bounced_at is not None and row.bounced_at >= row.mailed_at,
        automatic=row.origin in {"batch", "project"},
    )


def _changed(row: Any, customer: str, before: Status, after: Status) -> StatusChanged:
    return StatusChanged(row.id, row.number or "", customer, row.currency, row.total, before, after)
