"""What one attempt at a consignment carries: read, and the intent written, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import and_, func, select, update

from bordereau.connections import Connections
from bordereau.contract import AnyChannel, Artifact, Consignment, Document, Item, from_canonical
from bordereau.errors import BordereauError, NotFound, SetupError
from bordereau.invoices.tables import Invoice
from bordereau.output.bulk import QUIET
from bordereau.output.keys import request_key
from bordereau.output.reasons import text_of
from bordereau.output.tables import (
    DeliveryAttempt,
    StoredArtifact,
    StoredConsignment,
    StoredDelivery,
)
from bordereau.store import TenantSession, among
from bordereau.values.ids import parse_id, public_id
from bordereau.work import Result

PREFIX = "dlv"


class Member(NamedTuple):
    """An open delivery as it is stored."""

    id: UUID
    invoice_id: UUID
    media: list[str]
    layout: str
    recipient: str
    in_doubt: bool
    attempts: int
    request_key: str
    document: str
    voided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """The open deliveries of a consignment, marked as being sent.

    Attributes:
        in_doubt: those that an earlier attempt may have brought to the far side.
        fresh: those that surely were never sent.
        attempts: the number of this answer, by delivery.
        keys: the key under which those in doubt were carried; empty if they never were.
        members: how many deliveries the consignment has in all.

    """

    channel: AnyChannel
    key: str
    title: str
    attempt: int
    members: int
    in_doubt: tuple[Item, ...]
    fresh: tuple[Item, ...]
    attempts: dict[str, int]
    keys: dict[str, str]

    def consignment(self, items: Sequence[Item], key: str = "") -> Consignment:
        """Return a consignment of some of the items, by default under the key that is theirs."""
        ids = [parse_id(PREFIX, item.delivery_id) for item in items]
        return Consignment(
            request_key=key or request_key(self.key, self.members, ids),
            title=self.title,
            items=tuple(items),
            attempt=self.attempt,
        )


def take_lot(
    session: TenantSession, connections: Connections, consignment_id: UUID, attempt: int
) -> Lot | Result:
    """Mark the open deliveries as being sent and return them, or say why nothing may be sent.

    Deliveries whose answer is kept already, from an attempt that broke off before it was booked,
    are left alone: booking finds that answer. Those of an invoice that was voided meanwhile, and
    that surely did not leave, end here as cancelled.
    """
    stored = session.get(StoredConsignment, (session.tenant_id, consignment_id))
    if stored is None:
        raise NotFound("consignment", public_id("csg", consignment_id))
    connection = connections.get(session, stored.connection_id)
    if connection.state == "paused" and connection.paused_until is not None:
        seconds = (connection.paused_until - datetime.now(UTC)).total_seconds()
        if seconds > 0:
            return {"parked": seconds}
    try:
        channel = cast("AnyChannel", connections.build(session, connection))
    except BordereauError as error:
        return {"barred": _code(error)}
    rows = _without_voided(session, _unanswered(session, consignment_id))
    counted = select(func.count()).where(StoredDelivery.consignment_id == consignment_id)
    members = session.scalar(counted) or 0
    _intend(session, rows, stored.request_key, members)
    files = _files(session, rows)
    items = {row.id: _item(row, files) for row in rows}
    return Lot(
        channel=channel,
        key=stored.request_key,
        title=stored.title,
        attempt=attempt,
        members=members,
        in_doubt=tuple(items[row.id] for row in rows if row.in_doubt),
        fresh=tuple(items[row.id] for row in rows if not row.in_doubt),
        attempts={items[row.id].delivery_id: row.attempts + 1 for row in rows},
        keys={items[row.id].delivery_id: row.request_key for row in rows if row.in_doubt},
    )


def _unanswered(session: TenantSession, consignment_id: UUID) -> list[Member]:
    """Lock the open deliveries that have no answer kept for their last attempt."""
    answered = and_(
        DeliveryAttempt.delivery_id == StoredDelivery.id,
        DeliveryAttempt.attempt == StoredDelivery.attempts,
    )
    query = (
        select(
            StoredDelivery.id,
            StoredDelivery.invoice_id,
            StoredDelivery.media,
            StoredDelivery.layout,
            StoredDelivery.recipient,
            StoredDelivery.in_doubt,
            StoredDelivery.attempts,
            StoredDelivery.request_key,
            func.coalesce(Invoice.document, ""),
            (Invoice.state == "voided").label("voided"),
        )
        .join(Invoice, Invoice.id == StoredDelivery.invoice_id)
        .where(
            StoredDelivery.consignment_id == consignment_id,
            (StoredDelivery.state == "waiting")
            | ((StoredDelivery.state == "sending") & ~select(1).where(answered).exists()),
        )
        .order_by(Invoice.series_id, Invoice.sequence, StoredDelivery.id)
        .with_for_update(of=StoredDelivery)
    )
    return [Member._make(row) for row in session.execute(query)]


def _without_voided(session: TenantSession, rows: list[Member]) -> list[Member]:
    """Cancel what must not be sent any more and return the rest."""
    gone = [row.id for row in rows if row.voided and not row.in_doubt]
    if gone:
        session.execute(
            update(StoredDelivery)
            .where(StoredDelivery.id.in_(gone))
            .values(
                state="skipped",
                code="INVOICE_VOIDED",
                message=text_of("INVOICE_VOIDED"),
                changed_at=func.now(),
            )
        )
    return [row for row in rows if row.id not in gone]


def _intend(session: TenantSession, rows: list[Member], own: str, members: int) -> None:
    """Write down that these are about to be sent, before the first byte leaves.

    Fresh ones are noted with their key. If others must be looked up first, the key is not known
    before that; see `keep_key`.
    """
    fresh = [row.id for row in rows if not row.in_doubt]
    doubts = [row.id for row in rows if row.in_doubt]
    change = update(StoredDelivery).values(
        state="sending",
        code="",
        in_doubt=True,
        attempts=StoredDelivery.attempts + 1,
        tries=StoredDelivery.tries + 1,
        changed_at=func.now(),
    )
    if doubts:
        session.execute(change.where(among(StoredDelivery.id, doubts)), execution_options=QUIET)
    if fresh:
        key = "" if doubts else request_key(own, members, fresh)
        keyed = change.where(among(StoredDelivery.id, fresh)).values(request_key=key)
        session.execute(keyed, execution_options=QUIET)


def keep_key(session: TenantSession, consignment: Consignment) -> None:
    """Note the key of a consignment that is carried after a look-up."""
    ids = [parse_id(PREFIX, item.delivery_id) for item in consignment.items]
    session.execute(
        update(StoredDelivery)
        .where(among(StoredDelivery.id, ids))
        .values(request_key=consignment.request_key),
        execution_options=QUIET,
    )


def _files(session: TenantSession, rows: list[Member]) -> dict[tuple[UUID, str, str], Artifact]:
    """Read the files that the deliveries carry."""
    wanted = {row.invoice_id for row in rows if row.media}
    if not wanted:
        return {}
    query = select(StoredArtifact).where(
        among(StoredArtifact.invoice_id, wanted),
        among(StoredArtifact.media_type, {media for row in rows for media in row.media}),
        among(StoredArtifact.layout, {row.layout for row in rows}),
    )
    return {
        (kept.invoice_id, kept.media_type, kept.layout): Artifact(
            name=kept.name, media_type=kept.media_type, content=kept.content
        )
        for kept in session.scalars(query)
    }


def _item(row: Member, files: dict[tuple[UUID, str, str], Artifact]) -> Item:
    document: Document = from_canonical(row.document)
    return Item(
        delivery_id=public_id(PREFIX, row.id),
        document=document,
        recipient=row.recipient,
        artifacts=tuple(files[row.invoice_id, media, row.layout] for media in row.media),
    )


def _code(error: BordereauError) -> str:
    """Say in the words of `reasons` why a channel cannot be built."""
    if isinstance(error, NotFound):
        return "PLUGIN_MISSING"
    return "SETUP" if isinstance(error, SetupError) else error.code
