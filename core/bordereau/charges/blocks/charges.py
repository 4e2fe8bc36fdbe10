"""The charges of a settled period: its block, further blocks, and what was worked beyond it."""

from decimal import Decimal

from bordereau.catalog.saving import Row
from bordereau.charges.blocks.plans import Settling
from bordereau.charges.blocks.reading import Entry
from bordereau.charges.rating.computing import computed_row, row_of
from bordereau.charges.rules.block_statements import Statement
from bordereau.charges.rules.contract_types import Component
from bordereau.charges.rules.drawing import Draw
from bordereau.charges.rules.late import LatePolicy
from bordereau.charges.rules.readiness import Reason
from bordereau.values.money import round_amount
from bordereau.values.periods import Period
from bordereau.values.quantity import hours


def block_fees(one: Settling, statement: Statement) -> list[Row]:
    """Return the charge of the block, and of those that were bought when it was exhausted."""
    period = statement.period
    fee = computed_row(
        one.contract,
        "block",
        period,
        component=Component.FEE,
        quantity=Decimal(1),
        unit_price=statement.fee,
        net=statement.fee,
    )
    if not statement.renewals:
        return [fee]
    more = computed_row(
        one.contract,
        "block",
        period,
        component=Component.USAGE,
        quantity=Decimal(statement.renewals),
        unit_price=one.block.price,
        net=statement.renewal_fee,
    )
    return [fee, more | {"source_key": f"{fee['source_key']}:renewals"}]


def state_if_missed(one: Settling, entry: Entry) -> Row:
    """Return what becomes of work that its settled period missed, by the policy of the contract."""
    if one.contract.late_policy is LatePolicy.WRITE_OFF:
        return {"id": entry.id, "late": True, "state": "written_off", "holds": []}
    holds = [Reason.NOT_RESTATED.value]
    return {"id": entry.id, "late": True, "state": entry.state, "holds": holds}


def overage_charge(one: Settling, entry: Entry, draw: Draw, period: Period) -> Row:
    """Return the charge for the part of an entry that the balance did not cover."""
    contract, quantity = one.contract, hours(draw.minutes_beyond)
    rate = one.block.overage_rate
    price = contract.worth(entry.rate) if rate is None else rate
    if round_amount(quantity * price, contract.currency) != draw.amount:
        quantity, price = Decimal(1), draw.amount
    return row_of(
        contract,
        kind="overage",
        source_key=f"overage:{entry.id.hex}",
        ticket_id=entry.ticket_id,
        worked_on=entry.worked_on,
        starts_at=entry.starts_at,
        period_start=period.start,
        period_end=period.end,
        ready_on=period.end,
        description=entry.description,
        employee=entry.employee,
        quantity=quantity,
        unit="HUR" if quantity != 1 or price != draw.amount else "C62",
        unit_price=price,
        net=draw.amount,
        billable_minutes=draw.minutes_beyond,
        late=entry.late,
    )
