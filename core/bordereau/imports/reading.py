"""Reading CSV line by line: UTF-8 with or without BOM, separated by `;` or `,`.

A bad line costs that line only. An opening quote that is never closed would swallow the rest of
the file; so a record may span `LINES` lines, and if its quote is still open then, its first line
alone is broken and reading goes on behind it.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from bordereau.catalog import Fault

LINES = 100
_NOT_TEXT = ("\udcff\udcfe", "\udcfe\udcff")  # the marks of UTF-16, read as UTF-8


@dataclass(frozen=True, slots=True)
class Cells:
    """One record: the line it starts on and its cells by column."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file, and what separates them."""

    columns: tuple[str, ...]
    separator: str


class Table:
    """An open CSV file; iterate over it for `Cells` and `Fault`s in the order of the file.

    Attributes:
        header: None if the file has none that can be read; `fault` says why.

    """

    def __init__(self, file: TextIO) -> None:
        self._lines = _records(file)
        self.fault: Fault | None = None
        self.header = self._read_header()

    def __iter__(self) -> Iterator[Cells | Fault]:
        if self.header is None:
            return
        for line, text in self._lines:
            if text.strip(" \r\n" + self.header.separator):
                yield self._read(line, text, self.header)

    def _read_header(self) -> Header | None:
        line, text = next(self._lines, (1, ""))
        if text.startswith(_NOT_TEXT) or "\0" in text:
            self.fault = Fault(1, "", "NOT_UTF8", "The file is not UTF-8 text. Save it as UTF-8.")
            return None
        separator = ";" if ";" in text else ","
        cells = _split(text, separator)
        if cells is None or not any(cells):
            self.fault = Fault(line, "", "NO_HEADER", "The first line does not name the columns.")
            return None
        return Header(tuple(cell.strip() for cell in cells), separator)

    def _read(self, line: int, text: str, header: Header) -> Cells | Fault:
        cells = _split(text, header.separator)
        if cells is None:
            return Fault(line, "", "CSV_BROKEN", "The quotes of this line do not match.")
        if len(cells) != len(header.columns):
            said = f"It has {len(cells)} cells; the header has {len(header.columns)}."
            return Fault(line, "", "CELL_COUNT", said)
        for column, cell in zip(header.columns, cells, strict=True):
            if not cell.isascii() and any("\udc80" <= sign <= "\udcff" for sign in cell):
                return Fault(line, column, "NOT_UTF8", "The text is not UTF-8. Save it as UTF-8.")
        return Cells(line, dict(zip(header.columns, cells, strict=True)))


def open_table(path: Path) -> TextIO:
    """Open a CSV file; bytes that are not UTF-8 are kept apart, so that they can be reported."""
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _split(text: str, separator: str) -> list[str] | None:
    """Return the cells of one record; None if its quotes do not match."""
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _records(file: TextIO) -> Iterator[tuple[int, str]]:
    """Return records with the line they start on, joining lines while a quote is open."""
    waiting: deque[str] = deque()
    number = 1
    while True:
        if not waiting:
            waiting.extend(islice(file, 1))
        if not waiting:
            return
        taken = _closed_after(waiting, file)
        text = "".join(waiting.popleft() for _ in range(taken))
        yield number, text
        number += taken


def _closed_after(waiting: deque[str], file: TextIO) -> int:
    """Return how many lines the next record has; 1 if its quote is not closed in time."""
    quotes = 0
    for count in range(1, LINES + 1):
        if len(waiting) < count:
            waiting.extend(islice(file, 1))
        if len(waiting) < count:
            return 1
        quotes += waiting[count - 1].count('"')
        if quotes % 2 == 0:
            return count
    return 1
