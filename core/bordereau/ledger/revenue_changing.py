"""Changing parts of spread revenue whose periods are open (row B64)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, Numeric, Uuid, column, func, literal, update

from bordereau.invoices.rules.distribution import Part, edited
from bordereau.ledger.revenue_parts import locked_parts, part_entry
from bordereau.ledger.rules.periods import must_be_open
from bordereau.ledger.spreading import checked_amounts
from bordereau.ledger.spreads import SPREAD_PREFIX, parts_of, read_spread
from bordereau.ledger.tables import RevenuePart
from bordereau.ledger.writing import hold_open, write_entries
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id
from bordereau.values.money import round_amount


def change_parts(
    session: TenantSession, spread_id: UUID, amounts: Mapping[date, Decimal], *, actor: Actor
) -> Sequence[RevenuePart]:
    """Change the amounts of some parts, by the first day of their month; the sum stays the net.

    The difference of a part that is booked already is booked in the same period.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such spread.
        Refused: PERIOD_CLOSED, for a part whose period is closed.
        Invalid: UNKNOWN_PERIOD, DISTRIBUTION_SUM, AMOUNT_NOT_ROUND.

    """
    actor.must(Right.POST)
    made = read_spread(session, spread_id)
    seller = hold_open(session, [made.administration_id])[made.administration_id]
    rows = locked_parts(session, RevenuePart.spread_id == spread_id)
    before = {row.period: round_amount(row.amount, made.currency) for row in rows}
    after = edited(
        [Part(period, amount) for period, amount in before.items()],
        checked_amounts(amounts, made.currency),
    )
    changed = {part.period: part.amount for part in after if part.amount != before[part.period]}
    touched = [row for row in rows if row.period in changed]
    for row in touched:
        must_be_open(row.entry_date, seller.closed_until)
    _set_amounts(session, {row.id: changed[row.period] for row in touched})
    entries = [
        part_entry(row, changed[row.period] - before[row.period], seller, "adjustment")
        for row in touched
        if row.booked
    ]
    write_entries(session, entries, actor.name)
    details = {str(period): str(amount) for period, amount in changed.items()}
    subject = public_id(SPREAD_PREFIX, spread_id)
    record_audit(session, actor, "revenue.change_parts", subject, details)
    return parts_of(session, spread_id)


def _set_amounts(session: TenantSession, amounts: Mapping[UUID, Decimal]) -> None:
    """Change amounts in one statement, after which the database checks their sum."""
    new = (
        func.unnest(
            literal(list(amounts), ARRAY(Uuid())),
            literal(list(amounts.values()), ARRAY(Numeric())),
        )
        .table_valued(column("id", Uuid()), column("amount", Numeric()), name="new")
        .render_derived()
    )
    session.execute(
        update(RevenuePart).where(RevenuePart.id == new.c.id).values(amount=new.c.amount),
        execution_options={"synchronize_session": False},
    )
