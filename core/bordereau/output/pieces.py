"""The deliveries of a chunk with all that is needed to prepare them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from bordereau.connections import Connections
from bordereau.connections.tables import Connection
from bordereau.contract import Channel, Document, Renderer, from_canonical
from bordereau.errors import BordereauError
from bordereau.invoices.tables import Invoice
from bordereau.output.bulk import QUIET
from bordereau.output.layouts import Look, Looks
from bordereau.output.options import OutputOptions
from bordereau.output.tables import OutputOrder, RenderChunk, StoredArtifact, StoredDelivery
from bordereau.store import TenantSession, among
from bordereau.tenancy.tables import Administration


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A waiting delivery with its document, which is read from `canonical` when it is needed."""

    id: UUID
    invoice_id: UUID
    connection_id: UUID
    media: tuple[str, ...]
    canonical: str
    look: Look

    @cached_property
    def document(self) -> Document:
        """The document of the invoice."""
        return from_canonical(self.canonical)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What one run prepares.

    `files` are those kept already, by invoice, media type and layout key; `channels` holds those
    that can be asked now.
    """

    pieces: Sequence[Piece]
    files: frozenset[tuple[UUID, str, str]]
    renderers: dict[str, Renderer[Any]]
    channels: dict[UUID, Channel[Any]]


def load_chunk(session: TenantSession, connections: Connections, chunk_id: UUID) -> Chunk:
    """Read the deliveries of a chunk that still wait, and settle the look of each."""
    pieces = _pieces(session, chunk_id)
    for key in {piece.look.key for piece in pieces}:
        ids = [piece.id for piece in pieces if piece.look.key == key]
        session.execute(
            update(StoredDelivery).where(among(StoredDelivery.id, ids)).values(layout=key),
            execution_options=QUIET,
        )
    invoices = {piece.invoice_id for piece in pieces}
    kept = select(StoredArtifact.invoice_id, StoredArtifact.media_type, StoredArtifact.layout)
    files = session.execute(kept.where(among(StoredArtifact.invoice_id, invoices)))
    return Chunk(
        pieces=pieces,
        files=frozenset((row[0], row[1], row[2]) for row in files),
        renderers=renderers(session, connections),
        channels=_channels(session, connections, {piece.connection_id for piece in pieces}),
    )


def renderers(session: TenantSession, connections: Connections) -> dict[str, Renderer[Any]]:
    """Build the tenant's renderers that work now, one per media type."""
    made: dict[str, Renderer[Any]] = {}
    rows = select(Connection).where(Connection.kind == "renderer")
    for row in session.scalars(rows.order_by(Connection.automatic.desc(), Connection.created_at)):
        built = _build(session, connections, row)
        if isinstance(built, Renderer):
            made.setdefault(built.media_type, built)
    return made


def _pieces(session: TenantSession, chunk_id: UUID) -> list[Piece]:
    rows = session.execute(
        select(
            StoredDelivery.id,
            StoredDelivery.invoice_id,
            StoredDelivery.connection_id,
            StoredDelivery.media,
            Invoice.document,
            Invoice.layout_id,
            Administration.layout_id,
        )
        .join(Invoice, Invoice.id == StoredDelivery.invoice_id)
        .join(Administration, Administration.id == Invoice.administration_id)
        .where(
            StoredDelivery.chunk_id == chunk_id,
            StoredDelivery.state == "waiting",
            StoredDelivery.consignment_id.is_(None),
        )
        .order_by(Invoice.series_id, Invoice.sequence)
    ).all()
    looks = Looks(session, _run_layout(session, chunk_id))
    return [
        Piece(
            id=row[0],
            invoice_id=row[1],
            connection_id=row[2],
            media=tuple(row[3]),
            canonical=row[4] or "",
            look=looks.choose(row[5], row[6]),
        )
        for row in rows
        if row[2] is not None
    ]


def _run_layout(session: TenantSession, chunk_id: UUID) -> UUID | None:
    options = session.scalar(
        select(OutputOrder.options)
        .join(RenderChunk, RenderChunk.order_id == OutputOrder.id)
        .where(RenderChunk.id == chunk_id)
    )
    return OutputOptions.model_validate(options or {}).layout_id


def _channels(
    session: TenantSession, connections: Connections, ids: set[UUID]
) -> dict[UUID, Channel[Any]]:
    made: dict[UUID, Channel[Any]] = {}
    for row in session.scalars(select(Connection).where(Connection.id.in_(ids))):
        built = _build(session, connections, row)
        if isinstance(built, Channel):
            made[row.id] = built
    return made


def _build(session: TenantSession, connections: Connections, row: Connection) -> object:
    """Build a capability, or None where it cannot work now; carrying will say why."""
    try:
        return connections.build(session, row)
    except BordereauError:
        return None
