"""The sweeper: finds deliveries whose work is gone, and wakes connections that have rested.

Work normally ends by itself. This closes the gap that a bug, a restored backup or a removed plugin
may leave: what stands still for long is compared with the engine and goes on, or meets a person.
A call that a plugin does not come back from is reported, because only a restart can end it.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from bordereau.connections.tables import Connection
from bordereau.output.attempts import lock_consignment, next_attempt
from bordereau.output.desk import Desk
from bordereau.output.dispatch import RENDER_JOB, RENDER_QUEUE
from bordereau.output.forming import CONSIGN_JOB
from bordereau.output.reasons import text_of
from bordereau.output.tables import RenderChunk, StoredConsignment, StoredDelivery
from bordereau.store import TenantSession, tenant_ids
from bordereau.values.ids import TenantId
from bordereau.work import Engine, Recurring, Standing, work_id

LIMIT = 1000

log = logging.getLogger(__name__)


class Sweeper:
    """Sweeps all tenants; harmless when repeated."""

    def __init__(self, desk: Desk, engine: Callable[[], Engine]) -> None:
        """Make a sweeper; the engine is asked for late, because it must know the sweeper first."""
        self._desk = desk
        self._engine = engine

    def recurring(self) -> Recurring:
        """Describe the job for the engine's clock."""
        return Recurring(name="sweep-deliveries", cron="30 */5 * * * *", run=self.run)

    def run(self, _due: datetime) -> None:
        """Sweep every tenant; one that fails stops no other."""
        with self._desk.database.operator() as operator:
            tenants = tenant_ids(operator)
        for tenant in tenants:
            try:
                self.sweep(tenant)
            except Exception:
                log.exception("tenant %s could not be swept", tenant)

    def sweep(self, tenant: TenantId) -> int:
        """Sweep one tenant; return how many pieces of work were begun again."""
        with self._desk.database.tenant(tenant) as session:
            _wake(session)
            self._give_up_pending(session)
            consignments, chunks = self._stale(session)
        dead = [
            *((self._carry_again, *one) for one in self._dead(tenant, CONSIGN_JOB, consignments)),
            *((self._render_again, *one) for one in self._dead(tenant, RENDER_JOB, chunks)),
        ]
        again = 0
        for begin_again, id_, attempt in dead:
            try:
                with self._desk.database.tenant(tenant) as session:
                    again += begin_again(session, id_, attempt)
            except Exception:
                log.exception("the work on %s of tenant %s could not be begun again", id_, tenant)
        with self._desk.database.tenant(tenant) as session:
            self._report_overdue(session)
        return again

    def _stale(self, session: TenantSession) -> tuple[dict[UUID, int], dict[UUID, int]]:
        """Return consignments and chunks, with their attempts, whose deliveries stand still."""
        still = (
            StoredDelivery.state.in_(("waiting", "sending")),
            StoredDelivery.changed_at < datetime.now(UTC) - self._desk.pace.stale,
        )
        carried = session.execute(
            select(StoredConsignment.id, StoredConsignment.attempt)
            .join(StoredDelivery, StoredDelivery.consignment_id == StoredConsignment.id)
            .where(*still)
            .distinct()
            .limit(LIMIT)
        )
        prepared = session.execute(
            select(RenderChunk.id, RenderChunk.attempt)
            .join(StoredDelivery, StoredDelivery.chunk_id == RenderChunk.id)
            .where(*still, StoredDelivery.consignment_id.is_(None))
            .distinct()
            .limit(LIMIT)
        )
        return {row[0]: row[1] for row in carried}, {row[0]: row[1] for row in prepared}

    def _dead(
        self, tenant: TenantId, job: str, attempts: dict[UUID, int]
    ) -> list[tuple[UUID, int]]:
        """Return those that the engine will not end: gone, failed, or on a queue nobody serves."""
        names = {work_id(job, tenant, id_, at): (id_, at) for id_, at in attempts.items()}
        standing = self._engine().standing(list(names))
        unserved = self._unserved(tenant, list(attempts)) if job == CONSIGN_JOB else set()
        return [
            found
            for name, found in names.items()
            if standing[name] is not Standing.ALIVE or found[0] in unserved
        ]

    def _unserved(self, tenant: TenantId, ids: list[UUID]) -> set[UUID]:
        with self._desk.database.tenant(tenant) as session:
            rows = session.execute(
                select(StoredConsignment.id, Connection)
                .join(Connection, Connection.id == StoredConsignment.connection_id)
                .where(StoredConsignment.id.in_(ids))
            )
            return {id_ for id_, row in rows if self._desk.connections.offered(row) is None}

    def _carry_again(self, session: TenantSession, id_: UUID, attempt: int) -> bool:
        stored = lock_consignment(session, id_)
        if stored.attempt != attempt:
            return False  # it went on in between
        connection = self._desk.connections.get(session, stored.connection_id)
        missing = self._desk.connections.offered(connection) is None
        limit = 0 if missing else self._desk.pace.tries
        code = "PLUGIN_MISSING" if missing else "WORK_FAILED"
        left = _hold_spent(session, StoredDelivery.consignment_id == id_, limit, code)
        if left:
            log.warning("consignment %s had no work; it is carried again", id_)
            next_attempt(session, self._engine().enqueuer(), connection, stored)
        return left

    def _render_again(self, session: TenantSession, id_: UUID, attempt: int) -> bool:
        chunk = session.get(RenderChunk, (session.tenant_id, id_), with_for_update=True)
        if chunk is None or chunk.attempt != attempt:
            return False
        limit = self._desk.pace.tries if attempt < self._desk.pace.tries else 0
        unformed = (StoredDelivery.chunk_id == id_) & StoredDelivery.consignment_id.is_(None)
        left = _hold_spent(session, unformed, limit, "WORK_FAILED")
        if left:
            log.warning("chunk %s had no work; it is prepared again", id_)
            chunk.attempt += 1
            session.flush()
            self._engine().enqueuer()(session, RENDER_JOB, RENDER_QUEUE, id_, attempt=chunk.attempt)
        return left

    def _report_overdue(self, session: TenantSession) -> None:
        """Report calls that take too long; what has no work any more has just been begun again."""
        late = session.scalars(
            update(StoredDelivery)
            .where(
                StoredDelivery.state == "sending",
                StoredDelivery.code == "",
                StoredDelivery.changed_at < datetime.now(UTC) - self._desk.pace.overdue,
            )
            .values(code="CALL_TOO_LONG", message=text_of("CALL_TOO_LONG"))
            .returning(StoredDelivery.consignment_id)
        ).all()
        for consignment_id in sorted(set(filter(None, late))):
            log.error("CALL_TOO_LONG: consignment %s has no answer yet", consignment_id)

    def _give_up_pending(self, session: TenantSession) -> None:
        session.execute(
            update(StoredDelivery)
            .where(
                StoredDelivery.state == "pending",
                StoredDelivery.changed_at < datetime.now(UTC) - self._desk.pace.pending,
            )
            .values(
                state="attention",
                code="PENDING_TOO_LONG",
                in_doubt=True,
                message=text_of("PENDING_TOO_LONG"),
                changed_at=func.now(),
            )
        )


def _wake(session: TenantSession) -> None:
    """Mark connections that have rested long enough; their work comes back by itself."""
    session.execute(
        update(Connection)
        .where(Connection.state == "paused", Connection.paused_until <= func.now())
        .values(state="ok", paused_until=None, problem="")
    )


def _hold_spent(session: TenantSession, where: ColumnElement[bool], tries: int, code: str) -> bool:
    """Put those whose tries are spent before a person; say whether others are left to go on.

    That counts as a try too: work that fails before it can count its own is not begun for ever.
    """
    open_ = (where, StoredDelivery.state.in_(("waiting", "sending")))
    session.execute(
        update(StoredDelivery)
        .where(*open_, StoredDelivery.tries >= tries)
        .values(state="attention", code=code, message=text_of(code), changed_at=func.now())
    )
    left = session.scalars(
        update(StoredDelivery)
        .where(*open_)
        .values(changed_at=func.now(), tries=StoredDelivery.tries + 1)
        .returning(StoredDelivery.id)
    )
    return bool(left.all())
