"""The CSV destination: the conformance kit, and what stands in its rows."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from bordereau.connections.carry import carry
from bordereau.contract import Artifact, Consignment, Context, Document, DocumentKind, Outcome
from bordereau.testing import (
    DestinationConformance,
    consignment_of,
    sample_consignment,
    sample_document,
    sample_item,
)
from bordereau_csv import CsvFile
from bordereau_csv.config import CsvConfig


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


def test_an_unknown_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="layout"):
        CsvConfig.model_validate({"folder": tmp_path, "layout": "columns"})


def _outcome(result: object) -> str:
    return str(getattr(result, "outcome", ""))
