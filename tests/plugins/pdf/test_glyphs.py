"""Scripts: what the fonts show is shown, what they lack becomes a box and a line in the log."""

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bordereau.contract import Context, Layout
from bordereau_pdf import PdfConfig, PdfRenderer
from bordereau_pdf.glyphs import Glyphs
from bordereau_pdf.job import Job, read_templates
from bordereau_pdf.pool import TEMPLATES, Pool
from bordereau_pdf.process import FONTS

Build = Callable[..., Any]
SHOWN = (
    "Ελληνικά Έργα Α.Ε.",
    "Привет Украïна",
    "Łódź Žižkov Gaëtan Lœuf ß ẞ Ðþ",
    "“quotes” – — … № € £ ½ ²",
)
NEED_ALL = "BORDEREAU_TESTS_NEED_ALL" in os.environ
DEJAVU = Path("/usr/share/fonts/truetype/dejavu")


@pytest.mark.parametrize("text", SHOWN)
def test_latin_greek_and_cyrillic_are_shown(
    invoice: Build, pages: Build, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert text in pages(invoice(notes=(text,)))
    assert not caplog.records


def test_a_character_without_a_glyph_becomes_a_box_and_a_warning(
    invoice: Build, renderer: PdfRenderer, pages: Build, caplog: pytest.LogCaptureFixture
) -> None:
    document = invoice()
    document = replace(document, buyer=replace(document.buyer, name="株式 Ltd 🧾"))
    for _ in range(2):  # met for the first time, and known
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert "□□ Ltd □" in pages(document)
        assert caplog.messages == ["inv_1: no font shows 式 株 🧾"]
    assert renderer.render(document, Layout()) == renderer.render(document, Layout())


def test_characters_are_told_apart() -> None:
    pool = Pool(read_templates(TEMPLATES), size=1)
    glyphs = Glyphs(pool)
    glyphs.learn("a é Ж 株\n\u202f")
    assert glyphs.missing("Ж株é") == {"株"}
    pool.close()


@pytest.mark.skipif(
    not (DEJAVU.is_dir() or NEED_ALL), reason="needs the DejaVu fonts of the system"
)
def test_an_installation_may_give_more_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    only = {"main.typ": b'#set text(font: "DejaVu Serif", fallback: false)\n= x\nwords'}
    job = Job(inputs={}, standards=())
    monkeypatch.delenv(FONTS, raising=False)
    without, given = Pool(only, size=1), Pool(only, size=1)
    plain = without.render(job)
    monkeypatch.setenv(FONTS, str(DEJAVU))
    assert b"DejaVuSerif" not in plain
    assert b"DejaVuSerif" in given.render(job)
    without.close()
    given.close()


def test_the_settings_reach_the_renderer(context: Context) -> None:
    config = PdfConfig(cpu_seconds=3, wall_seconds=4, memory_mb=512)
    limits = PdfRenderer(config, context).config.limits
    assert (limits.cpu_seconds, limits.wall_seconds, limits.memory) == (3, 4, 512 << 20)
