"""The archive: the conformance kit, and what is its own."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bordereau.connections.carry import carry, look_up
from bordereau.contract import Artifact, Context, Fact, Item, Outcome, from_canonical
from bordereau.testing import (
    DeliveryConformance,
    consignment_of,
    sample_artifact,
    sample_document,
    sample_item,
)
from bordereau_archive import Archive
from bordereau_archive.config import ArchiveConfig


class TestArchiveConformance(DeliveryConformance):
    @pytest.fixture
    def capability(self, bordereau_context: Context, tmp_path: Path) -> Archive:
        return Archive(ArchiveConfig(folder=tmp_path / "dossiers"), bordereau_context)


@pytest.fixture
def channel(bordereau_context: Context, tmp_path: Path) -> Archive:
    return Archive(ArchiveConfig(folder=tmp_path), bordereau_context)


@pytest.fixture
def item() -> Item:
    return sample_item(sample_document(42), Archive.features)


@pytest.mark.row("B46")
def test_the_report_is_filed_unchanged_in_the_customers_folder(
    channel: Archive, item: Item, tmp_path: Path
) -> None:
    (result,) = carry(channel, consignment_of([item]))
    folder = tmp_path / "C00042" / "2026"
    assert (result.outcome, channel.completes) == (Outcome.CREATED, Fact.FILED)
    assert result.reference == str(folder / "INV-2026-000042.pdf")
    assert sorted(path.name for path in folder.iterdir()) == [
        "INV-2026-000042.json",
        "INV-2026-000042.manifest.json",
        "INV-2026-000042.pdf",
    ]
    assert (folder / "INV-2026-000042.pdf").read_bytes() == item.artifacts[0].content
    assert from_canonical((folder / "INV-2026-000042.json").read_bytes()) == item.document


def test_the_manifest_proves_every_file(channel: Archive, item: Item, tmp_path: Path) -> None:
    xml = Artifact(name="factur-x.xml", media_type="application/xml", content=b"<x/>")
    item = replace(item, artifacts=(*item.artifacts, xml))
    list(carry(channel, consignment_of([item])))
    (path,) = tmp_path.rglob("*.manifest.json")
    manifest = json.loads(path.read_text())
    assert manifest["document"] == item.document.id
    assert "INV-2026-000042.factur-x.xml" in manifest["files"]
    assert len(manifest["files"]) == 3
    for name, digest in manifest["files"].items():
        assert sha256((path.parent / name).read_bytes()).hexdigest() == digest


def test_what_is_filed_already_is_adopted(channel: Archive, item: Item, tmp_path: Path) -> None:
    shipment = consignment_of([item])
    list(carry(channel, shipment))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    (again,) = carry(channel, shipment)
    assert again.outcome is Outcome.ADOPTED
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")} == before


@pytest.mark.parametrize("ending", [".pdf", ".json", ".manifest.json"])
def test_a_missing_or_damaged_file_is_not_found_and_is_filed_again(
    channel: Archive, item: Item, tmp_path: Path, ending: str
) -> None:
    shipment = consignment_of([item])
    list(carry(channel, shipment))
    damaged = tmp_path / "C00042" / "2026" / f"INV-2026-000042{ending}"
    whole = damaged.read_bytes()
    for harm in (damaged.unlink, lambda: damaged.write_bytes(whole[:-1])):
        harm()
        if ending == ".manifest.json" and damaged.exists():
            continue  # a foreign manifest: the document is filed beside it, see below
        assert look_up(channel, shipment) == {}
        (result,) = carry(channel, replace(shipment, attempt=2))
        assert result.outcome is Outcome.CREATED
        assert damaged.read_bytes() == whole


def test_another_print_of_the_same_document_is_filed_beside(
    channel: Archive, item: Item, tmp_path: Path
) -> None:
    other = replace(sample_artifact(item.document), content=b"%PDF another layout")
    reprint = replace(item, delivery_id="dlv_reprint", artifacts=(other,))
    (first,) = carry(channel, consignment_of([item]))
    (second,) = carry(channel, consignment_of([reprint]))
    assert second.outcome is Outcome.CREATED
    assert Path(first.reference).read_bytes() == item.artifacts[0].content
    assert Path(second.reference).read_bytes() == other.content
    assert look_up(channel, consignment_of([reprint]))["dlv_reprint"].reference == second.reference
    assert len(list(tmp_path.rglob("*.pdf"))) == 2


def test_a_number_of_another_administration_is_not_overwritten(
    channel: Archive, item: Item
) -> None:
    twin = replace(
        item, delivery_id="dlv_twin", document=replace(item.document, id="inv_twin", language="fr")
    )
    first, second = (next(carry(channel, consignment_of([each]))) for each in (item, twin))
    assert first.reference != second.reference
    assert len(look_up(channel, consignment_of([item, twin]))) == 2


@pytest.mark.parametrize("code", ["../../etc", "..", "/root", "a/b", "nul", "C:\\x", "", "x\0y"])
def test_no_customer_code_leads_out_of_the_folder(
    channel: Archive, item: Item, tmp_path: Path, code: str
) -> None:
    document = replace(item.document, buyer=replace(item.document.buyer, code=code))
    (result,) = carry(channel, consignment_of([replace(item, document=document)]))
    place = Path(result.reference)
    assert place.resolve().parent.parent.parent == tmp_path.resolve()
    assert place.exists()


def test_customers_whose_codes_look_alike_have_folders_of_their_own(
    channel: Archive, item: Item
) -> None:
    folders = set()
    for code in ("a/b", "a:b", "a-b"):
        document = replace(item.document, buyer=replace(item.document.buyer, code=code))
        (result,) = carry(channel, consignment_of([replace(item, document=document)]))
        folders.add(Path(result.reference).parent)
    assert len(folders) == 3


def test_a_document_without_a_pdf_is_refused(channel: Archive, item: Item, tmp_path: Path) -> None:
    (result,) = carry(channel, consignment_of([replace(item, artifacts=())]))
    assert (result.outcome, result.message) == (Outcome.REJECTED, "There is no PDF to file.")
    assert list(tmp_path.iterdir()) == []
