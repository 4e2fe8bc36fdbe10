"""Accent, logo and footer of the layout all have effect; what cannot be drawn is refused."""

import re
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from bordereau.contract import Layout, RenderError
from bordereau_pdf import PdfRenderer

Build = Callable[..., Any]
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60">
<rect width="200" height="60" fill="#336699"/></svg>"""


def png() -> bytes:
    """Return a PNG of one red pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xff\0\0")
    parts = chunk(b"IHDR", head), chunk(b"IDAT", pixel), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def drawing(read: Any) -> str:
    """Return the drawing instructions of the first page."""
    return str(read.reader.pages[0].get_contents().get_data().decode("latin-1"))


def alternatives(read: Any) -> list[str]:
    """Return the alternative texts of the figures."""

    def walk(node: Any) -> list[str]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            return [text for each in node for text in walk(each)]
        if not isinstance(node, dict):
            return []
        here = [str(node["/Alt"])] if "/Alt" in node else []
        return here + (walk(node["/K"]) if "/K" in node else [])

    return walk(read.reader.trailer["/Root"]["/StructTreeRoot"]["/K"])


def test_the_accent_colours_rules_and_headings(invoice: Build, pages: Build) -> None:
    red = drawing(pages(invoice(), Layout(accent="#ff0000")))
    blue = drawing(pages(invoice(), Layout(accent="#0000ff")))
    assert red != blue
    assert "1 0 0 SCN" in red
    assert "0 0 1 SCN" in blue


def test_text_in_a_light_accent_is_darkened(invoice: Build, pages: Build) -> None:
    instructions = drawing(pages(invoice(), Layout(accent="#ffff00")))
    assert "1 1 0 SCN" in instructions
    texts = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) scn\s+BT", instructions)
    yellowish = [fill for fill in texts if float(fill[2]) < 0.05 < float(fill[0])]
    assert yellowish
    assert all(float(red) < 0.5 for red, _, _ in yellowish)


@pytest.mark.parametrize("logo", [SVG, png()], ids=["svg", "png"])
def test_the_logo_is_drawn_with_a_text_for_those_who_cannot_see_it(
    invoice: Build, pages: Build, logo: bytes
) -> None:
    read = pages(invoice(), Layout(logo=logo))
    assert alternatives(read) == ["Logo of Atelier du Lac SAS"]
    assert alternatives(pages(invoice())) == []


def test_the_footer_stands_on_every_page(invoice: Build, line: Build, pages: Build) -> None:
    document = invoice(*(line(str(at)) for at in range(80)))
    read = pages(document, Layout(footer="Capital 10 000 €\nRCS Thonon"))
    assert len(read) > 1
    assert list(read.of("Capital 10 000 € RCS Thonon")) == list(range(len(read)))


def test_a_high_footer_takes_its_room_from_the_lines(
    invoice: Build, line: Build, pages: Build
) -> None:
    document = invoice(*(line(f"Row{at:02d}.") for at in range(30)))
    read = pages(document, Layout(footer="\n".join(f"Mention {at}." for at in range(30))))
    assert all(f"Row{at:02d}." in read for at in range(30))
    assert list(read.of("Mention 29.")) == list(range(len(read)))


@pytest.mark.parametrize(
    "layout",
    [
        Layout(logo=b"GIF89a"),
        Layout(logo=b"<svg broken"),
        Layout(logo=SVG.replace(b"<rect", b'<image href="/etc/hostname"/><rect')),
        Layout(logo=SVG.replace(b"<rect", b'<image href="http://localhost/a.png"/><rect')),
        Layout(accent="red"),
        Layout(accent='#000") #read("/etc/hostname'),
    ],
)
def test_a_layout_that_cannot_be_drawn_is_refused(
    invoice: Build, renderer: PdfRenderer, layout: Layout
) -> None:
    with pytest.raises(RenderError) as caught:
        renderer.render(invoice(), layout)
    assert caught.value.code == "RENDER_FAILED"
    assert renderer.render(invoice(), Layout()).content.startswith(b"%PDF")
