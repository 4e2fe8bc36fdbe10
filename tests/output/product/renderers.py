"""What makes the files: a letter of one line, and an invoice as XML."""

from collections.abc import Sequence
from typing import ClassVar

from tests.output.product.far_side import Mood

from bordereau.contract import Artifact, Config, Document, Layout, Renderer, RenderError

PLAIN = "text/plain"


class Letter(Renderer[Mood]):
    """Writes a document as one line of text."""

    key: ClassVar[str] = "letter"
    title: ClassVar[str] = "Letter"
    config_model: ClassVar[type[Config]] = Mood
    media_type: ClassVar[str] = PLAIN

    def render(
        self, document: Document, layout: Layout, attachments: Sequence[Artifact] = ()
    ) -> Artifact:
        """Write it."""
        if self.config.odd == document.number:
            raise RenderError("RENDER_FAILED", f"no ink for {document.buyer.name}")
        text = f"{document.number} {document.buyer.name} {layout.name} {len(attachments)}"
        return Artifact(name=f"{document.number}.txt", media_type=PLAIN, content=text.encode())


class Seal(Letter):
    """Writes a document as XML."""

    key: ClassVar[str] = "seal"
    title: ClassVar[str] = "Seal"
    media_type: ClassVar[str] = "application/xml"

    def render(
        self, document: Document, layout: Layout, attachments: Sequence[Artifact] = ()
    ) -> Artifact:
        """Write it."""
        text = f"<invoice>{document.number}</invoice>"
        return Artifact(name="invoice.xml", media_type=self.media_type, content=text.encode())
