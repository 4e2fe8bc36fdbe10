"""The file itself: archivable, accessible, complete, and the same each time."""

import io
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from bordereau.contract import Artifact, Context, Layout
from bordereau_pdf import PdfConfig, PdfRenderer, bordereau_renderers
from bordereau_pdf.pool import SHARED

Build = Callable[..., Any]
XML = Artifact(name="factur-x.xml", media_type="text/xml", content=b"<x>\xc3\xa9</x>")
CSV = Artifact(name="hours.csv", media_type="text/csv", content=b"a;b\n")


def test_the_file_says_that_it_is_pdf_a_3a_and_ua_1(invoice: Build, pages: Build) -> None:
    root = pages(invoice()).reader.trailer["/Root"]
    data = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in data
    assert "<pdfuaid:part>1</pdfuaid:part>" in data
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


def test_title_seller_and_date_are_in_the_metadata(invoice: Build, pages: Build) -> None:
    data = pages(invoice(issue_date=date(2026, 2, 3))).reader.metadata
    assert data.title == "Invoice FA-2026-000042"
    assert data.author == "Atelier du Lac SAS"
    assert data.creation_date.date() == date(2026, 2, 3)


def test_attachments_are_inside_with_their_bytes_and_meaning(
    invoice: Build, renderer: PdfRenderer
) -> None:
    content = renderer.render(invoice(), Layout(), (XML, CSV)).content
    reader = _reader(content)
    assert reader.attachments["factur-x.xml"] == [XML.content]
    assert reader.attachments["hours.csv"] == [CSV.content]
    relations = {
        entry.get_object()["/UF"]: entry.get_object()["/AFRelationship"]
        for entry in reader.trailer["/Root"]["/AF"]
    }
    assert relations == {"factur-x.xml": "/Alternative", "hours.csv": "/Supplement"}


def test_the_next_document_does_not_get_the_attachments_of_the_last(
    invoice: Build, renderer: PdfRenderer
) -> None:
    renderer.render(invoice(), Layout(), (XML,))
    other = Artifact(name="factur-x.xml", media_type="text/xml", content=b"<other/>")
    second = _reader(renderer.render(invoice(), Layout(), (other,)).content)
    assert second.attachments["factur-x.xml"] == [b"<other/>"]
    assert not _reader(renderer.render(invoice(), Layout()).content).attachments


def test_another_process_makes_the_same_bytes(invoice: Build, renderer: PdfRenderer) -> None:
    document = invoice()
    first = renderer.render(document, Layout(), (XML,))
    renderer.render(invoice(number="2"), Layout())
    SHARED.close()
    assert renderer.render(document, Layout(), (XML,)) == first


def test_the_date_of_the_file_is_the_date_of_issue_and_not_today(
    invoice: Build, renderer: PdfRenderer
) -> None:
    one = renderer.render(invoice(issue_date=date(2025, 1, 1)), Layout()).content
    two = renderer.render(invoice(issue_date=date(2025, 1, 2)), Layout()).content
    assert b"2025-01-01T00:00:00" in one
    assert b"2025-01-02T00:00:00" in two


def test_importing_the_plugin_loads_no_typst_and_starts_no_process() -> None:
    code = (
        "import sys, bordereau_pdf; from bordereau_pdf.pool import SHARED; "
        "print('typst' in sys.modules, SHARED.workers)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["False", "()"]


def test_the_limits_have_limits(context: Context) -> None:
    assert PdfRenderer(PdfConfig(), context).config.limits.memory == 1 << 30
    with pytest.raises(ValueError, match="memory_mb"):
        PdfConfig(memory_mb=100_000)


def test_the_plugin_offers_the_renderer() -> None:
    assert list(bordereau_renderers()) == [PdfRenderer]


def _reader(content: bytes) -> Any:
    return PdfReader(io.BytesIO(content))
