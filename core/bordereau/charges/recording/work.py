"""Recording time, products and expenses: thousands at once, each once (row A56)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bordereau.catalog.saving import Fault, Row, Saved, ids_of, lock
from bordereau.catalog.tables import TaxCode
from bordereau.charges.blocks.drawing import draw_at_once, drawn_entries
from bordereau.charges.finding import Found, Named, check_day, find_payers
from bordereau.charges.owners import ContractFacts
from bordereau.charges.placing import (
    Work,
    place,
    price_item,
    price_time,
    state_of_late,
    tax_code_of,
)
from bordereau.charges.recording.records import ItemRecord, ProductRecord, TimeEntryRecord
from bordereau.charges.recording.rounding import groups_of, round_groups
from bordereau.charges.tables import Charge
from bordereau.charges.writing import blank, write_charges
from bordereau.errors import Invalid
from bordereau.store import TenantSession, among
from bordereau.tenancy.accounts import account
from bordereau.values.zones import local_date

_TIME_COLUMNS = {
    "starts_at",
    "minutes",
    "rate",
    "description",
    "employee",
    "ticket_id",
    "chargeable",
}
_ITEM_COLUMNS = {
    "worked_on",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "description",
    "employee",
    "ticket_id",
    "chargeable",
}


def save_time_entries(
    session: TenantSession,
    records: Mapping[int, TimeEntryRecord],
    *,
    later: set[UUID] | None = None,
) -> Saved:
    """Add or change time entries by their key; days are cut in the account's zone (row A41).

    Args:
        session: the tenant's session.
        records: the entries by line.
        later: takes the blocks that new work waits for (reason NOT_DRAWN), for `draw_recorded`;
            without it the work is drawn at once. What a balance counts already is so anyway.

    """
    lock(session, "charge")
    zone = account(session).time_zone
    named = {line: Named(one.ticket, one.contract) for line, one in records.items()}
    found, faults = find_payers(session, named)
    rows: dict[int, Row] = {}
    for line, one in found.items():
        row = _time_row(line, records[line], one, zone)
        if isinstance(row, Fault):
            faults.append(row)
        else:
            rows[line] = row
    compare = {line: _compared(_TIME_COLUMNS, records[line].contract) for line in rows}
    keys = [row["source_key"] for row in rows.values()]
    drawn = drawn_entries(session, keys)
    left = groups_of(session, among(Charge.source_key, keys))
    settled = {key for key, one in drawn.items() if one.settled}
    saved = write_charges(session, rows, compare, settled=settled)
    if saved.ids:
        left_now = [left[one] for one in saved.ids if one in left]
        come = groups_of(session, among(Charge.id, saved.ids))
        round_groups(session, [*come.values(), *left_now])
        counted = {one.contract_id for one in drawn.values()}
        counted |= {one.contract_id for one in left_now}
        _draw_again(session, found.values(), counted, later)
    saved.faults += faults
    return saved


def save_items(session: TenantSession, records: Mapping[int, ItemRecord]) -> Saved:
    """Add or change products and expenses by their key."""
    lock(session, "charge")
    named = {line: Named(one.ticket, one.contract) for line, one in records.items()}
    found, faults = find_payers(session, named)
    tax_codes = ids_of(session, TaxCode, (one.tax_code for one in records.values() if one.tax_code))
    rows: dict[int, Row] = {}
    for line, one in found.items():
        record = records[line]
        fault = check_day(line, one.payer, record.day, "day")
        if record.tax_code and record.tax_code not in tax_codes:
            said = f"There is no tax code {record.tax_code}."
            fault = Fault(line, "tax_code", "UNKNOWN_TAX_CODE", said)
        if fault:
            faults.append(fault)
            continue
        placed = place(one.payer, record.day, one.settled_until)
        rows[line] = blank(
            **_kind(record),
            **placed,
            **price_item(
                record.quantity, record.unit_price, record.discount_percent, one.payer.currency
            ),
            ticket_id=one.ticket_id,
            tax_code_id=tax_code_of(one.payer, tax_codes.get(record.tax_code or "")),
            **record.model_dump(include={"description", "employee", "unit", "chargeable"}),
        )
    compare = {line: _compared(_ITEM_COLUMNS, records[line].contract) for line in rows}
    saved = write_charges(session, rows, compare)
    saved.faults += faults
    return saved


def draw_recorded(session: TenantSession, blocks: Collection[UUID]) -> None:
    """Draw the work that `save_time_entries` left for later, each block once."""
    lock(session, "charge")
    draw_at_once(session, contract_ids=blocks)


def _draw_again(
    session: TenantSession, found: Iterable[Found], counted: set[UUID], later: set[UUID] | None
) -> None:
    """Draw from the blocks that the work belongs to now, and from those that counted it before."""
    payers = (one.payer for one in found)
    now = {one.id for one in payers if isinstance(one, ContractFacts) and one.type.is_block}
    if later is None:
        counted |= now
    else:
        later |= now - counted
    if counted:
        draw_at_once(session, contract_ids=counted)


def _time_row(line: int, record: TimeEntryRecord, found: Found, zone: str) -> Row | Fault:
    starts_at = record.starts_at
    if starts_at.tzinfo is None:
        starts_at = starts_at.replace(tzinfo=ZoneInfo(zone))
    day = local_date(starts_at, zone)
    if fault := check_day(line, found.payer, day, "starts_at"):
        return fault
    try:
        priced = price_time(found.payer, Work(day, record.minutes, record.rate))
    except Invalid as error:
        return Fault(line, "rate", error.code, error.message)
    placed = place(found.payer, day, found.settled_until)
    return blank(
        kind="time",
        source_key=f"time:{record.key}",
        **placed,
        **priced,
        state=state_of_late(found.payer, late=placed["late"]),
        block_period_id=None,
        starts_at=_utc(starts_at),
        ticket_id=found.ticket_id,
        tax_code_id=tax_code_of(found.payer, None),
        **record.model_dump(include={"description", "employee", "chargeable"}),
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _kind(record: ItemRecord) -> Row:
    kind = "product" if isinstance(record, ProductRecord) else "expense"
    return {"kind": kind, "source_key": f"{kind}:{record.key}"}


def _compared(columns: set[str], contract: str | None) -> set[str]:
    """Compare the contract only if it was named; else it comes from the ticket and may change."""
    return columns | {"contract_id"} if contract else columns
