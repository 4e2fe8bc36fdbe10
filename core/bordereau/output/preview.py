"""Looking at what would leave: the file of an invoice, the mail, the export. Nothing is sent."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bordereau.contract import (
    AnyChannel,
    Artifact,
    Consignment,
    Delivery,
    Destination,
    Document,
    Item,
    Renderer,
)
from bordereau.errors import NotFound, Refused
from bordereau.invoices import document_of
from bordereau.invoices.tables import Invoice
from bordereau.output.desk import Desk
from bordereau.output.layouts import Look, Looks
from bordereau.output.pieces import renderers
from bordereau.output.plan import Planned
from bordereau.output.reasons import text_of
from bordereau.output.tables import StoredArtifact
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import TenantId

PDF = "application/pdf"
PREVIEW_KEY = "0" * 32


@dataclass(frozen=True, slots=True)
class _Source:
    """An invoice ready to be looked at."""

    document: Document
    look: Look
    renderers: dict[str, Renderer[Any]]
    kept: dict[str, Artifact]

    def file(self, media: str) -> Artifact:
        """Return the file as it was carried, or make it.

        Raises:
            Refused: NO_RENDERER.
            RenderError: it cannot be made.

        """
        if media in self.kept:
            return self.kept[media]
        if media not in self.renderers:
            raise Refused("NO_RENDERER", text_of("NO_RENDERER"), hint="Connect a renderer.")
        return self.renderers[media].render(self.document, self.look.layout)


def file_of(
    desk: Desk,
    tenant_id: TenantId,
    invoice_id: UUID,
    *,
    media_type: str = PDF,
    layout_id: UUID | None = None,
) -> Artifact:
    """Return the file of an invoice, issued or not; no transaction is open while it is made.

    Raises:
        NotFound: the tenant has no such invoice.
        Refused: NO_RENDERER.
        RenderError: it cannot be made.

    """
    return _source(desk, tenant_id, invoice_id, layout_id).file(media_type)


def preview(
    desk: Desk, tenant_id: TenantId, planned: Planned, *, layout_id: UUID | None = None
) -> Artifact:
    """Show what a planned delivery would carry: the mail, the print, the request (row B49).

    Raises:
        NotFound: the tenant has no such invoice or connection.
        Refused: NO_PREVIEW, nothing would leave; NO_RENDERER; the connection cannot be used.
        RenderError: a file cannot be made.

    """
    if planned.connection_id is None:
        raise Refused("NO_PREVIEW", text_of(planned.code), hint="Choose a method first.")
    with desk.database.tenant(tenant_id) as session:
        connection = desk.connections.get(session, planned.connection_id)
        channel = desk.connections.build(session, connection)
    if not isinstance(channel, (Delivery, Destination)):
        raise NotFound("channel", connection.key)
    source = _source(desk, tenant_id, planned.invoice_id, layout_id)
    item = Item(
        delivery_id="preview",
        document=source.document,
        recipient=planned.recipient,
        artifacts=tuple(source.file(media) for media in planned.media),
    )
    return _show(channel, item)


def _show(channel: AnyChannel, item: Item) -> Artifact:
    if isinstance(channel, Delivery):
        return channel.preview(item)
    consignment = Consignment(request_key=PREVIEW_KEY, title="preview", items=(item,))
    return channel.build(consignment)


def _source(desk: Desk, tenant_id: TenantId, invoice_id: UUID, layout_id: UUID | None) -> _Source:
    with desk.database.tenant(tenant_id) as session:
        document = document_of(session, invoice_id)
        row = session.execute(
            select(Invoice.layout_id, Administration.layout_id)
            .join(Administration, Administration.id == Invoice.administration_id)
            .where(Invoice.id == invoice_id)
        ).one()
        look = Looks(session, layout_id).choose(row[0], row[1])
        return _Source(
            document=document,
            look=look,
            renderers=renderers(session, desk.connections),
            kept=_kept(session, invoice_id, look.key),
        )


def _kept(session: TenantSession, invoice_id: UUID, look: str) -> dict[str, Artifact]:
    rows = session.scalars(
        select(StoredArtifact).where(
            StoredArtifact.invoice_id == invoice_id, StoredArtifact.layout == look
        )
    )
    return {
        row.media_type: Artifact(name=row.name, media_type=row.media_type, content=row.content)
        for row in rows
    }
