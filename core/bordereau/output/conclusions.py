"""What follows from answers, written: states of deliveries, facts of invoices, notices."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from bordereau.connections import Connections
from bordereau.connections.tables import Connection
from bordereau.invoices import NewFact, record_facts
from bordereau.invoices.tables import Invoice
from bordereau.output.answers import Answer
from bordereau.output.bulk import update_each
from bordereau.output.notices import tell_changes
from bordereau.output.tables import StoredDelivery
from bordereau.output.verdicts import Verdict
from bordereau.store import TenantSession, among
from bordereau.work import Enqueue


def write_answers(
    session: TenantSession,
    enqueue: Enqueue,
    connections: Connections,
    connection: Connection,
    answers: Sequence[Answer],
    verdicts: Sequence[Verdict],
    *,
    actor: str = "",
) -> None:
    """Write states and facts of deliveries, and let plugins hear of changed statuses."""
    if not answers:
        return
    _write_states(session, answers, verdicts)
    facts = [
        NewFact(
            invoice_id=answer.invoice_id,
            kind=kind,
            channel=connection.name,
            delivery_id=answer.id,
            reference=answer.reference,
            unconfirmed=answer.unconfirmed,
            actor=actor,
        )
        for answer, verdict in zip(answers, verdicts, strict=True)
        if verdict.state == "done"
        for kind in answer.facts
    ]
    if facts:
        _lock_invoices(session, {fact.invoice_id for fact in facts})
        changes = record_facts(session, facts)
        if connections.host.hears("bordereau_status_changed"):
            tell_changes(session, enqueue, changes)


def _write_states(
    session: TenantSession, answers: Sequence[Answer], verdicts: Sequence[Verdict]
) -> None:
    """Write the columns of deliveries that an answer decides."""
    update_each(
        session,
        StoredDelivery.id,
        {
            StoredDelivery.id: [answer.id for answer in answers],
            StoredDelivery.state: [verdict.state for verdict in verdicts],
            StoredDelivery.code: [verdict.code for verdict in verdicts],
            StoredDelivery.in_doubt: [verdict.in_doubt for verdict in verdicts],
            StoredDelivery.outcome: [answer.outcome.value for answer in answers],
            StoredDelivery.reference: [answer.reference for answer in answers],
            StoredDelivery.message: [answer.message for answer in answers],
        },
        changed_at=datetime.now(UTC),
    )


def _lock_invoices(session: TenantSession, ids: Collection[UUID]) -> None:
    """Lock invoices before facts name them, so that two channels of one do not lock each other."""
    query = select(Invoice.id).where(among(Invoice.id, ids)).order_by(Invoice.id)
    session.execute(query.with_for_update(key_share=True))
