"""Importing work of blocks: thousands of entries, drawn once."""

from pathlib import Path

from sqlalchemy import func, select
from tests.charges.block import HOURS, TODAY, block, statements
from tests.fixtures.books import Books
from tests.fixtures.statements import Counting

from bordereau.charges import Charge, rate
from bordereau.imports import FileReport, import_file
from bordereau.store import Database
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId


def test_a_file_of_work_is_drawn_from_its_block_once_and_again_if_it_changes(
    database: Database, tenant_id: TenantId, tmp_path: Path, counting: Counting
) -> None:
    with database.tenant(tenant_id) as session:
        contract, ticket = block(Books(session), HOURS)
        code = ticket.code
        rate(session, until=TODAY)
    path = tmp_path / "time_entries.csv"

    def imported(minutes: int) -> FileReport:
        lines = (f"E{n},{code},2026-09-20T09:00,{minutes}" for n in range(2_001))
        path.write_text("\n".join(("key,ticket,starts_at,minutes", *lines, "")), encoding="utf-8")
        owner = Actor.installation("owner")
        return import_file(database, tenant_id, path, "time_entries", actor=owner)

    with counting() as sent:
        assert imported(1).created == 2_001
    assert sum(one.startswith("UPDATE block_period") for one in sent) == 1
    with database.tenant(tenant_id) as session:
        assert statements(session, contract)[0] == (0, 600, 2_001, 1_401, 0, 0)
        waiting = select(func.count()).where(Charge.kind == "time", Charge.holds != [])
        assert session.scalar(waiting) == 0
    assert imported(2).changed == 2_001
    with database.tenant(tenant_id) as session:
        assert statements(session, contract)[0] == (0, 600, 4_002, 3_402, 0, 0)
