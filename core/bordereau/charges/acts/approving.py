"""Approve, undo, report ready, cancel: by line or by filter, with a result per line (row B9)."""

from sqlalchemy import ColumnElement

from bordereau.charges.acts.lines import Line, LineResult, move_lines
from bordereau.charges.blocks.drawing import draw_at_once
from bordereau.charges.rules.lifecycle import Action, ChargeState, act
from bordereau.store import TenantSession
from bordereau.tenancy.actors import Actor


def act_on_charges(
    session: TenantSession, actor: Actor, action: Action, *where: ColumnElement[bool]
) -> list[LineResult]:
    """Do one of the four actions on exactly the charges that match, and say what became of each.

    Closing an open line approves it too, for an actor with both rights (row B10). An instalment is
    marked ready by reporting it ready; it needs no approval.

    Raises:
        Forbidden: RIGHT_MISSING, the actor may not do this at all.

    """
    actor.must(action)

    def move(line: Line) -> ChargeState:
        instalment, state = line.kind == "instalment", ChargeState(line.state)
        if instalment and state is ChargeState.OPEN:
            state = ChargeState.APPROVED
        after = act(state, action, actor.rights)
        return ChargeState.OPEN if instalment and after is ChargeState.APPROVED else after

    results = move_lines(session, actor, action, move, where)
    draw_at_once(session, charge_ids=[one.id for one in results if not one.code])
    return results
