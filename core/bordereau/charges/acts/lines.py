"""Moving many charges from state to state: one result per line, one statement per new state."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from bordereau.charges.rules.lifecycle import ChargeState
from bordereau.charges.tables import Charge
from bordereau.errors import Refused
from bordereau.store import TenantSession, among
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.audit import record_audit
from bordereau.values.ids import public_id

Line = Row[UUID, str, str, UUID | None]
Move = Callable[[Line], ChargeState]


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one charge.

    Attributes:
        id: the charge.
        state: its state now.
        code: why nothing was done; empty if it was.
        message: the same in a sentence.

    """

    id: UUID
    state: str
    code: str = ""
    message: str = ""


def move_lines(
    session: TenantSession,
    actor: Actor,
    act: str,
    move: Move,
    where: Iterable[ColumnElement[bool]],
    *,
    values: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
) -> list[LineResult]:
    """Move exactly the charges that match, and say what became of each.

    Args:
        session: the tenant's session.
        actor: who does it.
        act: the name in the audit trail.
        move: gives the new state of a line, or raises `Refused`.
        where: which charges.
        values: further columns to set.
        details: what the audit trail keeps beside the charges.

    """
    found = session.execute(
        select(Charge.id, Charge.state, Charge.kind, Charge.draft_id)
        .where(*where)
        .order_by(Charge.id)
        .with_for_update()
    ).all()
    results = [_result(line, move) for line in found]
    done: dict[str, list[UUID]] = {}
    for one in results:
        if not one.code:
            done.setdefault(one.state, []).append(one.id)
    for state, ids in done.items():
        session.execute(
            update(Charge)
            .where(among(Charge.id, ids))
            .values({"state": state, "version": Charge.version + 1, **(values or {})}),
            execution_options={"synchronize_session": "fetch"},
        )
    moved = [public_id("chg", one.id) for one in results if not one.code]
    if moved:
        subject = moved[0] if len(moved) == 1 else "charges"
        said = {"charges": moved, **(details or {})}
        record_audit(session, actor, f"charge.{act}", subject, said)
    return results


def _result(line: Line, move: Move) -> LineResult:
    if line.draft_id is not None:
        said = "The line stands in a pro forma. Take it out there first."
        return LineResult(line.id, line.state, "RECORD_IN_DRAFT", said)
    try:
        return LineResult(line.id, move(line))
    except Refused as refusal:
        return LineResult(line.id, line.state, refusal.code, refusal.message)
