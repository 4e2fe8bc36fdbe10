"""What people do with single charges: write off, delay, take up again, split, revalue, delete."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from bordereau.catalog.saving import Row, insert_rows, lock
from bordereau.catalog.tables import Project
from bordereau.charges.holds import refresh_holds
from bordereau.charges.lines import Line, LineResult, move_lines
from bordereau.charges.owners import contracts_by_id
from bordereau.charges.placing import price_item
from bordereau.charges.rules.lifecycle import ChargeState, Event, follow, may_revalue
from bordereau.charges.tables import COMPUTED, Charge
from bordereau.charges.writing import refusal
from bordereau.errors import Conflict, Invalid, NotFound, Refused
from bordereau.store import TenantSession
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.audit import record_audit
from bordereau.tenancy.rights import Right
from bordereau.values.ids import public_id, uuid7
from bordereau.values.money import round_amount
from bordereau.values.quantity import time_amount

_OF_THE_WHOLE = {"tenant_id", "version", "created_at", "batch_id", "draft_id"}


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
    return _follow(session, actor, Event.WRITE_OFF, where, {"reason": reason})


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
    refresh_holds(session, charge_ids=[one.id for one in results if not one.code])
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


def split_charge(
    session: TenantSession, actor: Actor, charge_id: UUID, quantity: Decimal
) -> tuple[Charge, Charge]:
    """Split a charge in two, the first of this quantity, so that a part can be billed alone.

    Amount and minutes are shared out to the cent and the minute; the charge itself is kept as the
    parent of its parts and is never billed.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such charge.
        Invalid: QUANTITY_OUTSIDE, the quantity is not a part of that of the charge.
        Refused: TRANSITION_REFUSED, RECORD_IN_DRAFT.

    """
    actor.must(Right.WRITE_OFF)
    lock(session, "charge")
    whole = _charge(session, charge_id)
    if whole.draft_id is not None:
        raise Refused("RECORD_IN_DRAFT", "The charge stands in a pro forma.")
    after = follow(ChargeState(whole.state), Event.SPLIT)
    if not 0 < quantity / (whole.quantity or Decimal(1)) < 1:
        raise Invalid(
            "QUANTITY_OUTSIDE",
            f"A part of {whole.quantity} is more than 0 and less than that.",
            where="quantity",
        )
    share = quantity / whole.quantity
    first = _part(whole, 1, quantity, share)
    second = _part(whole, 2, whole.quantity - quantity, 1 - share)
    second["net"] = whole.net - first["net"]
    for name in ("minutes", "billable_minutes"):
        if (total := getattr(whole, name)) is not None:
            second[name] = total - first[name]
    whole.state = after
    whole.version += 1
    session.flush()
    insert_rows(session, Charge, [first, second])
    details = {"quantity": str(quantity)}
    record_audit(session, actor, "charge.split", public_id("chg", charge_id), details)
    return _charge(session, first["id"]), _charge(session, second["id"])


def revalue(
    session: TenantSession,
    actor: Actor,
    *where: ColumnElement[bool],
    unit_price: Decimal | None = None,
) -> list[LineResult]:
    """Renew the price of charges that are neither reserved nor billed (AFAS Profit 8).

    Time on contracts takes the rate that its contract has now; `unit_price` is a new price for
    cost lines, products and expenses.

    Raises:
        Forbidden: RIGHT_MISSING.

    """
    actor.must(Right.REVALUE)
    lock(session, "charge")
    wanted = select(Charge).where(*where).order_by(Charge.id).with_for_update()
    charges = session.scalars(wanted, execution_options={"populate_existing": True}).all()
    contracts = contracts_by_id(session, {one.contract_id for one in charges if one.contract_id})
    results: list[LineResult] = []
    for one in charges:
        if one.draft_id is not None:
            said = "It stands in a pro forma. Change its price there, or take it out first."
            results.append(LineResult(one.id, one.state, "RECORD_IN_DRAFT", said))
            continue
        if not may_revalue(ChargeState(one.state)) or one.kind in COMPUTED:
            said = "Only what is neither reserved, billed nor computed by a contract is revalued."
            results.append(LineResult(one.id, one.state, "TRANSITION_REFUSED", said))
            continue
        before = one.unit_price
        if one.kind == "time":
            contract = contracts.get(one.contract_id) if one.contract_id else None
            one.unit_price = contract.hour_rate(one.rate) if contract else before
            if one.block_period_id is None:
                one.net = time_amount(one.billable_minutes or 0, one.unit_price, one.currency)
        elif unit_price is not None:
            priced = price_item(one.quantity, unit_price, one.discount_percent, one.currency)
            one.unit_price, one.net = priced["unit_price"], priced["net"]
        results.append(LineResult(one.id, one.state))
        if one.unit_price != before:
            one.version += 1
            details = {"before": str(before), "after": str(one.unit_price)}
            record_audit(session, actor, "charge.revalue", public_id("chg", one.id), details)
    session.flush()
    return results


def delete_charge(session: TenantSession, actor: Actor, charge_id: UUID) -> None:
    """Delete a recorded charge that nothing locks (rows B8, B12).

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such charge.
        Conflict: the code says what holds it, for instance RECORD_BILLED or RECORD_LOCKED.
        Refused: COMPUTED_CHARGE, its contract would compute it again; RECORD_WAS_BILLED, it stood
            on an invoice, which must be able to tell what it billed.

    """
    actor.must(Right.RECORD)
    lock(session, "charge")
    charge = _charge(session, charge_id)
    if charge.kind in COMPUTED:
        raise Refused(
            "COMPUTED_CHARGE",
            "A contract computes this charge.",
            hint="Change the contract, or write the charge off.",
        )
    project = charge.project_id and session.get(Project, (session.tenant_id, charge.project_id))
    asks = bool(project and project.approval_required) and charge.kind != "instalment"
    columns = {"draft_id": charge.draft_id, "state": charge.state}
    if why := refusal(columns, asks_approval=asks):
        raise Conflict(*why)
    details = {"key": charge.source_key, "net": f"{charge.net} {charge.currency}"}
    try:
        with session.begin_nested():
            session.delete(charge)
    except IntegrityError as error:
        said = "The charge stood on an invoice, which must be able to tell what it billed."
        raise Refused("RECORD_WAS_BILLED", said, hint="Write it off.") from error
    record_audit(session, actor, "charge.delete", public_id("chg", charge_id), details)


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


def _charge(session: TenantSession, charge_id: UUID) -> Charge:
    """Return a charge as it is now, locked."""
    found = session.get(
        Charge, (session.tenant_id, charge_id), populate_existing=True, with_for_update=True
    )
    if found is None:
        raise NotFound("charge", public_id("chg", charge_id))
    return found


def _part(whole: Charge, number: int, quantity: Decimal, share: Decimal) -> Row:
    """Return the row of a part: as the whole, but for what is shared out."""
    row: Row = {
        column.name: getattr(whole, column.name)
        for column in Charge.__table__.columns
        if column.name not in _OF_THE_WHOLE
    }
    row |= {
        "id": uuid7(),
        "parent_id": whole.id,
        "source_key": f"{whole.source_key}/{number}",
        "quantity": quantity,
        "net": round_amount(whole.net * share, whole.currency),
    }
    for name in ("minutes", "billable_minutes"):
        if (total := row[name]) is not None:
            row[name] = int((total * share).quantize(Decimal(1), ROUND_HALF_UP))
    return row
