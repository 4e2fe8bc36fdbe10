"""Facts of finished deliveries, and who must hear of the changed status."""

from collections.abc import Sequence

from sqlalchemy import select, update

from bordereau.contract import Fact
from bordereau.invoices.tables import Invoice, InvoiceFact, StatusChange
from bordereau.store import TenantSession
from bordereau.values.ids import uuid7


def record_facts(session: TenantSession, facts: Sequence[InvoiceFact]) -> list[StatusChange]:
    """Temporary: until the invoices room has it."""
    session.add_all(facts)
    changes = []
    for fact in facts:
        wanted = {Fact.EMAILED: "sent", Fact.EXPORTED: "exported"}.get(Fact(fact.kind))
        before = session.scalar(select(Invoice.status).where(Invoice.id == fact.invoice_id))
        if wanted and before in ("draft", "exported") and before != wanted:
            change = StatusChange(
                id=uuid7(), invoice_id=fact.invoice_id, before=before, after=wanted
            )
            session.add(change)
            session.execute(
                update(Invoice).where(Invoice.id == fact.invoice_id).values(status=wanted)
            )
            changes.append(change)
    return changes
