"""The job `render.v1`: make the files of a chunk, check its documents, form its consignments.

The step keeps each file in a short transaction of its own; run again, it finds them and makes only
the rest. What cannot be prepared waits for a person; the others go on.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert

from bordereau.contract import Artifact, Channel, RenderError
from bordereau.output.desk import Desk
from bordereau.output.dispatch import RENDER_JOB, RENDER_QUEUE
from bordereau.output.forming import form
from bordereau.output.pieces import Chunk, Piece, load_chunk
from bordereau.output.reasons import text_of
from bordereau.output.tables import RenderChunk, StoredArtifact, StoredDelivery
from bordereau.store import TenantSession
from bordereau.values.ids import TenantId, uuid7
from bordereau.work import Enqueue, Job, Result, reach

THREADS = 2  # the renderer of PDF has worker processes of its own; these only wait for them

log = logging.getLogger(__name__)


class Trouble(NamedTuple):
    """Why a delivery cannot be prepared."""

    code: str
    message: str


class Rendering:
    """Prepares chunks of deliveries."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def job(self) -> Job:
        """Describe the job for the engine."""
        return Job(
            name=RENDER_JOB,
            step=self.step,
            book=self.book,
            exhausted=self.exhausted,
            unbooked=self.unbooked,
        )

    def step(self, tenant: TenantId, chunk_id: UUID, _attempt: int) -> Result:
        """Render what is missing; put what cannot be prepared before a person."""
        with self._desk.database.tenant(tenant) as session:
            chunk = load_chunk(session, self._desk.connections, chunk_id)
        reach("before-render")
        troubles = dict(_objections(chunk))
        with ThreadPoolExecutor(THREADS, thread_name_prefix="render") as pool:
            for (invoice_id, media), made in _render(chunk, set(troubles), pool):
                if isinstance(made, Artifact):
                    self._keep(tenant, chunk, invoice_id, made)
                    reach("after-file")
                else:
                    troubles |= {
                        piece.id: made
                        for piece in chunk.pieces
                        if piece.invoice_id == invoice_id and media in piece.media
                    }
        self._hold(tenant, troubles)
        return {"held": len(troubles)}

    def book(
        self,
        session: TenantSession,
        enqueue: Enqueue,
        _tenant: TenantId,
        chunk_id: UUID,
        _attempt: int,
        result: Result,
    ) -> None:
        """Form the consignments of what is prepared and enqueue them."""
        if code := result.get("failed"):
            _hold_all(session, chunk_id, str(code))
        else:
            form(session, enqueue, self._desk.connections, chunk_id)
        state = "attention" if result.get("held") or result.get("failed") else "done"
        session.execute(update(RenderChunk).where(RenderChunk.id == chunk_id).values(state=state))

    def exhausted(self, _tenant: TenantId, _chunk_id: UUID, _attempt: int, error: str) -> Result:
        """Book that the work itself broke off."""
        return {"failed": error}

    def unbooked(
        self,
        session: TenantSession,
        enqueue: Enqueue,
        _tenant: TenantId,
        chunk_id: UUID,
        attempt: int,
        error: str,
    ) -> None:
        """Form the consignments later, or put the deliveries before a person."""
        chunk = session.get_one(RenderChunk, (session.tenant_id, chunk_id), with_for_update=True)
        pace = self._desk.pace
        if attempt >= pace.tries:
            chunk.state = "attention"
            _hold_all(session, chunk_id, error)
        elif chunk.attempt == attempt:
            chunk.attempt += 1
            session.flush()
            delay = pace.wait(attempt)
            enqueue(session, RENDER_JOB, RENDER_QUEUE, chunk_id, attempt=chunk.attempt, delay=delay)

    def _keep(self, tenant: TenantId, chunk: Chunk, invoice_id: UUID, made: Artifact) -> None:
        look = next(piece.look for piece in chunk.pieces if piece.invoice_id == invoice_id)
        row = {
            "tenant_id": tenant,
            "id": uuid7(),
            "invoice_id": invoice_id,
            "media_type": made.media_type,
            "layout": look.key,
            "name": made.name,
            "sha256": made.sha256,
            "content": made.content,
        }
        with self._desk.database.tenant(tenant) as session:
            session.execute(insert(StoredArtifact).values(row).on_conflict_do_nothing())

    def _hold(self, tenant: TenantId, troubles: dict[UUID, Trouble]) -> None:
        if not troubles:
            return
        with self._desk.database.tenant(tenant) as session:
            for id_, trouble in troubles.items():
                session.execute(
                    update(StoredDelivery)
                    .where(StoredDelivery.id == id_, StoredDelivery.state == "waiting")
                    .values(
                        state="attention",
                        code=trouble.code,
                        message=trouble.message,
                        changed_at=func.now(),
                    )
                )


def _objections(chunk: Chunk) -> Iterator[tuple[UUID, Trouble]]:
    """Ask each channel what stands against its documents."""
    for piece in chunk.pieces:
        channel = chunk.channels.get(piece.connection_id)
        if channel is None or type(channel).validate is Channel.validate:
            continue  # nobody to ask, or one that never objects: the document need not be read
        try:
            problems = list(channel.validate(piece.document))
        except Exception:
            log.exception("%s failed to check a document", channel.key)
            yield piece.id, Trouble("VALIDATION_FAILED", text_of("VALIDATION_FAILED"))
            continue
        if problems:
            said = " ".join(f"{each.message} {each.hint}".strip() for each in problems)
            yield piece.id, Trouble(problems[0].code, said)


def _render(
    chunk: Chunk, held: set[UUID], pool: ThreadPoolExecutor
) -> Iterator[tuple[tuple[UUID, str], Artifact | Trouble]]:
    """Make each missing file once, in the order of the chunk."""
    missing = {
        (piece.invoice_id, media): piece
        for piece in chunk.pieces
        if piece.id not in held
        for media in piece.media
        if (piece.invoice_id, media, piece.look.key) not in chunk.files
    }
    begun = {place: pool.submit(_make, chunk, piece, place[1]) for place, piece in missing.items()}
    for place, future in begun.items():
        yield place, future.result()


def _make(chunk: Chunk, piece: Piece, media: str) -> Artifact | Trouble:
    renderer = chunk.renderers.get(media)
    if renderer is None:
        return Trouble("NO_RENDERER", text_of("NO_RENDERER"))
    try:
        made = renderer.render(piece.document, piece.look.layout)
    except RenderError as error:
        return Trouble(error.code, str(error))
    except Exception as error:
        log.exception("%s failed to render", renderer.key)
        return Trouble("RENDER_FAILED", f"The renderer failed: {type(error).__name__}.")
    if made.media_type != media:
        return Trouble("RENDER_FAILED", f"The renderer made {made.media_type}, not {media}.")
    return made


def _hold_all(session: TenantSession, chunk_id: UUID, code: str) -> None:
    session.execute(
        update(StoredDelivery)
        .where(
            StoredDelivery.chunk_id == chunk_id,
            StoredDelivery.state == "waiting",
            StoredDelivery.consignment_id.is_(None),
        )
        .values(
            state="attention",
            code="WORK_FAILED",
            message=f"{text_of('WORK_FAILED')} ({code})",
            changed_at=func.now(),
        )
    )
