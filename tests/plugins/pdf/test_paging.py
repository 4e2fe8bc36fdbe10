"""Any document fits its pages: many lines, long texts, the buyer in the window."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bordereau.contract import Address, Party, Payment

Build = Callable[..., Any]


@pytest.mark.parametrize("count", [1, 2, 25, 300])
def test_any_number_of_lines_fits_and_no_row_is_split(
    invoice: Build, line: Build, pages: Build, count: int
) -> None:
    details = "one\ntwo\nthree"
    lines = [line(f"Row{at:03d}.", description=details, headings=("Group",)) for at in range(count)]
    read = pages(invoice(*lines))
    for at in range(count):
        assert f"Row{at:03d}. one two three 1 100.00" in read
    assert f"Page {len(read)} of {len(read)}" in read
    rows = set(read.of("Row"))
    assert rows <= set(read.of("Description Quantity")) & set(read.of("Group"))


def test_the_totals_stand_on_the_page_that_says_how_to_pay(
    invoice: Build, line: Build, pages: Build
) -> None:
    payment = Payment(iban="FR2012421242124212421242124")
    for amount in range(16, 28):
        lines = [line(id=str(at)) for at in range(amount)]
        read = pages(invoice(*lines, payment=payment))
        [place] = [at for at, page in enumerate(read.texts) if "IBAN" in page]
        assert "TotalincludingVAT" in read.texts[place]


def test_a_description_longer_than_a_page_is_whole(
    invoice: Build, line: Build, pages: Build
) -> None:
    read = pages(invoice(line(description="word " * 3000)))
    assert sum(text.count("word") for text in read.texts) == 3000


def test_a_long_word_stays_in_its_column(invoice: Build, line: Build, pages: Build) -> None:
    read = pages(invoice(line("W" * 120)))
    rows = read.reader.pages[0].extract_text().split("\n")
    parts = [row.count("W") for row in rows if row.count("W") > 1]
    assert len(parts) > 1
    assert max(parts) < 60
    assert sum(parts) == 120
    assert "W" * 120 in read


def test_control_characters_do_no_harm(invoice: Build, line: Build, pages: Build) -> None:
    read = pages(invoice(line("a\x00b\tc\r\nd\ud800e", description='#read("x") $ * _ \\')))
    assert "ab c de" in read
    assert '#read("x") $ * _ \\' in read


def test_the_buyer_stands_in_the_window_of_the_country(invoice: Build, pages: Build) -> None:
    dutch = Party(name="Klant BV", address=Address(city="Haarlem", country="NL"))
    left = pages(invoice(buyer=dutch, seller=replace(dutch, name="Bouw BV")))
    right = pages(invoice())
    assert _indent(left, "Klant BV") < 100
    assert _indent(right, "Ma jolie") > 250


def _indent(read: Any, text: str) -> float:
    """Return where a text begins, in points from the left edge."""
    found: list[float] = []

    def visit(shown: str, matrix: Any, _text: Any, _font: Any, _size: Any) -> None:
        if text.split(maxsplit=1)[0] in shown:
            found.append(matrix[4])

    read.reader.pages[0].extract_text(visitor_text=visit)
    return found[0]
