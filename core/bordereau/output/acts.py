"""What a person does about deliveries: try again, decide what nobody can know, cancel, dismiss."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import func, insert, select, update

from bordereau.connections import Connections
from bordereau.contract import Outcome
from bordereau.errors import Conflict, NotFound
from bordereau.output.answers import answer_of
from bordereau.output.conclusions import write_answers
from bordereau.output.inbox import needs_person
from bordereau.output.requeue import send_again
from bordereau.output.tables import DeliveryAttempt, StoredDelivery
from bordereau.output.verdicts import Verdict
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id
from bordereau.work import Enqueue

PREFIX = "dlv"
Decision = Literal["resend", "arrived"]


def retry_failed(
    session: TenantSession,
    enqueue: Enqueue,
    connections: Connections,
    actor: Actor,
    *,
    order_id: UUID | None = None,
    code: str | None = None,
    connection_id: UUID | None = None,
    delivery_ids: Sequence[UUID] | None = None,
) -> int:
    """Try again what was refused or held, after the cure; return how many deliveries go.

    What nobody can know the fate of is left alone: `resolve_unknown` is for that. Deliveries that
    were skipped or cancelled go only if they are named.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    actor.must(Right.DELIVER)
    states = ["attention", "rejected"]
    query = select(StoredDelivery).order_by(StoredDelivery.id).with_for_update()
    if order_id is not None:
        query = query.where(StoredDelivery.order_id == order_id)
    if code is not None:
        query = query.where(StoredDelivery.code == code)
    if connection_id is not None:
        query = query.where(StoredDelivery.connection_id == connection_id)
    if delivery_ids is not None:
        query = query.where(StoredDelivery.id.in_(delivery_ids))
        states.append("skipped")
    rows = session.scalars(
        query.where(StoredDelivery.state.in_(states), StoredDelivery.code != "PENDING_TOO_LONG")
    ).all()
    went = send_again(session, enqueue, connections, rows)
    details = {"code": code, "deliveries": went}
    record_audit(session, actor, "output.retry", str(order_id or connection_id or ""), details)
    return went


def resolve_unknown(
    session: TenantSession,
    enqueue: Enqueue,
    connections: Connections,
    actor: Actor,
    delivery_id: UUID,
    decision: Decision,
) -> None:
    """Say what became of a delivery that nobody can ask about: it arrived, or send it again.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: the tenant has no such delivery.
        Conflict: NOT_UNKNOWN, its fate is known or still being found out.

    """
    actor.must(Right.DELIVER)
    row = _lock(session, delivery_id)
    late = row.code == "PENDING_TOO_LONG"
    if row.connection_id is None or not (row.state == "unknown" or late):
        raise Conflict(
            "NOT_UNKNOWN",
            "What became of this delivery is known, or still being found out.",
            hint="Look at its present state.",
        )
    connection = connections.get(session, row.connection_id)
    record_audit(session, actor, f"delivery.{decision}", public_id(PREFIX, row.id))
    if decision == "arrived":
        kept = _answer_by(session, row, actor)
        answer, verdict = answer_of(row, kept), Verdict(state="done")
        write_answers(
            session, enqueue, connections, connection, [answer], [verdict], actor=actor.name
        )
        return
    row.in_doubt = False
    session.flush()
    send_again(session, enqueue, connections, [row])


def cancel(
    session: TenantSession,
    actor: Actor,
    *,
    order_id: UUID | None = None,
    delivery_ids: Sequence[UUID] | None = None,
) -> int:
    """Cancel what surely did not leave yet; return how many deliveries.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    actor.must(Right.DELIVER)
    change = update(StoredDelivery).where(
        StoredDelivery.state.in_(("waiting", "attention", "rejected")),
        StoredDelivery.in_doubt.is_(False),
    )
    if order_id is not None:
        change = change.where(StoredDelivery.order_id == order_id)
    if delivery_ids is not None:
        change = change.where(StoredDelivery.id.in_(delivery_ids))
    gone = session.scalars(
        change.values(state="skipped", code="CANCELLED", changed_at=func.now()).returning(
            StoredDelivery.id
        )
    ).all()
    record_audit(session, actor, "output.cancel", str(order_id or ""), {"deliveries": len(gone)})
    return len(gone)


def dismiss(session: TenantSession, actor: Actor, delivery_id: UUID) -> None:
    """Take a finished delivery off the list of what should be looked at.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: the tenant has no such delivery on the list.

    """
    actor.must(Right.DELIVER)
    query = select(StoredDelivery).where(StoredDelivery.id == delivery_id, needs_person())
    row = session.scalar(query.where(StoredDelivery.state == "done"))
    if row is None:
        raise NotFound("delivery", public_id(PREFIX, delivery_id))
    row.code = ""
    record_audit(session, actor, "delivery.dismiss", public_id(PREFIX, delivery_id))


def confirm(
    session: TenantSession,
    enqueue: Enqueue,
    connections: Connections,
    delivery_id: UUID,
    *,
    outcome: Outcome,
    reference: str = "",
    message: str = "",
) -> None:
    """Book what a far side says later about a pending delivery, in the same way as an answer.

    Raises:
        NotFound: the tenant has no such delivery.
        Conflict: NOT_PENDING.

    """
    row = _lock(session, delivery_id)
    if row.connection_id is None or (row.state != "pending" and row.code != "PENDING_TOO_LONG"):
        raise Conflict("NOT_PENDING", "This delivery waits for no confirmation.")
    if not (outcome.done or outcome is Outcome.REJECTED):
        raise Conflict("NOT_FINAL", "A confirmation says that it is there, or that it is refused.")
    row.attempts += 1
    kept = DeliveryAttempt(
        delivery_id=row.id,
        attempt=row.attempts,
        outcome=outcome.value,
        reference=reference,
        message=message,
        unconfirmed=False,
        needs_attention=False,
    )
    session.add(kept)
    session.flush()
    verdict = Verdict(state="done") if outcome.done else Verdict(state="rejected", code="REJECTED")
    connection = connections.get(session, row.connection_id)
    write_answers(session, enqueue, connections, connection, [answer_of(row, kept)], [verdict])


def _answer_by(session: TenantSession, row: StoredDelivery, actor: Actor) -> DeliveryAttempt:
    """Keep a person's word as the answer of one more attempt."""
    row.attempts += 1
    session.flush()
    values = {
        "delivery_id": row.id,
        "attempt": row.attempts,
        "outcome": Outcome.ADOPTED.value,
        "reference": row.reference,
        "message": f"{actor.name} says that it arrived.",
        "actor": actor.name,
    }
    session.execute(insert(DeliveryAttempt).values(tenant_id=session.tenant_id, **values))
    return session.get_one(DeliveryAttempt, (session.tenant_id, row.id, row.attempts))


def _lock(session: TenantSession, delivery_id: UUID) -> StoredDelivery:
    query = select(StoredDelivery).where(StoredDelivery.id == delivery_id)
    row = session.scalar(query.with_for_update())
    if row is None:
        raise NotFound("delivery", public_id(PREFIX, delivery_id))
    return row
