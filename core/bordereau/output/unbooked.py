"""When answers cannot be booked: the database refuses what follows from them, time after time.

What the far side said is kept, so nothing is lost and nothing has to be sent again. Each delivery
is booked alone, so that one holds up no others. What still cannot be booked is tried again with
growing pauses, and then waits for a person as WORK_FAILED.
"""

import logging
from collections.abc import Collection, Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, update

from bordereau.connections.tables import Connection
from bordereau.output.answers import Answer, answers_of
from bordereau.output.attempts import lock_consignment, next_attempt
from bordereau.output.booking import verdict_on
from bordereau.output.conclusions import write_answers
from bordereau.output.desk import Desk
from bordereau.output.tables import StoredDelivery
from bordereau.output.verdicts import Verdict
from bordereau.store import TenantSession
from bordereau.work import Enqueue, code_of, passes

log = logging.getLogger(__name__)


class Unbooked:
    """Books what can be booked of a consignment, and deals with the rest."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def settle(
        self, session: TenantSession, enqueue: Enqueue, consignment_id: UUID, error: str
    ) -> None:
        """Book each answer alone; try the others again later, or put them before a person.

        Args:
            session: the transaction.
            enqueue: puts the next attempt on its queue in the same transaction.
            consignment_id: what was carried.
            error: the code of what went wrong.

        """
        stored = lock_consignment(session, consignment_id)
        connection = self._desk.connections.get(session, stored.connection_id)
        booked = dict(self._book_each(session, enqueue, connection, consignment_id))
        waits = [verdict.again for verdict in booked.values() if verdict.again is not None]
        waits += self._count(session, consignment_id, booked, error)
        if waits:
            next_attempt(session, enqueue, connection, stored, max(waits))

    def _book_each(
        self, session: TenantSession, enqueue: Enqueue, connection: Connection, consignment_id: UUID
    ) -> Iterator[tuple[UUID, Verdict]]:
        for answer in list(answers_of(session, consignment_id, broken=False)):
            verdict = verdict_on(self._desk, connection, answer)
            if self._book(session, enqueue, connection, answer, verdict):
                yield answer.id, verdict

    def _book(
        self,
        session: TenantSession,
        enqueue: Enqueue,
        connection: Connection,
        answer: Answer,
        verdict: Verdict,
    ) -> bool:
        connections = self._desk.connections
        try:
            with session.begin_nested():
                write_answers(session, enqueue, connections, connection, [answer], [verdict])
        except Exception as error:
            if passes(error):
                raise
            log.warning("delivery %s could not be booked: %s", answer.id, code_of(error))
            return False
        return True

    def _count(
        self, session: TenantSession, consignment_id: UUID, booked: Collection[UUID], error: str
    ) -> list[timedelta]:
        """Count a try of what is left; return how long it waits before the next."""
        pace = self._desk.pace
        tried = session.execute(
            update(StoredDelivery)
            .where(
                StoredDelivery.consignment_id == consignment_id,
                StoredDelivery.state.in_(("waiting", "sending")),
                StoredDelivery.id.not_in(booked),
            )
            .values(tries=StoredDelivery.tries + 1, changed_at=func.now())
            .returning(StoredDelivery.id, StoredDelivery.tries)
        ).all()
        _hold(session, [row.id for row in tried if row.tries >= pace.tries], error)
        return [pace.wait(row.tries - 1) for row in tried if row.tries < pace.tries]


def _hold(session: TenantSession, ids: list[UUID], error: str) -> None:
    """Put deliveries before a person; whether they arrived stays known or in doubt as it is."""
    if not ids:
        return
    message = (
        f"What the far side answered is kept, but could not be booked ({error})."
        " Try again; if that fails too, ask the operator to look into the log."
    )
    session.execute(
        update(StoredDelivery)
        .where(StoredDelivery.id.in_(ids))
        .values(state="attention", code="WORK_FAILED", message=message)
    )
