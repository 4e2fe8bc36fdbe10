"""What rating writes: computed charges are added, changed or taken away until they are right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Uuid, and_, func, literal, or_, select

from bordereau.catalog.saving import Row, insert_rows, update_rows
from bordereau.charges.blocks.fee_rests import fee_row, is_fee
from bordereau.charges.blocks.rests import add_rests
from bordereau.charges.holds import refresh_holds
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rating.corrections import is_correction, less_corrections
from bordereau.charges.rating.parts import Whole, put_together, wholes_of
from bordereau.charges.rating.withdrawing import withdraw
from bordereau.charges.tables import COMPUTED, UNBILLED, Charge
from bordereau.store import TenantSession, among
from bordereau.values.ids import uuid7

_NAMING = ("id", "source_key", "state", "kind", "parent_id", "draft_id")
_FOLLOWING = (
    "administration_id",
    "customer_id",
    "contract_id",  # overage follows its entry, which may be moved to another block
    "ticket_id",
    "tax_code_id",
    "currency",
    "worked_on",
    "period_start",
    "period_end",
    "ready_on",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "net",
    "billable_minutes",
)
Known = dict[str, Any]


@dataclass(slots=True)
class RatingReport:
    """What rating did."""

    contracts: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0

    def add(self, other: "RatingReport") -> None:
        """Add what was done for further contracts."""
        self.contracts += other.contracts
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.deleted += other.deleted


@dataclass(slots=True)
class _Work:
    """What is to be written."""

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)
    together: list[Whole] = field(default_factory=list)
    unchanged: int = 0

    def settle(self, row: Row, old: Known | None, whole: Whole | None) -> None:
        """Compare a charge as it should be with what there is of it."""
        if old is None:
            self.new.append({"id": uuid7(), **row})
        elif all(row[name] == old[name] for name in _FOLLOWING):
            self.unchanged += 1
        elif whole:
            self._share(row, whole)
        elif old["state"] in UNBILLED:
            self._change(old, row)
        else:
            self.unchanged += 1

    def forget(self, old: Known, whole: Whole | None) -> None:
        """Take away what the contract no longer makes."""
        if whole is None:
            if old["state"] in UNBILLED:
                self.gone.append(old["id"])
            return
        if not whole.fixed:
            self.together.append(whole)
            self.gone.append(old["id"])
        elif whole.free and old["net"]:
            nothing = {"quantity": Decimal(1), "unit_price": Decimal(0), "net": Decimal(0)}
            self._share({**old, **nothing}, whole)

    def _share(self, row: Row, whole: Whole) -> None:
        rest = whole.rest(row)
        if not whole.free or rest is None:
            self.unchanged += 1
        elif not whole.fixed:
            self.together.append(whole)
            self._change(whole.charge, row)
        else:
            kept = whole.free[:1] if rest["net"] else []
            for one in kept:
                self._change(one, rest)
            self.gone += [one["id"] for one in whole.free[len(kept) :]]
            self._change(whole.charge, row)

    def _change(self, old: Mapping[str, Any], row: Row) -> None:
        self.changed.append({"id": old["id"], **{name: row[name] for name in _FOLLOWING}})


def write_computed(
    session: TenantSession,
    contracts: Mapping[UUID, ContractFacts],
    first: dict[UUID, date],
    rows: list[Row],
) -> RatingReport:
    """Bring the computed charges from the first days on to what they should be."""
    return _write(session, _settled(contracts, rows, _known(session, first)))


def correct_block_fees(
    session: TenantSession, contracts: Mapping[UUID, ContractFacts], first: dict[UUID, date]
) -> None:
    """Bring fees of blocks to what a new end makes of them, those of settled periods as well.

    Args:
        session: the tenant's session.
        contracts: blocks by id, with the end that holds now.
        first: by contract the start of the first period that the end changes.

    """
    known = [one for one in _known(session, first) if is_fee(one)]
    places = sorted({(one["contract_id"], one["period_start"]) for one in known})
    rows: list[Row] = []
    for contract_id, start in places:
        period = contracts[contract_id].period_of(start)
        if period and period.start == start:
            rows.append(fee_row(contracts[contract_id], period))
    _write(session, _settled(contracts, rows, known))


def _settled(contracts: Mapping[UUID, ContractFacts], rows: list[Row], known: list[Known]) -> _Work:
    """Compare the charges as they should be with those that there are."""
    computed = [one for one in known if one["kind"] in COMPUTED]
    wholes = wholes_of(computed)
    existing = {one["source_key"]: one for one in computed if one["parent_id"] is None}
    follows = {whole.charge["source_key"] for whole in wholes.values() if whole.free}
    add_rests(contracts, rows, [one for key, one in existing.items() if key not in follows])
    work = _Work(gone=less_corrections(contracts, rows, known))
    for row in rows:
        old = existing.pop(row["source_key"], None)
        work.settle(row, old, wholes.get(old["id"]) if old else None)
    for old in existing.values():
        work.forget(old, wholes.get(old["id"]))
    return work


def _write(session: TenantSession, work: _Work) -> RatingReport:
    put_together(session, work.together)
    insert_rows(session, Charge, work.new)
    update_rows(session, Charge, work.changed)
    report = RatingReport(unchanged=work.unchanged)
    if work.gone:
        report.deleted = withdraw(session, among(Charge.id, work.gone))
    if work.new or work.changed:
        refresh_holds(session, charge_ids=[row["id"] for row in (*work.new, *work.changed)])
    report.created, report.changed = len(work.new), len(work.changed)
    return report


def _known(session: TenantSession, first: dict[UUID, date]) -> list[Known]:
    """Return the computed charges and corrections of the contracts from their first days on."""
    ids, days = literal(list(first), ARRAY(Uuid)), literal(list(first.values()), ARRAY(Date))
    since = func.unnest(ids, days).table_valued("contract_id", "day", name="since").render_derived()
    columns = [getattr(Charge, name) for name in (*_NAMING, *_FOLLOWING)]
    found = session.execute(
        select(*columns)
        .join(since, and_(Charge.contract_id == since.c.contract_id))
        .where(
            Charge.period_start >= since.c.day,
            or_(among(Charge.kind, COMPUTED), is_correction()),
        )
        .order_by(Charge.source_key)
    )
    return [dict(row) for row in found.mappings()]
