"""Setting charges aside, and taking them up again: written off for good, or delayed until a day."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import ColumnElement

from bordereau.charges.acts.lines import Line, LineResult, move_lines
from bordereau.charges.blocks.drawing import draw_at_once
from bordereau.charges.holds import refresh_holds
from bordereau.charges.rules.lifecycle import ChargeState, Event, follow
from bordereau.charges.tables import Charge
from bordereau.errors import Invalid, Refused
from bordereau.store import TenantSession
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.rights import Right


def write_off(
    session: TenantSession, actor: Actor, reason: str, *where: ColumnElement[bool]
) -> list[LineResult]:
    """Never bill the charges that match; `reopen_written_off` takes it back.

    Raises:
        Forbidden: RIGHT_MISSING.
        Invalid: REASON_MISSING.

    """
    if not reason.strip():
        raise Invalid("REASON_MISSING", "Writing off needs a reason.", where="reason")
    results = _follow(session, actor, Event.WRITE_OFF, where, {"reason": reason})
    draw_at_once(session, charge_ids=[one.id for one in results if not one.code])
    return results


def reopen_written_off(
    session: TenantSession, actor: Actor, *where: ColumnElement[bool]
) -> list[LineResult]:
    """Put written-off charges that match back on the to-bill list.

    What stands against them is found again: a ticket may be open now, a contract switched off.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    written_off = Charge.state == ChargeState.WRITTEN_OFF
    results = _follow(session, actor, Event.REOPEN, (*where, written_off), {})
    reopened = [one.id for one in results if not one.code]
    refresh_holds(session, charge_ids=reopened)
    draw_at_once(session, charge_ids=reopened)
    return results


def delay(
    session: TenantSession, actor: Actor, until: date, *where: ColumnElement[bool]
) -> list[LineResult]:
    """Keep the charges that match out of all batches until a day; then they come back.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    return _follow(
        session, actor, Event.DELAY, where, {"until": until.isoformat()}, delayed_until=until
    )


def resume(session: TenantSession, actor: Actor, *where: ColumnElement[bool]) -> list[LineResult]:
    """End the delay of the charges that match now.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    return _follow(session, actor, Event.RESUME, where, {}, delayed_until=None)


def _follow(
    session: TenantSession,
    actor: Actor,
    event: Event,
    where: Iterable[ColumnElement[bool]],
    details: Mapping[str, str],
    **values: date | None,
) -> list[LineResult]:
    """Let charges follow an event, each by itself."""
    actor.must(Right.WRITE_OFF)

    def move(line: Line) -> ChargeState:
        state = ChargeState(line.state)
        if state is ChargeState.RESERVED:
            raise Refused("RECORD_RESERVED", "A batch has reserved it. Take it out there first.")
        return follow(state, event)

    return move_lines(session, actor, event, move, where, values=values, details=details)
