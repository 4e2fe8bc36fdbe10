"""Facts: what happened to an invoice is recorded, the displayed status follows (A49 to A55).

Facts are added, never changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert

from bordereau.contract import Fact
from bordereau.errors import Invalid
from bordereau.invoices.facts.statuses import StatusChanged, derive_statuses
from bordereau.invoices.plumbing import chunked
from bordereau.invoices.rules.facts import BOUNCED
from bordereau.invoices.tables import InvoiceFact
from bordereau.store import TenantSession
from bordereau.values.ids import uuid7


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
        changes += derive_statuses(session, written)
    return tuple(changes)


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
