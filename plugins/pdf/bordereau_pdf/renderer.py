"""The renderer: settings, and one document in, one PDF out."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any, ClassVar

from pydantic import Field

from bordereau.contract import Artifact, Config, Document, Layout, Renderer, RenderError, safe_name
from bordereau_pdf.glyphs import Glyphs, boxed, is_refusal
from bordereau_pdf.job import Job, Limits, failed
from bordereau_pdf.page import page
from bordereau_pdf.pool import SHARED

PDF = "application/pdf"
PNG = b"\x89PNG\r\n\x1a\n"
XML = {"application/xml", "text/xml"}
GLYPHS = Glyphs(SHARED)


class PdfConfig(Config):
    """The limits of one document; the defaults suit documents of several thousand lines."""

    cpu_seconds: int = Field(
        default=10, ge=1, le=120, title="Processor time per document, in seconds"
    )
    wall_seconds: int = Field(default=30, ge=1, le=600, title="Time per document, in seconds")
    memory_mb: int = Field(default=1024, ge=256, le=4096, title="Memory of a worker process, in MB")

    @property
    def limits(self) -> Limits:
        """The limits as the workers know them."""
        return Limits(
            cpu_seconds=self.cpu_seconds,
            wall_seconds=self.wall_seconds,
            memory=self.memory_mb << 20,
        )


class PdfRenderer(Renderer[PdfConfig]):
    """Typesets documents with typst as PDF/A-3a and PDF/UA-1, in processes of their own."""

    key: ClassVar[str] = "pdf"
    title: ClassVar[str] = "PDF"
    config_model: ClassVar[type[Config]] = PdfConfig
    media_type: ClassVar[str] = PDF

    def render(
        self, document: Document, layout: Layout, attachments: Sequence[Artifact] = ()
    ) -> Artifact:
        """Return the PDF, with the attachments inside it.

        Raises:
            RenderError: `RENDER_FAILED` if the layout cannot be set (a logo that is no image, a
                colour that is none), `RENDER_TIMEOUT` or `RENDER_KILLED` on a limit.

        """
        logo = _logo(layout.logo)
        data = page(document, layout, next(iter(logo), ""))
        listed = [_attachment(at, artifact) for at, artifact in enumerate(attachments)]
        job = Job(
            inputs={"data": _json(data), "attachments": _json(listed)},
            timestamp=int(datetime.combine(document.issue_date, time(), UTC).timestamp()),
            files=logo | {_place(at): artifact.content for at, artifact in enumerate(attachments)},
            limits=self.config.limits,
        )
        stem = data["title"] if document.number else f"{data['title']} {document.id}"
        content = self._typeset(job, document.id)
        return Artifact(name=safe_name(stem) + ".pdf", media_type=PDF, content=content)

    def _typeset(self, job: Job, name: str) -> bytes:
        """Return the PDF; what no font shows is replaced, and said in the log."""
        text = job.inputs["data"]
        try:
            content = SHARED.render(self._shown(job))
        except RenderError as error:
            if not is_refusal(error):
                raise
            GLYPHS.learn(text)
            content = SHARED.render(self._shown(job))
        if missing := GLYPHS.missing(text):
            self.context.log.warning("%s: no font shows %s", name, " ".join(sorted(missing)))
        return content

    def _shown(self, job: Job) -> Job:
        text = job.inputs["data"]
        return replace(job, inputs={**job.inputs, "data": boxed(text, GLYPHS.missing(text))})


def _logo(content: bytes) -> dict[str, bytes]:
    """Return the logo under a name that tells its kind, or nothing."""
    if not content:
        return {}
    if content.startswith(PNG):
        return {"logo.png": content}
    if b"<svg" in content:
        return {"logo.svg": content}
    raise failed("The logo is neither an SVG nor a PNG image; choose another file.")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _place(at: int) -> str:
    return f"attachment-{at}"


def _attachment(at: int, artifact: Artifact) -> dict[str, str]:
    """Describe an attachment; XML tells the same as the pages, anything else adds to them."""
    return {
        "file": _place(at),
        "name": artifact.name,
        "type": artifact.media_type.partition(";")[0].strip(),
        "relation": "alternative" if artifact.media_type.partition(";")[0] in XML else "supplement",
    }
