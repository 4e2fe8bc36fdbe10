"""A line of the list of a batch: a contract or project with its balances, box and selection."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bordereau.batches.owner_balances import CODES
from bordereau.charges.rules.readiness import Box, box
from bordereau.values.money import round_amount


@dataclass(frozen=True, slots=True)
class Balance:
    """What an owner has to bill in one currency, before tax.

    Attributes:
        total_balance: all that is accrued, ready or not (row A11).
        ready_balance: the part that is ready.
        selected_balance: the part that this batch would bill now (row A12).

    """

    currency: str
    total_balance: Decimal
    ready_balance: Decimal
    selected_balance: Decimal


@dataclass(frozen=True, slots=True)
class Owner:
    """A line of the list.

    Attributes:
        balances: one per currency, in the order of their codes; none if there is nothing to bill.
        box: white, black, lock or none: what can be included, not what is.
        ticked: whether all (True), none (False) or a part (None) of what is ready is selected.
        items, ready_items, selected_items: how many.
        codes: the reasons that hold something back.
        next_ready_on: the next day on which something becomes ready by itself.

    """

    id: UUID
    code: str
    name: str
    type: str
    taxable: bool
    billing_period: str
    customer_id: UUID | None
    customer_name: str
    balances: tuple[Balance, ...]
    box: Box
    ticked: bool | None
    items: int
    ready_items: int
    selected_items: int
    codes: tuple[str, ...]
    next_ready_on: date | None


def line_of(row: Any) -> Owner:
    """Return a row of `owners.owners_query` as a line."""
    part = None if 0 < row.selected_items < row.ready_items else row.selected_items > 0
    return Owner(
        id=row.id,
        code=row.code,
        name=row.name,
        type=row.type,
        taxable=row.taxable,
        billing_period=row.billing_period,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        balances=_balances(row),
        box=box(row.ready_items, row.pieces - row.ready_items),
        ticked=part,
        items=int(row.pieces),
        ready_items=int(row.ready_items),
        selected_items=int(row.selected_items),
        codes=_codes(row),
        next_ready_on=row.next_ready_on,
    )


def _balances(row: Any) -> tuple[Balance, ...]:
    """Add what this batch and others have reserved to what is free, currency by currency."""
    sums: dict[str, list[Decimal]] = {}
    free = (row.currency_list, row.total_list, row.ready_list, row.selected_list)
    held = (row.held_currency_list, row.held_total_list, row.own_total_list, row.own_total_list)
    for lists in (free, held):
        if lists[0] is None:
            continue
        for currency, *amounts in zip(*lists, strict=True):
            known = sums.get(currency)
            added = known and [one + more for one, more in zip(known, amounts, strict=True)]
            sums[currency] = added or amounts
    return tuple(
        Balance(currency, *(round_amount(one, currency) for one in sums[currency]))
        for currency in sorted(sums)
    )


def _codes(row: Any) -> tuple[str, ...]:
    found = [code for code in CODES if getattr(row, code)]
    holds = set(row.holds.split(",")) - {""} if row.holds else set()
    holds |= {"RESERVED"} if row.reserved else set()
    return (*found, *sorted(holds))
