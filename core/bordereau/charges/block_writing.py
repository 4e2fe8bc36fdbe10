"""What settling blocks writes: statements by period, and how entries were drawn."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from bordereau.catalog.saving import Row, among, insert_rows, update_rows
from bordereau.charges.block_reading import Entry
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rules.block_statements import Statement
from bordereau.charges.rules.blocks import Alert, Draw
from bordereau.charges.tables import UNBILLED, BlockPeriod, Charge
from bordereau.store import TenantSession
from bordereau.values.ids import uuid7
from bordereau.values.periods import Period
from bordereau.values.quantity import hours

Key = tuple[UUID, date]
_FIGURES = ("period_end", "opening", "included", "used", "overage", "carried", "lost", "alerts")


def write_statements(
    session: TenantSession,
    found: Iterable[tuple[ContractFacts, Statement]],
    settled: Iterable[UUID],
) -> dict[Key, UUID]:
    """Keep the statements of open periods, settle others, and return ids by contract and start."""
    if done := list(settled):
        session.execute(
            update(BlockPeriod).where(among(BlockPeriod.id, done)).values(settled=True),
            execution_options={"synchronize_session": False},
        )
    rows = [statement_row(contract, statement) for contract, statement in found]
    known = _open_periods(session, {row["contract_id"] for row in rows})
    ids: dict[Key, UUID] = {}
    new: list[Row] = []
    changed: list[Row] = []
    for row in rows:
        key = (row["contract_id"], row["period_start"])
        old = known.get(key)
        ids[key] = old["id"] if old else uuid7()
        if old is None:
            new.append({"id": ids[key], **row})
        elif any(row[name] != old[name] for name in _FIGURES):
            changed.append({"id": ids[key], **{name: row[name] for name in _FIGURES}})
    insert_rows(session, BlockPeriod, new)
    update_rows(session, BlockPeriod, changed)
    return ids


def write_entries(
    session: TenantSession,
    drawn: Iterable[tuple[Entry, Draw, Period]],
    ids: Mapping[Key, UUID],
) -> None:
    """Note on each unbilled entry its period, the balance it drew from, and the part within."""
    rows: list[Row] = []
    for entry, draw, period in drawn:
        row: Row = {
            "block_period_id": ids[entry.contract_id, period.start],
            "quantity": hours(draw.minutes_within),
            "period_start": period.start,
            "late": entry.late,
        }
        if entry.state in UNBILLED and any(getattr(entry, name) != row[name] for name in row):
            until = {"period_end": period.end, "ready_on": period.end}
            rows.append({"id": entry.id, **row, **until})
    update_rows(session, Charge, rows)


def statement_row(contract: ContractFacts, statement: Statement) -> Row:
    """Return a statement as it is kept; quantities are minutes, or money."""
    return {
        "contract_id": contract.id,
        "period_start": statement.period.start,
        "period_end": statement.period.end,
        "opening": statement.opening,
        "included": statement.added,
        "used": statement.used,
        "overage": statement.overage,
        "carried": statement.carried,
        "lost": statement.lost,
        "alerts": [_alert(one) for one in statement.alerts],
    }


def _alert(alert: Alert) -> str:
    return f"{alert.percent} {alert.reached_at.isoformat()}"


def _open_periods(session: TenantSession, contract_ids: Iterable[UUID]) -> dict[Key, Row]:
    """Return the statements that are not settled, by contract and start."""
    columns = [getattr(BlockPeriod, name) for name in ("id", "contract_id", "period_start")]
    columns += [getattr(BlockPeriod, name) for name in _FIGURES]
    found = session.execute(
        select(*columns).where(
            among(BlockPeriod.contract_id, sorted(contract_ids)), ~BlockPeriod.settled
        )
    )
    return {(row["contract_id"], row["period_start"]): dict(row) for row in found.mappings()}
