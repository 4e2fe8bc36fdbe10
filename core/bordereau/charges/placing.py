"""Where recorded work belongs: its contract, its period, the day it can be billed, its price."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from bordereau.catalog.saving import Row
from bordereau.charges.owners import ContractFacts, Payer
from bordereau.charges.rules.late import LatePolicy, billing_day, is_late
from bordereau.values.money import round_amount
from bordereau.values.periods import Timing, ready_on
from bordereau.values.quantity import billable_minutes, hours, time_amount


@dataclass(frozen=True, slots=True)
class Work:
    """Time as it was recorded."""

    day: date
    minutes: int
    rate: str


def place(payer: Payer, day: date, settled_until: date | None) -> Row:
    """Return owner, period and readiness day of what was done on a day.

    Work of a settled period is late; what is drawn from a block then counts in the period after
    (policy bill_next), everything else is billed at once with its own period.
    """
    row: Row = {
        "administration_id": payer.administration_id,
        "customer_id": payer.customer_id,
        "currency": payer.currency,
        "worked_on": day,
        "ready_on": day,
        "late": False,
    }
    if not isinstance(payer, ContractFacts):
        return row | {"contract_id": None, "period_start": None, "period_end": None}
    late = is_late(day, settled_until)
    counted = _counted_day(payer, day, settled_until)
    period = payer.period_of(counted) or payer.period_of(day)
    return row | {
        "contract_id": payer.id,
        "late": late,
        "period_start": period.start if period else None,
        "period_end": period.end if period else None,
        "ready_on": ready_on(Timing.ARREARS, period) if period else day,
    }


def price_time(payer: Payer, work: Work) -> Row:
    """Return minutes, quantity, price and net of work.

    Raises:
        Invalid: RATE_UNKNOWN, the contract has no rate of this name.

    """
    billable, rate = work.minutes, Decimal(0)
    if isinstance(payer, ContractFacts):
        billable = billable_minutes(work.minutes, payer.rounding)
        payer.worth(work.rate)
        rate = payer.hour_rate(work.rate)
    return {
        "minutes": work.minutes,
        "rate": work.rate,
        "unit": "HUR",
        "unit_price": rate,
        **bill_minutes(billable, rate, payer.currency),
    }


def bill_minutes(minutes: int, rate: Decimal, currency: str) -> Row:
    """Return the columns that follow from billable minutes at the rate of an hour."""
    return {
        "billable_minutes": minutes,
        "quantity": hours(minutes),
        "net": time_amount(minutes, rate, currency),
    }


def price_item(
    quantity: Decimal, unit_price: Decimal, discount_percent: Decimal, currency: str
) -> Row:
    """Return quantity, price, discount and net of a thing or cost."""
    full = quantity * unit_price * (100 - discount_percent) / 100
    return {
        "quantity": quantity,
        "unit_price": unit_price,
        "discount_percent": discount_percent,
        "net": round_amount(full, currency),
    }


def state_of_late(payer: Payer, *, late: bool) -> str:
    """Return the state of new work of a contract; what is not late is closed at once.

    Late work is written off where the contract says so. Where it asks for an adjustment of a block,
    the work waits for the restatement (reason NOT_RESTATED).
    """
    if not late or not isinstance(payer, ContractFacts):
        return "closed"
    return "written_off" if payer.late_policy is LatePolicy.WRITE_OFF else "closed"


def tax_code_of(payer: Payer, own: UUID | None) -> UUID | None:
    """Return the tax code of a thing: its own, else that of its contract."""
    return own or (payer.tax_code_id if isinstance(payer, ContractFacts) else None)


def _counted_day(contract: ContractFacts, day: date, settled_until: date | None) -> date:
    if not contract.type.is_block:
        return day
    return billing_day(day, contract.late_policy, settled_until) or day
