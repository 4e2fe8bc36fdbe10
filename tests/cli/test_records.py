"""Importing and rating at the command line."""

from pathlib import Path

import pytest
from tests.fixtures.commands import Desk

FAULTY = "code,name,country,email\nNOAH,Noah BV,BE,not an address\nLEAH,Leah [bold]BV[/],BE,\n"


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A folder with one bad record among two."""
    (tmp_path / "customers.csv").write_text(FAULTY, encoding="utf-8")
    return tmp_path


def test_importing_again_changes_nothing(desk: Desk, records: Path) -> None:
    again = desk.data("import", records)
    assert again["faults"] == []
    assert {one["file"]: one["unchanged"] for one in again["files"]} == {
        "tax_codes.csv": 1,
        "administrations.csv": 1,
        "customers.csv": 2,
        "contracts.csv": 2,
    }


def test_a_bad_record_is_named_with_file_line_column_and_reason_and_the_code_is_3(
    desk: Desk, faulty: Path
) -> None:
    said = desk.run("import", faulty, "--json")
    assert said.code == 3
    (fault,) = said.data["faults"]
    assert (fault["file"], fault["line"], fault["column"], fault["code"]) == (
        "customers.csv",
        2,
        "email",
        "BAD_EMAIL",
    )
    assert fault["reason"] == "not an address is not one e-mail address."
    shown = desk.run("import", faulty)
    assert (shown.code, shown.err) == (3, "")
    assert f"customers.csv:2 email BAD_EMAIL {fault['reason']}\n" in shown.out


def test_a_folder_that_is_missing_or_holds_other_files_is_refused(
    desk: Desk, tmp_path: Path
) -> None:
    missing = desk.run("import", tmp_path / "nowhere")
    (tmp_path / "cats.csv").write_text("name\nTom\n", encoding="utf-8")
    strange = desk.run("import", tmp_path)
    assert (missing.code, strange.code) == (1, 1)
    assert missing.err.startswith("NOT_FOUND There is no folder")
    assert strange.err.startswith("UNKNOWN_FILE")
    assert "customers.csv" in strange.err


def test_rating_again_changes_nothing(desk: Desk) -> None:
    said = desk.data("rate", "--until", "2026-11-15")
    assert said["until"] == "2026-11-15"
    assert (said["created"], said["changed"], said["deleted"]) == (0, 0, 0)
    assert "2 contracts until 2026-11-15" in desk.run("rate", "--until", "2026-11-15").err
