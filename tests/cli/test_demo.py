"""The demonstration: a newcomer runs it and finds everything in one folder."""

from decimal import Decimal
from email import policy
from email.parser import BytesParser
from hashlib import sha256
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.fixtures.commands import SCRIPT, Commands, Shown

FACTS = {"exported", "emailed", "filed"}


def test_the_demonstration_ends_well_and_says_nothing_on_standard_error(demo: Shown) -> None:
    assert (demo.said.code, demo.said.err) == (0, "")
    assert demo.summary["batch"]["state"] == "finalised"


@pytest.mark.row("A1", "A42")
def test_every_invoice_is_told_with_its_number_customer_amounts_and_status(demo: Shown) -> None:
    batch, invoices = demo.summary["batch"], demo.summary["invoices"]
    assert batch["name"] == "Novembre 2026"
    assert batch["id"].startswith("bat_")
    assert len({one["number"] for one in invoices}) == len(invoices) > 10
    for one in invoices:
        assert one["customer"]
        assert one["currency"] == "EUR"
        assert Decimal(one["net"]) + Decimal(one["tax"]) == Decimal(one["total"])
        assert one["status"] in {"draft", "exported", "sent"}


def test_the_numbers_of_each_series_have_no_gap(demo: Shown) -> None:
    series: dict[str, list[int]] = {}
    for one in demo.summary["invoices"]:
        name, _, number = one["number"].rpartition("-")
        series.setdefault(name, []).append(int(number))
    assert len(series) == 2
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in series.values())


def test_the_totals_of_the_batch_are_the_sum_of_its_invoices(demo: Shown) -> None:
    (totals,) = demo.summary["totals"]
    for name in ("net", "tax", "total"):
        found = sum(Decimal(one[name]) for one in demo.summary["invoices"])
        assert Decimal(totals[name]) == found
    assert totals["invoices"] == len(demo.summary["invoices"])


@pytest.mark.row("A46")
def test_each_delivery_has_its_outcome_and_what_is_stuck_stops_nothing_else(demo: Shown) -> None:
    deliveries = [each for one in demo.summary["invoices"] for each in one["deliveries"]]
    assert {each["state"] for each in deliveries} == {"done", "attention"}
    for each in deliveries:
        if each["state"] == "done":
            assert each["outcome"] == "created"
            assert each["reference"]
        else:
            assert each["message"]
            assert each["fix"]
    exported = [each for each in deliveries if each["channel"] == "csv"]
    assert len(exported) == len(demo.summary["invoices"])
    assert all(each["state"] == "done" for each in exported)


@pytest.mark.row("A50", "A51")
def test_the_facts_are_those_of_deliveries_that_are_done(demo: Shown) -> None:
    completes = {"csv": "exported", "email": "emailed", "archive": "filed"}
    seen = set()
    for one in demo.summary["invoices"]:
        done = {each["channel"] for each in one["deliveries"] if each["state"] == "done"}
        facts = {fact["fact"] for fact in one["facts"]}
        assert facts == {completes[channel] for channel in done}
        assert (one["status"] == "sent") == ("emailed" in facts)
        assert all(fact["unconfirmed"] == (fact["fact"] == "exported") for fact in one["facts"])
        seen |= facts
    assert seen == FACTS


def test_every_path_is_relative_and_every_file_is_there(demo: Shown) -> None:
    named = set()
    for one in demo.summary["invoices"]:
        assert f"pdf/{one['number']}.pdf" in one["files"]
        for name in one["files"]:
            assert not Path(name).is_absolute()
            assert (demo.folder / name).is_file(), name
        named |= set(one["files"])
    there = {
        path.relative_to(demo.folder).as_posix()
        for path in demo.folder.rglob("*")
        if path.is_file()
    }
    assert there - named == {"summary.json"}
    assert {name.partition("/")[0] for name in named} == {"pdf", "csv", "mail", "archive"}


@pytest.mark.row("B46")
def test_a_mailed_invoice_is_the_same_file_in_the_mail_the_pdf_folder_and_the_archive(
    demo: Shown,
) -> None:
    compared = 0
    for one in demo.summary["invoices"]:
        (pdf, *others) = [demo.folder / name for name in one["files"] if name.endswith(".pdf")]
        mails = [demo.folder / name for name in one["files"] if name.endswith(".eml")]
        hashes = {sha256(path.read_bytes()).hexdigest() for path in (pdf, *others)}
        for mail in mails:
            message = BytesParser(policy=policy.default).parsebytes(mail.read_bytes())
            (attached,) = message.iter_attachments()
            hashes.add(sha256(attached.get_content()).hexdigest())
        assert len(hashes) == 1
        compared += len(others) + len(mails)
    assert compared > len(demo.summary["invoices"])


def test_a_pdf_shows_its_number_and_its_customer(demo: Shown) -> None:
    one = demo.summary["invoices"][0]
    text = PdfReader(demo.folder / "pdf" / f"{one['number']}.pdf").pages[0].extract_text()
    assert one["number"] in text
    assert one["customer"] in text


def test_the_page_for_people_fits_80_columns_and_cuts_no_figure(demo: Shown) -> None:
    lines = demo.said.out.splitlines()
    rows = [line for line in lines if str(demo.folder) not in line and str(SCRIPT) not in line]
    assert max(map(len, rows)) <= 80
    for one in demo.summary["invoices"]:
        (row,) = [line for line in lines if line.startswith(one["number"]) and "EUR" in line]
        assert f"{one['total']} EUR" in row
        assert one["status"] in row


def test_the_page_names_what_needs_a_person_and_what_was_not_taken(demo: Shown) -> None:
    shown, faults = demo.said.out, demo.summary["import"]["faults"]
    assert "Needs a person" in shown
    assert "The customer has no" in shown
    first = faults[0]
    assert f"{first['file']}:{first['line']}" in shown
    assert first["code"] in shown
    assert f"{len(faults)} faults found" in shown
    assert all(one["reason"] for one in faults)


def test_nothing_is_drawn_where_nobody_looks(demo: Shown) -> None:
    assert "\x1b" not in demo.said.out
    assert "\r" not in demo.said.out


def test_a_second_run_uses_a_new_account_and_replaces_the_folder(
    commands: Commands, demo: Shown
) -> None:
    folder = commands.folder / "twice"
    first = commands.run("demo", "--output", folder, "--json")
    (folder / "pdf" / "stale.pdf").write_bytes(b"of an earlier run")
    second = commands.run("demo", "--output", folder, "--json")
    assert (first.code, second.code) == (0, 0)
    assert len({demo.summary["account"], first.data["account"], second.data["account"]}) == 3
    assert not (folder / "pdf" / "stale.pdf").exists()
    told = [
        [(one["number"], one["customer"], one["total"]) for one in run["invoices"]]
        for run in (demo.summary, first.data, second.data)
    ]
    assert told[0] == told[1] == told[2]
    assert Shown(second, folder).summary == second.data


@pytest.mark.parametrize("name", ["notes.txt", "pdf"])
def test_a_folder_with_files_of_others_is_refused_and_left_alone(
    commands: Commands, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "mine").write_text("mine", encoding="utf-8")
    said = commands.run("demo", "--output", tmp_path)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("FOLDER_NOT_OURS")
    assert (tmp_path / name / "mine").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [name]
