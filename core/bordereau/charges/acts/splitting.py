"""Splitting a charge in two, so that a part of it can be billed alone."""

from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from bordereau.catalog.saving import Row, insert_rows, lock
from bordereau.charges.acts.locking import locked_charge
from bordereau.charges.rules.lifecycle import ChargeState, Event, follow
from bordereau.charges.tables import Charge
from bordereau.errors import Invalid, Refused
from bordereau.store import TenantSession
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.audit import record_audit
from bordereau.tenancy.rights import Right
from bordereau.values.ids import public_id, uuid7
from bordereau.values.money import round_amount

_OF_THE_WHOLE = {"tenant_id", "version", "created_at", "batch_id", "draft_id"}


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
    whole = locked_charge(session, charge_id)
    if whole.draft_id is not None:
        raise Refused("RECORD_IN_DRAFT", "The charge stands in a pro forma.")
    after = follow(ChargeState(whole.state), Event.SPLIT)
    if not whole.quantity or not 0 < quantity / whole.quantity < 1:
        raise Invalid(
            "QUANTITY_OUTSIDE",
            f"{quantity} is not a part of the quantity {whole.quantity}.",
            where="quantity",
            hint="Give a quantity between 0 and that of the charge; one of 0 has no parts.",
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
    return locked_charge(session, first["id"]), locked_charge(session, second["id"])


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
