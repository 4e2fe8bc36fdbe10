"""What settling blocks writes: statements by period, and how entries were drawn."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Text, case, exists, func, literal, select, update
from sqlalchemy.orm import aliased

from bordereau.catalog.saving import Row, insert_rows, update_rows
from bordereau.charges.blocks.reading import Entry, first_open
from bordereau.charges.blocks.waiting import is_drawable
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rules.block_statements import Statement
from bordereau.charges.rules.drawing import Alert, Draw
from bordereau.charges.rules.readiness import Reason
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, BlockPeriod, Charge
from bordereau.store import TenantSession, among
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


def unsettle(session: TenantSession, contract_ids: Collection[UUID]) -> None:
    """Open statements again of which nothing is billed any more: their balance is restored.

    What is billed in a later period, or was restated, keeps the statements before it (row B61).
    """
    later = aliased(BlockPeriod)
    billed = exists().where(
        Charge.contract_id == BlockPeriod.contract_id,
        Charge.period_start >= BlockPeriod.period_start,
        among(Charge.kind, ["block", "time", "overage", "adjustment"]),
        state_in("reserved", "billed"),
    )
    restated = exists().where(
        later.contract_id == BlockPeriod.contract_id,
        later.period_start >= BlockPeriod.period_start,
        later.revision > 1,
    )
    session.execute(
        update(BlockPeriod)
        .where(among(BlockPeriod.contract_id, contract_ids), BlockPeriod.settled)
        .where(~billed, ~restated)
        .values(settled=False),
        execution_options={"synchronize_session": False},
    )


def write_entries(
    session: TenantSession,
    drawn: Iterable[tuple[Entry, Draw, Period]],
    ids: Mapping[Key, UUID],
) -> None:
    """Note on each unbilled entry its period, the balance it drew from, and the part within.

    What is reserved or billed stays; it only learns its balance, should a new statement count it.
    """
    rows: list[Row] = []
    counted: list[Row] = []
    for entry, draw, period in drawn:
        row: Row = {
            "block_period_id": ids[entry.contract_id, period.start],
            "quantity": hours(draw.minutes_within),
            "period_start": period.start,
            "late": entry.late,
            "holds": [],
        }
        if entry.state in UNBILLED and any(getattr(entry, name) != row[name] for name in row):
            until = {"period_end": period.end, "ready_on": period.end}
            rows.append({"id": entry.id, **row, **until})
        elif entry.block_period_id is None:
            counted.append({"id": entry.id, "block_period_id": row["block_period_id"]})
    update_rows(session, Charge, rows)
    update_rows(session, Charge, counted)


def give_back(session: TenantSession, first: Mapping[UUID, date]) -> None:
    """Take work out of the statements of open periods that no longer draws from them.

    It was reopened, cancelled or written off; should it come back, it is drawn again.
    """
    since = first_open(first)
    waits = literal([Reason.NOT_DRAWN.value], ARRAY(Text))
    session.execute(
        update(Charge)
        .where(
            Charge.contract_id == since.c.contract_id,
            Charge.period_start >= since.c.day,
            Charge.tenant_id == BlockPeriod.tenant_id,
            Charge.block_period_id == BlockPeriod.id,
            ~BlockPeriod.settled,
            ~is_drawable(),
        )
        .values(
            block_period_id=None,
            holds=case((func.cardinality(Charge.holds) == 0, waits), else_=Charge.holds),
        ),
        execution_options={"synchronize_session": False},
    )


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
