"""The built-in renderer: documents as archivable, accessible PDF, typeset by typst.

Importing it starts no process and loads no typst; the first document does. The embedded fonts show
Latin, Greek and Cyrillic; an installation that needs more scripts names a folder of fonts in the
environment variable `BORDEREAU_PDF_FONTS`.
"""

from collections.abc import Iterable
from typing import Any

from bordereau.contract import Renderer, hookimpl
from bordereau_pdf.renderer import PdfConfig, PdfRenderer

__all__ = ["PdfConfig", "PdfRenderer"]


@hookimpl
def bordereau_renderers() -> Iterable[type[Renderer[Any]]]:
    """Offer the PDF renderer."""
    return [PdfRenderer]
