"""The files of the CSV destination: their names, where they may lie, and what a kill leaves."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bordereau.connections.carry import carry, look_up
from bordereau.contract import ActionRequired, Context, Outcome
from bordereau.testing import sample_consignment
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


def test_the_name_tells_people_the_batch_and_machines_the_consignment(channel: CsvFile) -> None:
    shipment = replace(sample_consignment(), title="../Été: 2026/")
    assert channel.build(shipment).name == f"Été-2026-{shipment.request_key}.csv"
    nameless = replace(shipment, title="…")
    assert channel.build(nameless).name == f"invoices-{shipment.request_key}.csv"


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
