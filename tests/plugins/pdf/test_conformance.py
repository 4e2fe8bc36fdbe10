"""The PDF renderer passes the kit that any renderer must pass."""

import pytest

from bordereau.testing import RendererConformance
from bordereau_pdf import PdfRenderer


class TestPdfRenderer(RendererConformance):
    @pytest.fixture
    def capability(self, renderer: PdfRenderer) -> PdfRenderer:
        return renderer
