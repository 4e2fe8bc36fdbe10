"""A batch at the command line, from the selection to the delivered invoices."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.commands import Desk, until

AS_OF = ("--as-of", "2026-11-15")
UNKNOWN = "bat_" + "0" * 32


@pytest.fixture
def batch(desk: Desk) -> Iterator[str]:
    """A batch over everything that is ready; deleted afterwards unless it was finalised."""
    made: str = desk.data("batch", "create", "November", *AS_OF)["id"]
    yield made
    desk.run("batch", "delete", made)


@pytest.mark.row("A1", "A35")
def test_a_new_batch_has_everything_that_is_ready_and_shows_its_totals(
    desk: Desk, batch: str
) -> None:
    shown = desk.data("batch", "show", batch)
    assert (shown["name"], shown["state"]) == ("November", "selecting")
    assert shown["totals"] == [
        {"currency": "EUR", "invoices": 2, "billable": "700.00", "tax": "147.00", "total": "847.00"}
    ]
    people = desk.run("batch", "show", batch)
    assert "847.00" in people.out
    assert "0 unbilled tickets, 0:00 hours worked" in people.out
    assert batch in [one["id"] for one in desk.data("batch", "list")]


@pytest.mark.row("A36")
def test_a_batch_without_a_name_cannot_run(desk: Desk) -> None:
    made = desk.data("batch", "create", "  ", *AS_OF)["id"]
    said = desk.run("batch", "run", made)
    assert said.code == 1
    assert "where: name" in said.err
    assert desk.run("batch", "delete", made).code == 0


@pytest.mark.row("A37", "A42", "A3")
def test_only_the_previewed_invoices_are_generated_and_only_once(desk: Desk, batch: str) -> None:
    early = desk.run("batch", "generate", batch, "--preview", "0" * 64)
    run = desk.data("batch", "run", batch)
    wrong = desk.run("batch", "generate", batch, "--preview", "0" * 64)
    other = desk.data("batch", "create", "Other", *AS_OF)
    generated = desk.data("batch", "generate", batch, "--preview", run["preview_hash"])
    again = desk.data("batch", "generate", batch, "--preview", run["preview_hash"])
    assert run["state"] == "run"
    assert (early.code, wrong.code) == (1, 1)
    assert early.err.startswith("BATCH_SELECTING")
    assert wrong.err.startswith("PREVIEW_")
    assert other["totals"] == []  # the first batch has reserved all there is
    assert generated["state"] == again["state"] == "generated"
    assert generated["totals"] == again["totals"] == run["totals"]
    assert desk.run("batch", "delete", other["id"]).code == 0


def test_a_deleted_batch_is_gone_and_its_items_are_free(desk: Desk) -> None:
    made = desk.data("batch", "create", "Mistake", *AS_OF)["id"]
    desk.data("batch", "run", made)
    assert desk.run("batch", "delete", made).err == "The batch is deleted and its items are free.\n"
    assert desk.run("batch", "show", made).code == 1
    again = desk.data("batch", "create", "Again", *AS_OF)
    assert [one["invoices"] for one in again["totals"]] == [2]
    assert desk.run("batch", "delete", again["id"]).code == 0


@pytest.mark.parametrize("name", [UNKNOWN, "bat_1", "inv_" + "0" * 32, "November"])
def test_a_batch_that_is_not_there_is_named(desk: Desk, name: str) -> None:
    said = desk.run("batch", "show", name)
    assert (said.code, said.out) == (1, "")
    assert said.err == f"NOT_FOUND There is no batch {name}.\n"


@pytest.mark.row("A38", "A46", "A47")
def test_a_finalised_batch_is_carried_by_a_worker_that_starts_later(
    desk: Desk, tmp_path: Path
) -> None:
    connect = ("connection", "add")
    folder = desk.commands.folder / "sent"
    desk.data(*connect, "renderer", "pdf")
    made = desk.data(*connect, "destination", "csv", "--set", f"folder={folder}", "--automatic")
    assert desk.run("connection", "check", made["id"]).err == "It works.\n"
    batch = desk.data("batch", "create", "November", *AS_OF)["id"]
    preview = desk.data("batch", "run", batch)["preview_hash"]
    desk.data("batch", "generate", batch, "--preview", preview)
    done = desk.data("batch", "finalise", batch)
    assert done["ranges"] == [
        {"kind": "380", "first": "2026-00001", "last": "2026-00002", "invoices": 2}
    ]
    assert desk.data("batch", "show", batch)["deliveries"]["waiting"] == 2
    assert not folder.exists()
    worker = desk.commands.start("worker", log=tmp_path / "log")
    try:
        until(lambda: desk.data("batch", "show", batch)["deliveries"].get("done") == 2)
    finally:
        worker.terminate()
        assert worker.wait(60) == 0
    (file,) = folder.iterdir()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert {row["number"] for row in csv.DictReader(lines)} == {"2026-00001", "2026-00002"}
    assert desk.run("batch", "delete", batch).err.startswith("INVOICE_NUMBERED")
