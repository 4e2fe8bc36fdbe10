"""Rounding billable time over all entries of a ticket or a day, where a contract asks for that."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, and_, exists, or_, select

from bordereau.catalog.saving import Row, update_rows
from bordereau.charges.owners import ContractFacts, Payer
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


def round_groups(session: TenantSession, payers: Iterable[Payer], changed: Iterable[UUID]) -> None:
    """Round again the groups that changed entries belong to.

    Entries that are reserved or billed stay, and what they were billed counts: an hour that was
    rounded up once is not rounded up again for a few minutes more.

    Args:
        session: the tenant's session.
        payers: who pays for the entries; only contracts that round by ticket or day matter.
        changed: the entries.

    """
    contracts = {
        one.id: one
        for one in payers
        if isinstance(one, ContractFacts) and one.rounding.scope is not RoundingScope.ENTRY
    }
    ids = list(changed)
    if not contracts or not ids:
        return
    entries = session.execute(_groups(contracts, ids))
    by_contract: dict[UUID, list[RowMapping]] = {}
    for entry in entries.mappings():
        by_contract.setdefault(entry["contract_id"], []).append(entry)
    updates: list[Row] = []
    for contract_id, found in by_contract.items():
        updates += _rounded(contracts[contract_id], found)
    update_rows(session, Charge, updates)


def _groups(
    contracts: Mapping[UUID, ContractFacts], changed: list[UUID]
) -> Select[*tuple[Any, ...]]:
    """Select all entries of the tickets or days of the changed ones."""
    touched = (
        select(Charge.contract_id, Charge.ticket_id, Charge.worked_on)
        .where(among(Charge.id, changed), among(Charge.contract_id, list(contracts)))
        .subquery()
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
            state_in(*UNBILLED, "reserved", "billed"),
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
