"""The job `consign.v1`: carry a consignment through its channel, and ask before repeating.

The order of the step decides that nothing is lost or done twice:

1. the intent is committed: from here on these deliveries may have reached the far side;
2. what an earlier attempt left in doubt is looked up, where the far side can be asked;
3. what surely is not there is carried; no transaction is open meanwhile;
4. the answers are committed, and only then does booking conclude from them.

Killed anywhere, the step runs again from 1 and knows which deliveries are in doubt.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from bordereau.connections import carry, look_up
from bordereau.contract import DeliveryResult, Item, Outcome
from bordereau.output.booking import Booking
from bordereau.output.bulk import Columns, insert_missing
from bordereau.output.desk import Desk
from bordereau.output.forming import CONSIGN_JOB
from bordereau.output.lot import PREFIX, Lot, keep_key, take_lot
from bordereau.output.tables import DeliveryAttempt
from bordereau.output.unbooked import Unbooked
from bordereau.store import TenantSession
from bordereau.values.ids import TenantId, parse_id
from bordereau.work import Enqueue, Job, Result, reach

_CANNOT_ASK = "An attempt broke off, and the far side cannot be asked whether it arrived."


class Consigning:
    """Carries consignments."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._booking = Booking(desk)
        self._unbooked = Unbooked(desk)

    def job(self) -> Job:
        """Describe the job for the engine."""
        return Job(
            name=CONSIGN_JOB,
            step=self.step,
            book=self.book,
            exhausted=self.exhausted,
            unbooked=self.unbooked,
        )

    def step(self, tenant: TenantId, consignment_id: UUID, attempt: int) -> Result:
        """Carry what is open; the answers lie in `delivery_attempt`, not in the result."""
        reach("before-intent")
        with self._desk.database.tenant(tenant) as session:
            lot = take_lot(session, self._desk.connections, consignment_id, attempt)
        if not isinstance(lot, Lot):
            return lot
        reach("after-intent")
        answers = self._call(tenant, lot)
        reach("after-call")
        self._keep(tenant, lot, answers)
        reach("after-answers")
        return {"answered": len(answers), "silent": _silent(lot, answers)}

    def book(
        self,
        session: TenantSession,
        enqueue: Enqueue,
        _tenant: TenantId,
        consignment_id: UUID,
        _attempt: int,
        result: Result,
    ) -> None:
        """Conclude from the answers: states, facts, the next attempt."""
        if "parked" in result:
            self._booking.park(session, enqueue, consignment_id, float(result["parked"]))
        elif "barred" in result:
            self._booking.bar(session, consignment_id, str(result["barred"]))
        else:
            self._booking.conclude(
                session,
                enqueue,
                consignment_id,
                silent=bool(result.get("silent")),
                broken=bool(result.get("broken")),
            )

    def exhausted(self, _tenant: TenantId, _id: UUID, _attempt: int, _error: str) -> Result:
        """Book what answers there are; deliveries without one are in doubt."""
        return {"broken": True}

    def unbooked(
        self,
        session: TenantSession,
        enqueue: Enqueue,
        _tenant: TenantId,
        consignment_id: UUID,
        _attempt: int,
        error: str,
    ) -> None:
        """Book what can be booked; the rest is tried again later, or meets a person."""
        self._unbooked.settle(session, enqueue, consignment_id, error)

    def _call(self, tenant: TenantId, lot: Lot) -> list[DeliveryResult]:
        """Answer for every item: looked up where in doubt, carried where surely not there."""
        answers, rest = _ask(lot)
        if rest:
            consignment = lot.consignment(rest)
            if lot.in_doubt:
                with self._desk.database.tenant(tenant) as session:
                    keep_key(session, consignment)
            reach("before-call")
            answers += carry(lot.channel, consignment)
        return answers

    def _keep(self, tenant: TenantId, lot: Lot, answers: list[DeliveryResult]) -> None:
        if not answers:
            return
        ids = [answer.delivery_id for answer in answers]
        rows: Columns = {
            DeliveryAttempt.delivery_id: [parse_id(PREFIX, id_) for id_ in ids],
            DeliveryAttempt.attempt: [lot.attempts[id_] for id_ in ids],
            DeliveryAttempt.outcome: [answer.outcome.value for answer in answers],
            DeliveryAttempt.reference: [_storable(answer.reference) for answer in answers],
            DeliveryAttempt.message: [_storable(answer.message) for answer in answers],
            DeliveryAttempt.unconfirmed: [answer.unconfirmed for answer in answers],
            DeliveryAttempt.needs_attention: [answer.needs_attention for answer in answers],
            DeliveryAttempt.retry_after: [_seconds(answer.retry_after) for answer in answers],
        }
        with self._desk.database.tenant(tenant) as session:
            insert_missing(session, rows)


def _storable(text: str) -> str:
    """Take out of a plugin's text what the database cannot hold: NUL and halves of characters."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _seconds(wait: timedelta | None) -> int | None:
    return int(wait.total_seconds() + 0.999) if wait else None


def _ask(lot: Lot) -> tuple[list[DeliveryResult], list[Item]]:
    """Look up what is in doubt, under the key it was carried with; return what must be carried."""
    found: dict[str, DeliveryResult] = {}
    for key in sorted(set(lot.keys.values()) - {""}):
        doubts = [item for item in lot.in_doubt if lot.keys[item.delivery_id] == key]
        found |= _look_up(lot, doubts, key)
    if lot.in_doubt:
        reach("after-look-up")
    items = {item.delivery_id: item for item in (*lot.in_doubt, *lot.fresh)}
    rest = [items[id_] for id_ in lot.attempts if id_ not in found]
    return list(found.values()), rest


def _look_up(lot: Lot, doubts: list[Item], key: str) -> dict[str, DeliveryResult]:
    if lot.channel.features.can_find:
        found = look_up(lot.channel, lot.consignment(doubts, key))
        return {id_: _found(result) for id_, result in found.items()}
    nobody = DeliveryResult(delivery_id="", outcome=Outcome.UNKNOWN, message=_CANNOT_ASK)
    return {item.delivery_id: replace(nobody, delivery_id=item.delivery_id) for item in doubts}


def _silent(lot: Lot, answers: list[DeliveryResult]) -> bool:
    """Whether the channel was called and told nothing: it may be broken, or not there."""
    called = bool(lot.fresh) or lot.channel.features.can_find
    return bool(answers) and called and all(a.outcome is Outcome.UNKNOWN for a in answers)


def _found(result: DeliveryResult) -> DeliveryResult:
    """Read what a look-up says: what is there was adopted; what is not clear stays unknown."""
    if result.outcome is Outcome.CREATED:
        return replace(result, outcome=Outcome.ADOPTED)
    if result.outcome is Outcome.RETRY:
        return replace(result, outcome=Outcome.UNKNOWN)
    return result
