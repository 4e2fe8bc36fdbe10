"""Answers: what the far side said last about a delivery, as booking reads it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from bordereau.contract import Outcome
from bordereau.output.tables import DeliveryAttempt, StoredDelivery
from bordereau.store import TenantSession

_NO_ANSWER = "The work broke off before an answer was kept; it may have arrived."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A delivery that was being sent, and what is known now."""

    id: UUID
    invoice_id: UUID
    facts: Sequence[str]
    tries: int
    outcome: Outcome
    reference: str
    message: str
    unconfirmed: bool
    needs_attention: bool
    retry_after: timedelta | None


def answers_of(session: TenantSession, consignment_id: UUID, *, broken: bool) -> Iterator[Answer]:
    """Read the answers kept for the deliveries of a consignment that are being sent.

    With `broken` those without an answer are given too, as unknown.
    """
    last = and_(
        DeliveryAttempt.delivery_id == StoredDelivery.id,
        DeliveryAttempt.attempt == StoredDelivery.attempts,
    )
    query = (
        select(
            StoredDelivery.id,
            StoredDelivery.invoice_id,
            StoredDelivery.facts,
            StoredDelivery.tries,
            DeliveryAttempt.outcome,
            DeliveryAttempt.reference,
            DeliveryAttempt.message,
            DeliveryAttempt.unconfirmed,
            DeliveryAttempt.needs_attention,
            DeliveryAttempt.retry_after,
        )
        .join(DeliveryAttempt, last, isouter=True)
        .where(StoredDelivery.consignment_id == consignment_id, StoredDelivery.state == "sending")
        .order_by(StoredDelivery.id)
        .with_for_update(of=StoredDelivery)
    )
    for row in session.execute(query):
        if row.outcome is not None or broken:
            yield _answer(row, None if row.outcome is None else row)


def answer_of(delivery: StoredDelivery, kept: DeliveryAttempt | None) -> Answer:
    """Put a delivery and its last answer together; without one nobody knows."""
    return _answer(delivery, kept)


def _answer(delivery: Any, kept: Any) -> Answer:
    wait = None if kept is None or kept.retry_after is None else timedelta(seconds=kept.retry_after)
    return Answer(
        id=delivery.id,
        invoice_id=delivery.invoice_id,
        facts=delivery.facts,
        tries=delivery.tries,
        outcome=Outcome(kept.outcome) if kept else Outcome.UNKNOWN,
        reference=kept.reference if kept else "",
        message=kept.message if kept else _NO_ANSWER,
        unconfirmed=kept.unconfirmed if kept else False,
        needs_attention=kept.needs_attention if kept else False,
        retry_after=wait,
    )
