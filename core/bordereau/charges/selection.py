"""What is unbilled and what is ready, as SQL: the one gate of row A23.

The batch page, reserving and every refusal use these expressions, so they cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
)

from bordereau.charges.rules.readiness import Box, ChargeFacts, Fix, Reason, why_not
from bordereau.charges.rules.reason_texts import text_of
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, Charge

Day = date | ColumnElement[date]
# Compared as a value, of which the planner keeps statistics.
_NONE: ColumnElement[Any] = literal_column("'{}'::text[]")
_OFF_THE_LIST: ColumnElement[Any] = literal_column(
    f"'{{{Reason.NOT_CHARGEABLE},{Reason.BILLED}}}'::text[]"
)


@dataclass(frozen=True, slots=True)
class Against:
    """A reason against billing a charge now.

    Attributes:
        code: stable, for instance PERIOD_OPEN.
        text: the same for people.
        ready_on: the day on which it goes away by itself; None if it does not.
        fix: the place where it is removed; None if there is none.

    """

    code: str
    text: str
    ready_on: date | None
    fix: Fix | None

    def as_details(self) -> dict[str, Any]:
        """Return it as JSON-able details of an error."""
        return {
            "code": self.code,
            "text": self.text,
            "ready_on": self.ready_on.isoformat() if self.ready_on else None,
            "fix": self.fix.value if self.fix else None,
        }


def is_unbilled() -> ColumnElement[bool]:
    """Say that a charge is on the to-bill list: chargeable, and neither billed nor reserved.

    What is left of a contract that is billed only once, and was, is not on it.
    """
    return and_(_not_billed(), not_(Charge.holds.op("&&", is_comparison=True)(_OFF_THE_LIST)))


def _not_billed() -> ColumnElement[bool]:
    return and_(state_in(*UNBILLED), Charge.chargeable)


def is_accrued(as_of: Day) -> ColumnElement[bool]:
    """Say that an unbilled charge counts in the total balance of a day (row A11)."""
    return and_(is_unbilled(), Charge.worked_on <= as_of)


def is_ready(as_of: Day) -> ColumnElement[bool]:
    """Say that nothing stands against billing a charge on a day (row A23)."""
    return and_(
        _not_billed(),
        or_(
            Charge.state == "closed",
            and_(Charge.state == "delayed", Charge.delayed_until <= as_of),
        ),
        Charge.holds == _NONE,
        Charge.draft_id.is_(None),
        Charge.ready_on <= as_of,
    )


def box_of(as_of: Day) -> ColumnElement[str]:
    """Return the box of a group of unbilled charges, as an aggregate (rows A20 to A22)."""
    ready = func.count().filter(is_ready(as_of))
    return case(
        (func.count() == 0, literal(Box.NONE.value)),
        (ready == func.count(), literal(Box.WHITE.value)),
        (ready > 0, literal(Box.BLACK.value)),
        else_=literal(Box.LOCK.value),
    )


def balances(as_of: date, *where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Select one row per owner and currency of all that is unbilled on a day.

    Columns: contract_id, project_id, currency, box, items, ready_items, total_balance (row A11),
    ready_balance, minutes (exact, row A15). Charges without an owner make rows with neither id.
    """
    net = func.coalesce(func.sum(Charge.net), literal(Decimal(0)))
    ready = is_ready(as_of)
    return (
        select(
            Charge.contract_id,
            Charge.project_id,
            Charge.currency,
            box_of(as_of).label("box"),
            func.count().label("items"),
            func.count().filter(ready).label("ready_items"),
            net.label("total_balance"),
            func.coalesce(func.sum(Charge.net).filter(ready), literal(Decimal(0))).label(
                "ready_balance"
            ),
            func.coalesce(func.sum(Charge.minutes), 0).label("minutes"),
        )
        .where(is_accrued(as_of), *where)
        .group_by(Charge.contract_id, Charge.project_id, Charge.currency)
    )


def reasons(charge: Charge, as_of: date, language: str = "en") -> tuple[Against, ...]:
    """Return every reason against billing a charge on a day; none means that it is ready."""
    return tuple(
        Against(why.reason.value, text_of(why, language), why.ready_on, why.fix)
        for why in why_not(facts_of(charge), as_of)
    )


def facts_of(charge: Charge) -> ChargeFacts:
    """Return what readiness looks at, from a charge and the holds that were found for it."""
    holds: Sequence[str] = charge.holds
    instalment = charge.kind == "instalment"
    reserved = charge.state == "reserved" or Reason.RESERVED in holds
    past = charge.state in {"reserved", "billed", "written_off", "split", "delayed"}
    return ChargeFacts(
        ready_on=charge.ready_on,
        has_contract=Reason.NO_CONTRACT not in holds,
        contract_active=Reason.CONTRACT_INACTIVE not in holds,
        has_client=Reason.NO_CLIENT not in holds,
        ticket_state="Open" if Reason.TICKET_OPEN in holds else None,
        chargeable=charge.chargeable and Reason.NOT_CHARGEABLE not in holds,
        approved=past or instalment or charge.state in {"approved", "closed"},
        closed=past or instalment or charge.state == "closed",
        billed=charge.state == "billed" or Reason.BILLED in holds,
        reserved=reserved,
        in_draft=charge.draft_id is not None,
        delayed=charge.state == "delayed",
        delayed_until=charge.delayed_until,
        instalment_ready=not (instalment and charge.state == "open"),
        distance_sale=Reason.DISTANCE_SALE in holds,
        drawn=Reason.NOT_DRAWN not in holds,
        restated=Reason.NOT_RESTATED not in holds,
    )
