"""Concluding from answers, in one transaction: states, facts, the next attempt, the connection."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from bordereau.connections import ask_to_reconnect, pause
from bordereau.connections.tables import Connection
from bordereau.contract import Channel
from bordereau.output.answers import Answer, answers_of
from bordereau.output.attempts import lock_consignment, next_attempt
from bordereau.output.conclusions import write_answers
from bordereau.output.desk import Desk
from bordereau.output.reasons import text_of
from bordereau.output.tables import StoredConsignment, StoredDelivery
from bordereau.output.verdicts import Verdict, judge
from bordereau.store import TenantSession
from bordereau.work import Enqueue

LONGEST_REST = timedelta(days=1)


class Booking:
    """Books the answers of consignments."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def conclude(
        self,
        session: TenantSession,
        enqueue: Enqueue,
        consignment_id: UUID,
        *,
        silent: bool = False,
        broken: bool = False,
    ) -> None:
        """Book what was answered.

        Args:
            session: the transaction.
            enqueue: puts the next attempt on its queue in the same transaction.
            consignment_id: what was carried.
            silent: the channel gave no answer for anything it was given.
            broken: the work itself failed, so deliveries without an answer are in doubt.

        """
        stored = lock_consignment(session, consignment_id)
        connection = self._desk.connections.get(session, stored.connection_id)
        answers = list(answers_of(session, consignment_id, broken=broken))
        verdicts = [verdict_on(self._desk, connection, answer) for answer in answers]
        if verdicts and all(verdict.code == "ACTION_REQUIRED" for verdict in verdicts):
            ask_to_reconnect(session, connection.id, answers[0].message)
            verdicts = [replace(verdict, code="RECONNECT") for verdict in verdicts]
        self._rest(session, connection, answers, silent=silent)
        write_answers(session, enqueue, self._desk.connections, connection, answers, verdicts)
        waits = [verdict.again for verdict in verdicts if verdict.again is not None]
        if broken and not waits:
            waits = self._begin_again(session, stored)
        if waits:
            next_attempt(session, enqueue, connection, stored, max(waits))

    def park(
        self, session: TenantSession, enqueue: Enqueue, consignment_id: UUID, seconds: float
    ) -> None:
        """Try again when the connection has rested; nothing was sent."""
        stored = lock_consignment(session, consignment_id)
        connection = self._desk.connections.get(session, stored.connection_id)
        next_attempt(session, enqueue, connection, stored, timedelta(seconds=seconds))

    def bar(self, session: TenantSession, consignment_id: UUID, code: str) -> None:
        """Put what is open before a person: the channel cannot be used. Doubts stay doubts."""
        stored = lock_consignment(session, consignment_id)
        connection = self._desk.connections.get(session, stored.connection_id)
        session.execute(
            update(StoredDelivery)
            .where(
                StoredDelivery.consignment_id == consignment_id,
                StoredDelivery.state.in_(("waiting", "sending")),
            )
            .values(
                state="attention",
                code=code,
                message=f"{text_of(code)} {connection.problem}".strip(),
                changed_at=func.now(),
            )
        )

    def _rest(
        self,
        session: TenantSession,
        connection: Connection,
        answers: Sequence[Answer],
        *,
        silent: bool,
    ) -> None:
        """Rest a connection that asked for a long pause, or that has given no answer for long."""
        pace = self._desk.pace
        first = [answer for answer in answers if answer.tries == 1]
        longest = max(first, key=lambda a: a.retry_after or timedelta(), default=None)
        if longest and longest.retry_after and longest.retry_after > pace.park_after:
            until = datetime.now(UTC) + longest.retry_after
            pause(session, connection.id, until, longest.message)
        if silent and answers:
            failures = session.scalars(
                update(Connection)
                .where(Connection.id == connection.id)
                .values(failures=Connection.failures + 1)
                .returning(Connection.failures)
            ).one()
            if failures >= pace.breaks:
                rest = min(pace.rest * 2 ** min(failures - pace.breaks, 10), LONGEST_REST)
                problem = f"It gave no answer {failures} times in a row: {answers[0].message}"
                pause(session, connection.id, datetime.now(UTC) + rest, problem)
        elif connection.failures and answers:
            connection.failures = 0

    def _begin_again(self, session: TenantSession, stored: StoredConsignment) -> list[timedelta]:
        """Say how long deliveries wait that the failed work never began with."""
        begun = (
            StoredDelivery.consignment_id == stored.id,
            StoredDelivery.state == "waiting",
        )
        if stored.attempt < self._desk.pace.tries:
            left = session.scalar(select(func.count()).where(*begun))
            return [self._desk.pace.wait(stored.attempt)] if left else []
        session.execute(
            update(StoredDelivery)
            .where(*begun)
            .values(state="attention", code="WORK_FAILED", message=text_of("WORK_FAILED"))
        )
        return []


def verdict_on(desk: Desk, connection: Connection, answer: Answer) -> Verdict:
    """Judge an answer that came through a connection."""
    offered = desk.connections.offered(connection)
    return judge(
        answer.outcome,
        tries=answer.tries,
        pace=desk.pace,
        can_find=(
            offered is not None and issubclass(offered, Channel) and offered.features.can_find
        ),
        needs_attention=answer.needs_attention,
        retry_after=answer.retry_after,
    )
