"""The CSV destination: the conformance kit, and what is its own."""

import csv
import io
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from bordereau.connections.carry import carry, look_up
from bordereau.contract import (
    ActionRequired,
    Artifact,
    Consignment,
    Context,
    Document,
    DocumentKind,
    Outcome,
)
from bordereau.testing import (
    DestinationConformance,
    consignment_of,
    sample_consignment,
    sample_document,
    sample_item,
)
from bordereau_csv import CsvFile
from bordereau_csv.config import CsvConfig

# Killed at the moment of the rename: the file is written, but does not have its name yet.
KILLED_AT_THE_RENAME = """
import os, signal, sys
from pathlib import Path
from bordereau.testing import sample_consignment, sample_context
from bordereau_csv import CsvFile
from bordereau_csv.config import CsvConfig

def kill(event, arguments):
    if event == "os.rename":
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(kill)
channel = CsvFile(CsvConfig(folder=Path(sys.argv[1])), sample_context())
list(channel.export(sample_consignment(size=20)))
"""


class TestCsvConformance(DestinationConformance):
    @pytest.fixture
    def capability(self, bordereau_context: Context, tmp_path: Path) -> CsvFile:
        return CsvFile(CsvConfig(folder=tmp_path / "out"), bordereau_context)


class TestCsvConformancePerInvoice(DestinationConformance):
    @pytest.fixture
    def capability(self, bordereau_context: Context, tmp_path: Path) -> CsvFile:
        config = CsvConfig(
            folder=tmp_path,
            layout="invoices",
            delimiter="semicolon",
            decimal_mark="comma",
            encoding="utf-8-sig",
        )
        return CsvFile(config, bordereau_context)


@pytest.fixture
def channel(bordereau_context: Context, tmp_path: Path) -> CsvFile:
    return CsvFile(CsvConfig(folder=tmp_path), bordereau_context)


def consignment(documents: Iterable[Document]) -> Consignment:
    return consignment_of([sample_item(document) for document in documents])


def table(artifact: Artifact, delimiter: str = ",") -> list[Mapping[str, str]]:
    text = artifact.content.decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_a_row_holds_the_line_and_its_invoice(
    channel: CsvFile, bordereau_document: Document
) -> None:
    first, second = table(channel.build(consignment([bordereau_document])))
    assert first["document_id"] == second["document_id"] == bordereau_document.id
    assert (first["kind"], first["number"]) == ("invoice", "INV-2026-000001")
    assert first["issue_date"] == "2026-04-01"
    assert (first["line"], second["line"]) == ("1", "2")
    assert Decimal(second["net"]) == bordereau_document.lines[1].net
    assert Decimal(first["document_total"]) == bordereau_document.totals.total
    assert first["description"] == 'On site,\nas agreed; 100 % "ready"'


def test_a_credit_note_names_its_invoice_and_keeps_positive_amounts(channel: CsvFile) -> None:
    note = sample_document(7, kind=DocumentKind.CREDIT_NOTE)
    row = table(channel.build(consignment([note])))[0]
    assert row["kind"] == "credit_note"
    assert row["credited_number"] == "INV-2025-000007"
    assert Decimal(row["document_total"]) > 0


def test_the_invoice_layout_has_one_row_per_invoice(
    bordereau_context: Context, tmp_path: Path
) -> None:
    config = CsvConfig(
        folder=tmp_path, layout="invoices", delimiter="semicolon", decimal_mark="comma"
    )
    documents = [sample_document(index, currency=code) for index, code in enumerate(("JPY", "KWD"))]
    rows = table(CsvFile(config, bordereau_context).build(consignment(documents)), delimiter=";")
    assert [row["document_total"] for row in rows] == ["4333", "4332,096"]


def test_a_text_that_reads_as_a_formula_is_disarmed(
    channel: CsvFile, bordereau_document: Document
) -> None:
    dangers = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\0x", "＝1", "  =1"]
    for danger in dangers:
        line = replace(bordereau_document.lines[0], name=danger, description=danger, account=danger)
        document = replace(bordereau_document, lines=(line,))
        row = table(channel.build(consignment([document])))[0]
        assert row["name"] == row["description"] == row["account"] == f"'{danger}"


