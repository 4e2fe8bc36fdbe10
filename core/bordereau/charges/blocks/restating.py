"""Restating a block: settled periods are computed anew with late work, shown, then applied.

Issued invoices are not touched. The difference becomes one adjustment charge, plus or minus; the
statements before stay beside the new ones, with who applied them (policy `adjust`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import distinct_on

from bordereau.catalog.saving import Row, insert_rows, lock, update_rows
from bordereau.charges.blocks.drawing import draw_at_once
from bordereau.charges.blocks.plans import block_of
from bordereau.charges.blocks.waiting import is_drawable
from bordereau.charges.blocks.writing import statement_row
from bordereau.charges.owner_reading import contracts_by_id
from bordereau.charges.owners import ContractFacts
from bordereau.charges.rating.computing import row_of
from bordereau.charges.rules.block_statements import Statement, statements
from bordereau.charges.rules.blocks import Block
from bordereau.charges.rules.drawing import Work
from bordereau.charges.rules.late import Restatement, restate
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, BlockPeriod, Charge
from bordereau.errors import Conflict, Invalid, NotFound
from bordereau.store import TenantSession, among
from bordereau.tenancy.accounts import today
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.audit import record_audit
from bordereau.tenancy.rights import Right
from bordereau.values.ids import public_id, uuid7
from bordereau.values.quantity import hours


@dataclass(frozen=True, slots=True)
class _Books:
    """A block contract with its settled periods and the work that they missed."""

    contract: ContractFacts
    block: Block
    settled: Sequence[BlockPeriod]
    rebuilt: tuple[Statement, ...]
    late: Sequence[Charge]


def block_report(session: TenantSession, contract_id: UUID) -> Sequence[BlockPeriod]:
    """Return the statements of a block that count, one per period, in order."""
    latest = (
        select(BlockPeriod.id)
        .ext(distinct_on(BlockPeriod.period_start))
        .where(BlockPeriod.contract_id == contract_id)
        .order_by(BlockPeriod.period_start, BlockPeriod.revision.desc())
    )
    found = select(BlockPeriod).where(BlockPeriod.id.in_(latest))
    ordered = found.order_by(BlockPeriod.period_start)
    return session.scalars(ordered, execution_options={"populate_existing": True}).all()


def preview_restatement(session: TenantSession, contract_id: UUID) -> Restatement:
    """Return what settled periods would be with the late work that waits; nothing is changed.

    Raises:
        NotFound: there is no such contract.
        Invalid: NOT_A_BLOCK.
        Conflict: TERMS_CHANGED, the settled statements were made under other terms.

    """
    books = _read(session, contract_id)
    return _restate(books)


def apply_restatement(session: TenantSession, actor: Actor, contract_id: UUID) -> Restatement:
    """Keep the new statements, bill the difference as one adjustment, and free the late work.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound, Invalid, Conflict: as `preview_restatement`.
        Conflict: CONTRACT_RESERVED, a batch has reserved work or a block of the contract.

    """
    actor.must(Right.REVALUE)
    lock(session, "charge")
    _must_be_free(session, contract_id)
    draw_at_once(session, contract_ids=[contract_id])
    books = _read(session, contract_id)
    found = _restate(books)
    if not found.changes:
        return found
    revision = 1 + max(one.revision for one in books.settled)
    rows = [
        {
            "id": uuid7(),
            **statement_row(books.contract, one.new),
            "revision": revision,
            "settled": True,
            "created_by": actor.name,
        }
        for one in found.changes
    ]
    insert_rows(session, BlockPeriod, rows)
    _close_late(session, books, found, rows)
    if found.difference:
        row = _adjustment(books, found, revision, today(session))
        insert_rows(session, Charge, [{"id": uuid7(), **row}])
    details = {"difference": str(found.difference), "revision": revision}
    record_audit(session, actor, "block.restate", public_id("ctr", contract_id), details)
    draw_at_once(session, contract_ids=[contract_id])  # open periods begin with what is left now
    return found


def _must_be_free(session: TenantSession, contract_id: UUID) -> None:
    """Refuse while a batch has reserved what was computed from the balances as they are."""
    reserved = exists().where(
        Charge.contract_id == contract_id,
        among(Charge.kind, ["time", "block", "overage"]),
        state_in("reserved"),
    )
    if session.scalar(select(reserved)):
        said = "A batch has reserved work of this contract, so its balances cannot change."
        raise Conflict("CONTRACT_RESERVED", said, hint="Delete the batch, or finish it.")


def _read(session: TenantSession, contract_id: UUID) -> _Books:
    contract = contracts_by_id(session, [contract_id]).get(contract_id)
    if contract is None:
        raise NotFound("contract", public_id("ctr", contract_id))
    block = block_of(contract)
    if block is None:
        said = f"Contract {contract.code} is not a block."
        raise Invalid("NOT_A_BLOCK", said, where="contract")
    settled = [one for one in block_report(session, contract_id) if one.settled]
    work = session.scalars(
        select(Charge).where(
            Charge.contract_id == contract_id,
            is_drawable(),
        ),
        execution_options={"populate_existing": True},
    ).all()
    rebuilt = _rebuild(contract, block, settled, [one for one in work if one.block_period_id])
    last = settled[-1].period_end if settled else contract.start
    late = [one for one in work if _is_missed(one) and one.worked_on < last]
    return _Books(contract, block, settled, rebuilt, late)


def _is_missed(charge: Charge) -> bool:
    """Say whether no statement counts the work, and nothing billed it."""
    return charge.block_period_id is None and charge.state in UNBILLED


def _rebuild(
    contract: ContractFacts, block: Block, settled: Sequence[BlockPeriod], drawn: Sequence[Charge]
) -> tuple[Statement, ...]:
    """Compute the settled statements again from what they drew, and see that nothing differs."""
    periods = [contract.period_of(one.period_start) for one in settled]
    rebuilt = statements(
        block,
        [one for one in periods if one],
        [_work(contract, one, one.period_start or one.worked_on) for one in drawn],
        contract_end=contract.end,
        opening=settled[0].opening if settled else Decimal(0),
        proration=contract.proration,
    )
    for old, new in zip_longest(settled, rebuilt):  # an earlier end leaves fewer periods
        if new is None or _figures(old) != _figures(new):
            raise Conflict(
                "TERMS_CHANGED",
                f"The period from {old.period_start} was settled under other terms.",
                hint="Correct it with an adjustment by hand.",
            )
    return rebuilt


def _figures(one: BlockPeriod | Statement) -> tuple[Decimal, ...]:
    return one.used, one.overage, one.carried


def _restate(books: _Books) -> Restatement:
    late = [_work(books.contract, one, one.worked_on) for one in books.late]
    return restate(
        books.block,
        books.rebuilt,
        late,
        contract_end=books.contract.end,
        proration=books.contract.proration,
    )


def _work(contract: ContractFacts, charge: Charge, day: date) -> Work:
    """Return a time entry for drawing; work billed in a later period counts on its first day."""
    if charge.starts_at is None:
        raise Conflict("START_MISSING", f"The entry {charge.source_key} has no time of day.")
    counted = max(charge.worked_on, day)
    worth = contract.worth(charge.rate)
    return Work(charge.id, charge.starts_at, counted, charge.billable_minutes or 0, worth)


def _close_late(
    session: TenantSession, books: _Books, found: Restatement, rows: Sequence[Row]
) -> None:
    """Note on the late work what it drew; now the next batch can show it."""
    late = {one.id for one in books.late}
    updates: list[Row] = [
        {
            "id": draw.work.id,
            "block_period_id": row["id"],
            "period_start": row["period_start"],
            "period_end": row["period_end"],
            "ready_on": row["period_end"],
            "quantity": hours(draw.work.minutes),
            "late": True,
            "holds": [],
        }
        for change, row in zip(found.changes, rows, strict=True)
        for draw in change.new.draws
        if draw.work.id in late
    ]
    update_rows(session, Charge, updates)


def _adjustment(books: _Books, found: Restatement, revision: int, day: date) -> Row:
    contract, first = books.contract, found.changes[0].new.period
    return row_of(
        contract,
        kind="adjustment",
        source_key=f"adjustment:{contract.id.hex}:{first.start}:{revision}",
        worked_on=day,
        period_start=first.start,
        period_end=found.changes[-1].new.period.end,
        ready_on=day,
        description=contract.name,
        quantity=Decimal(1),
        unit_price=found.difference,
        net=found.difference,
        late=True,
    )
