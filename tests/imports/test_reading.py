"""Reading CSV: a bad line costs that line only."""

from pathlib import Path
from typing import Any

import pytest

from bordereau.catalog import Fault
from bordereau.imports.reading import LINES, Table, open_table


def read(path: Path, content: bytes) -> tuple[Table, list[tuple[int, Any]]]:
    """Read a file whole: (line, cells or fault code) of each record."""
    path.write_bytes(content)
    with open_table(path) as file:
        table = Table(file)
        found = [
            (one.line, one.code if isinstance(one, Fault) else list(one.values.values()))
            for one in table
        ]
    return table, found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.csv"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [b",", b";"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_marks_separators_and_line_ends_do_not_matter(
    file: Path, mark: bytes, separator: bytes, end: bytes
) -> None:
    lines = [separator.join(cells) for cells in ([b"code", b"name"], [b"A", "É".encode()])]
    table, found = read(file, mark + end.join(lines) + end)
    assert table.header is not None
    assert table.header.columns == ("code", "name")
    assert found == [(2, ["A", "É"])]


def test_quoted_cells_may_span_lines_and_hold_separators(file: Path) -> None:
    content = b'code,name\nA,"one, two\nthree ""four"""\nB,five\n'
    assert read(file, content)[1] == [(2, ["A", 'one, two\nthree "four"']), (4, ["B", "five"])]


def test_a_quote_that_is_never_closed_costs_its_line_only(file: Path) -> None:
    content = b'code,name\nA,"open\nB,fine\nC,"quoted"\n'
    assert read(file, content)[1] == [(2, "CSV_BROKEN"), (3, ["B", "fine"]), (4, ["C", "quoted"])]


def test_an_open_quote_does_not_wait_for_the_end_of_a_long_file(file: Path) -> None:
    rest = b"".join(b"L%d,x\n" % n for n in range(3 * LINES))
    found = read(file, b'code,name\nA,"open\n' + rest)[1]
    assert found[0] == (2, "CSV_BROKEN")
    assert len(found) == 1 + 3 * LINES


def test_text_behind_a_closing_quote_breaks_the_line(file: Path) -> None:
    content = b'code,name\nA,"closed" early\nB,fine\n'
    assert read(file, content)[1] == [(2, "CSV_BROKEN"), (3, ["B", "fine"])]


def test_bytes_that_are_not_utf8_are_named_by_line_and_column(file: Path) -> None:
    file.write_bytes(b"code,name\nA,Caf\xe9\nB,fine\n")
    with open_table(file) as opened:
        fault, good = list(Table(opened))
    assert isinstance(fault, Fault)
    assert (fault.line, fault.column, fault.code) == (2, "name", "NOT_UTF8")
    assert not isinstance(good, Fault)


def test_a_file_in_utf16_is_refused_as_a_whole(file: Path) -> None:
    table, found = read(file, "code,name\nA,B\n".encode("utf-16"))
    assert (table.fault and table.fault.code, found) == ("NOT_UTF8", [])


@pytest.mark.parametrize("content", [b"", b"\n", b",,\n"])
def test_a_file_without_a_header_is_refused(file: Path, content: bytes) -> None:
    table, found = read(file, content)
    assert (table.fault and table.fault.code, found) == ("NO_HEADER", [])


def test_too_many_or_too_few_cells_are_named_and_empty_lines_skipped(file: Path) -> None:
    content = b"code,name\nA\n\n,\nB,x,y\nC,z\n"
    assert read(file, content)[1] == [(2, "CELL_COUNT"), (5, "CELL_COUNT"), (6, ["C", "z"])]


def test_a_nul_byte_costs_its_line_only(file: Path) -> None:
    found = read(file, b"code,name\nA,x\x00\nB,fine\n")[1]
    assert found[-1] == (3, ["B", "fine"])
    assert found[0][0] == 2
