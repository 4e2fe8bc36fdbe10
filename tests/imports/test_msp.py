"""The sample data of the demo: it has exactly the faults that its README lists."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bordereau.catalog.tables import Contract
from bordereau.charges import balances, rate
from bordereau.imports import ImportReport, import_folder
from bordereau.store import Database
from bordereau.tenancy import Actor, open_account
from bordereau.values.ids import TenantId

FOLDER = Path(__file__).parents[2] / "examples" / "msp"
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def msp(database: Database) -> tuple[TenantId, ImportReport]:
    """An account with the sample data, and what its import reported."""
    tenant_id = open_account(
        database, slug="msp", name="MSP", region="FR", time_zone="Europe/Paris", language="fr"
    )
    actor = Actor.installation("test")
    return tenant_id, import_folder(database, tenant_id, FOLDER, actor=actor)


def listed() -> set[tuple[str, ...]]:
    """Return the rows of the README's table: file, line, column, code."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8").partition("## Faults")[2]
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    return {tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows}


def test_the_faults_are_those_that_the_readme_lists(msp: tuple[TenantId, ImportReport]) -> None:
    _, report = msp
    found = {
        (file.file, str(fault.line), fault.column, fault.code)
        for file in report.files
        for fault in file.faults
    }
    assert found == listed()
    assert report.taken == 199


def test_the_sample_data_imported_again_changes_nothing(
    database: Database, msp: tuple[TenantId, ImportReport]
) -> None:
    tenant_id, first = msp
    again = import_folder(database, tenant_id, FOLDER, actor=Actor.installation("test"))
    assert sum(file.created + file.changed for file in again.files) == 0
    assert again.taken == first.taken
    assert again.faults == first.faults


@pytest.mark.row("A20", "A21", "A11")
def test_a_batch_of_november_finds_white_and_black_boxes(
    database: Database, msp: tuple[TenantId, ImportReport]
) -> None:
    tenant_id, _ = msp
    with database.tenant(tenant_id) as session:
        rate(session, until=TODAY)
        assert rate(session, until=TODAY).created == 0
        codes = {row.id: row.code for row in session.execute(select(Contract.id, Contract.code))}
        found: dict[str | None, Any] = {
            codes.get(row.contract_id): row for row in session.execute(balances(TODAY))
        }
    boxes = {code: row.box for code, row in found.items()}
    assert boxes["K-LINDNER"] == "white"
    assert boxes["K-VASSEUR"] == boxes["K-MARTEL"] == "black"
    assert boxes["K-ARNOUL"] == "black"
    assert found["K-ARNOUL"].ready_balance == Decimal("2162.90")  # 2 blocks, 3.75 h over, meals
    assert all(row.total_balance >= row.ready_balance for row in found.values())