def test_a_negative_amount_stays_a_number(channel: CsvFile, bordereau_document: Document) -> None:
    line = replace(bordereau_document.lines[0], net=Decimal("-12.50"))
    row = table(channel.build(consignment([replace(bordereau_document, lines=(line,))])))[0]
    assert row["net"] == "-12.50"


def test_the_name_tells_people_the_batch_and_machines_the_consignment(channel: CsvFile) -> None:
    shipment = replace(sample_consignment(), title="../Été: 2026/")
    assert channel.build(shipment).name == f"Été-2026-{shipment.request_key}.csv"
    nameless = replace(shipment, title="…")
    assert channel.build(nameless).name == f"invoices-{shipment.request_key}.csv"


def test_the_byte_order_mark_stands_once(bordereau_context: Context, tmp_path: Path) -> None:
    config = CsvConfig(folder=tmp_path, encoding="utf-8-sig")
    content = CsvFile(config, bordereau_context).build(sample_consignment()).content
    assert content.startswith(b"\xef\xbb\xbfdocument_id,")
    assert content.count(b"\xef\xbb\xbf") == 1


def test_a_text_that_the_encoding_cannot_hold_is_refused_alone(
    bordereau_context: Context, tmp_path: Path
) -> None:
    channel = CsvFile(CsvConfig(folder=tmp_path, encoding="cp1252"), bordereau_context)
    latin = sample_document(1, customer="Gaëtan")
    latin = replace(latin, lines=tuple(replace(line, name="été") for line in latin.lines))
    japanese = replace(latin, id="inv_2", buyer=replace(latin.buyer, name="株式会社"))
    shipment = consignment([latin, japanese])
    first, second = (result for result in sorted(carry(channel, shipment), key=_outcome))
    assert (first.outcome, first.unconfirmed) == (Outcome.CREATED, True)
    assert second.outcome is Outcome.REJECTED
    assert "cp1252 cannot hold '株'" in second.message
    assert "Gaëtan".encode("cp1252") in Path(first.reference).read_bytes()


def test_nothing_is_written_when_all_are_refused(
    channel: CsvFile, bordereau_document: Document, tmp_path: Path
) -> None:
    shipment = consignment([replace(bordereau_document, number="")])
    assert [result.outcome for result in carry(channel, shipment)] == [Outcome.REJECTED]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_changed_since_is_shown_to_a_person(
    channel: CsvFile, tmp_path: Path
) -> None:
    shipment = sample_consignment()
    list(carry(channel, shipment))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes() + b"added by hand\r\n")
    found = look_up(channel, shipment)
    assert len(found) == len(shipment.items)
    assert all(result.needs_attention and result.message for result in found.values())


def test_a_kill_before_the_rename_leaves_no_half_file(channel: CsvFile, tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT_THE_RENAME, str(tmp_path)], check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
    shipment = sample_consignment(size=20)
    assert look_up(channel, shipment) == {}
    results = list(carry(channel, replace(shipment, attempt=2)))
    assert {result.outcome for result in results} == {Outcome.CREATED}
    (path,) = tmp_path.iterdir()
    assert path.read_bytes() == channel.build(shipment).content


def test_a_folder_outside_the_tenants_root_is_refused(
    bordereau_context: Context, tmp_path: Path
) -> None:
    context = replace(bordereau_context, root=tmp_path / "acme")
    inside = CsvFile(CsvConfig(folder=Path("exports")), context)
    (result, *_) = carry(inside, sample_consignment())
    assert Path(result.reference).parent == tmp_path / "acme" / "exports"
    for folder in ("../other", str(tmp_path / "other")):
        outside = CsvFile(CsvConfig(folder=Path(folder)), context)
        with pytest.raises(ActionRequired, match="outside"):
            outside.check()
        results = list(carry(outside, sample_consignment()))
        assert {(result.outcome, result.needs_attention) for result in results} == {
            (Outcome.RETRY, True)
        }


def test_check_says_that_a_folder_is_a_file(bordereau_context: Context, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    channel = CsvFile(CsvConfig(folder=tmp_path / "file" / "deeper"), bordereau_context)
    with pytest.raises(ActionRequired, match="Choose another folder"):
        channel.check()


def test_an_unknown_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="layout"):
        CsvConfig.model_validate({"folder": tmp_path, "layout": "columns"})


def _outcome(result: object) -> str:
    return str(getattr(result, "outcome", ""))
