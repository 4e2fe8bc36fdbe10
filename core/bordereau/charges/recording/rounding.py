"""Rounding billable time over all entries of a ticket or a day, where a contract asks for that."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    RowMapping,
    Select,
    Uuid,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)

from bordereau.catalog.saving import Row, update_rows
from bordereau.catalog.tables import Contract
from bordereau.charges.owner_reading import contracts_by_id
from bordereau.charges.owners import ContractFacts
from bordereau.charges.placing import bill_minutes
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.store import TenantSession, among
from bordereau.values.quantity import RoundingScope, Worked, billable_by_entry

_READ = (
    Charge.id,
    Charge.contract_id,
    Charge.ticket_id,
    Charge.worked_on,
    Charge.minutes,
    Charge.billable_minutes,
    Charge.unit_price,
    Charge.state,
)


class Group(NamedTuple):
    """Where an entry is rounded together with others: its contract, its ticket and its day."""

    contract_id: UUID
    ticket_id: UUID | None
    worked_on: date


def groups_of(session: TenantSession, *where: ColumnElement[bool]) -> dict[UUID, Group]:
    """Return the groups of entries by their ids; only of contracts that round by ticket or day."""
    found = session.execute(
        select(Charge.id, Charge.contract_id, Charge.ticket_id, Charge.worked_on)
        .join(
            Contract,
            and_(Contract.tenant_id == Charge.tenant_id, Contract.id == Charge.contract_id),
        )
        .where(*where, Charge.kind == "time", Contract.time_scope != RoundingScope.ENTRY)
    )
    return {one.id: Group(one.contract_id, one.ticket_id, one.worked_on) for one in found}


def round_groups(session: TenantSession, groups: Iterable[Group]) -> None:
    """Round again groups whose entries changed, came or left.

    Entries that are reserved, billed or split stay, and what they were billed counts: an hour that
    was rounded up once is not rounded up again for a few minutes more.

    Args:
        session: the tenant's session.
        groups: where changed entries are now, and where they were before (`groups_of`).

    """
    touched = list(set(groups))
    if not touched:
        return
    contracts = contracts_by_id(session, {one.contract_id for one in touched})
    entries = session.execute(_entries(contracts, touched))
    by_contract: dict[UUID, list[RowMapping]] = {}
    for entry in entries.mappings():
        by_contract.setdefault(entry["contract_id"], []).append(entry)
    updates: list[Row] = []
    for contract_id, found in by_contract.items():
        updates += _rounded(contracts[contract_id], found)
    update_rows(session, Charge, updates)


def _entries(
    contracts: Mapping[UUID, ContractFacts], groups: list[Group]
) -> Select[*tuple[Any, ...]]:
    """Select all entries of groups."""
    touched = (
        func.unnest(
            literal([one.contract_id for one in groups], ARRAY(Uuid)),
            literal([one.ticket_id for one in groups], ARRAY(Uuid)),
            literal([one.worked_on for one in groups], ARRAY(Date)),
        )
        .table_valued("contract_id", "ticket_id", "worked_on", name="touched")
        .render_derived()
    )
    same = {
        RoundingScope.TICKET: touched.c.ticket_id == Charge.ticket_id,
        RoundingScope.DAY: touched.c.worked_on == Charge.worked_on,
    }
    rounded: dict[RoundingScope, list[UUID]] = {scope: [] for scope in same}
    for one in contracts.values():
        rounded[one.rounding.scope].append(one.id)
    grouped = [and_(among(Charge.contract_id, rounded[scope]), same[scope]) for scope in same]
    return (
        select(*_READ)
        .where(
            Charge.kind == "time",
            Charge.parent_id.is_(None),
            state_in(*UNBILLED, "reserved", "billed", "split"),
            exists().where(touched.c.contract_id == Charge.contract_id, or_(*grouped)),
        )
        .order_by(Charge.contract_id, Charge.starts_at, Charge.id)
    )


def _rounded(contract: ContractFacts, entries: list[RowMapping]) -> list[dict[str, Any]]:
    """Return the columns of the entries whose billable minutes change."""
    worked = [
        Worked(
            one["minutes"],
            one["worked_on"],
            str(one["ticket_id"]) if one["ticket_id"] else None,
            None if one["state"] in UNBILLED else one["billable_minutes"],
        )
        for one in entries
    ]
    billable = billable_by_entry(worked, contract.rounding)
    return [
        {"id": one["id"], **bill_minutes(minutes, one["unit_price"], contract.currency)}
        for one, minutes in zip(entries, billable, strict=True)
        if minutes != one["billable_minutes"]
    ]
