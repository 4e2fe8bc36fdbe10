"""Writing recorded charges: new ones are added, changed ones changed unless something holds them.

A charge of a contract can be changed until it is reserved; one of a project that asks for approval
until it is approved (rows A37, B8, B12).
"""

from collections.abc import Collection, Mapping
from typing import Any

from bordereau.catalog.saving import Fault, Row, Saved, existing_rows, insert_rows, update_rows
from bordereau.charges.holds import refresh_holds
from bordereau.charges.tables import Charge
from bordereau.store import TenantSession
from bordereau.values.ids import uuid7

_REFUSALS = {
    "reserved": ("RECORD_RESERVED", "A batch has reserved it. Take it out of the batch first."),
    "billed": ("RECORD_BILLED", "It was billed. Record a correction as a new entry instead."),
    "written_off": ("RECORD_WRITTEN_OFF", "It was written off. Reopen it first."),
    "split": ("RECORD_SPLIT", "It was split into parts, which can be changed one by one."),
    "delayed": ("RECORD_DELAYED", "It is delayed. End the delay first."),
}
SETTLED = (
    "RECORD_SETTLED",
    "The block's balance of its period was billed, or is reserved by a batch, with this work in it."
    " Record a correction as a new entry instead.",
)
_SETTABLE = frozenset({"open", "closed"})
_LOCKED = ("RECORD_LOCKED", "It is approved or closed. Undo that first.")


def blank(**values: Any) -> Row:
    """Return a row with every column that recording may fill, so that all rows are alike."""
    empty: Row = dict.fromkeys(
        (
            "contract_id",
            "project_id",
            "ticket_id",
            "work_type_id",
            "tax_code_id",
            "starts_at",
            "period_start",
            "period_end",
            "minutes",
            "billable_minutes",
            "surcharge_percent",
        )
    )
    plain = {
        "description": "",
        "employee": "",
        "unit": "C62",
        "rate": "",
        "discount_percent": 0,
        "chargeable": True,
        "state": "closed",
        "late": False,
        "holds": [],
    }
    return empty | plain | values


def refusal(row: Mapping[str, Any], *, asks_approval: bool) -> tuple[str, str] | None:
    """Return why a recorded charge cannot be changed, as code and message."""
    if row["draft_id"] is not None:
        return "RECORD_IN_DRAFT", "It stands in a pro forma. Take it out there first."
    if asks_approval and row["state"] in {"approved", "closed"}:
        return _LOCKED
    return _REFUSALS.get(row["state"])


def write_charges(
    session: TenantSession,
    rows: Mapping[int, Row],
    compare: Mapping[int, set[str]],
    *,
    approval: Mapping[int, bool] | None = None,
    settled: Collection[str] = (),
) -> Saved:
    """Add or change charges by their source key, then find what stands against them.

    Args:
        session: the tenant's session.
        rows: complete rows by line.
        compare: by line, the columns that tell whether a record changed; the state counts only
            where people set it in the record, and only until something reserves the charge.
        approval: by line, whether the owner asks for approval.
        settled: source keys of work that a settled statement of a block counts.

    """
    saved, asked = Saved(), approval or {}
    existing = existing_rows(
        session, Charge, "source_key", [r["source_key"] for r in rows.values()]
    )
    new: list[Row] = []
    changed: list[Row] = []
    for line, row in rows.items():
        old = existing.get(row["source_key"])
        if old is None:
            new.append({"id": uuid7(), **row})
        elif _same(row, old, compare[line]):
            saved.unchanged += 1
        elif why := refusal(old, asks_approval=asked.get(line, False)):
            saved.faults.append(Fault(line, "key", *why))
        elif row["source_key"] in settled:
            saved.faults.append(Fault(line, "key", *SETTLED))
        else:
            kept = {"id": old["id"], "holds": old["holds"]}
            if "state" not in compare[line]:
                kept["state"] = old["state"]
            changed.append(row | kept)
    insert_rows(session, Charge, new)
    update_rows(session, Charge, changed)
    saved.created, saved.changed = len(new), len(changed)
    saved.ids = [row["id"] for row in (*new, *changed)]
    if saved.ids:
        refresh_holds(session, charge_ids=saved.ids)
    return saved


def _same(row: Row, old: Mapping[str, Any], compare: set[str]) -> bool:
    names = compare if old["state"] in _SETTABLE else compare - {"state"}
    return all(row[name] == old[name] for name in names)
