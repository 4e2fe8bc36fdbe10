"""What the list of a batch shows (rows A25 to A29); filters never change what is selected."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, and_, any_, func, literal, or_, true

from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Contract
from bordereau.charges import Charge
from bordereau.charges.rules.contract_types import ContractType
from bordereau.errors import Invalid
from bordereau.store import among
from bordereau.values.periods import BillingPeriod


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerFilter:
    """What to show; nothing given shows everything that has something to bill.

    Attributes:
        types: contract types (A25).
        taxable: only taxable or only untaxed contracts (A26).
        customer_ids: only these customers (A27).
        billing_periods: kinds of period (A28).
        period_from, period_to: only what has items of these days that are unbilled or reserved,
            both included (A28).
        at_least, at_most: bounds of the total balance, in any one currency (A29); with `at_most`
            of 0 or more, those with nothing to bill show too.
        not_zero: only balances that differ from zero (A29).
        text: a part of the name or code of the owner or its customer.

    """

    types: Collection[str] = ()
    taxable: bool | None = None
    customer_ids: Collection[UUID] = ()
    billing_periods: Collection[str] = ()
    period_from: date | None = None
    period_to: date | None = None
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    not_zero: bool = False
    text: str = ""

    @property
    def needs_balances(self) -> bool:
        """Whether the list cannot be cut into pages before the charges are added up."""
        bounds = (self.at_least, self.at_most, self.period_from, self.period_to)
        return self.not_zero or any(one is not None for one in bounds)

    @property
    def shows_empty(self) -> bool:
        """Whether owners with nothing to bill are asked for."""
        return self.at_most is not None and self.at_most >= 0 and not self.not_zero


EVERYTHING = OwnerFilter()


def must_fit(show: OwnerFilter, batch: Batch) -> None:
    """Go on only with a filter that can be meant: silence would look like an empty list.

    Raises:
        Invalid: TYPE_UNKNOWN, BILLING_PERIOD_UNKNOWN, RANGE_REVERSED, or FILTER_OF_CONTRACTS in a
            batch that bills something else.

    """
    _known(show.types, ContractType, "type")
    _known(show.billing_periods, BillingPeriod, "billing_period")
    _in_order(show.period_from, show.period_to, "period_from", "period_to")
    _in_order(show.at_least, show.at_most, "at_least", "at_most")
    given = {
        "type": bool(show.types),
        "billing_period": bool(show.billing_periods),
        "taxable": show.taxable is not None,
    }
    for name in (name for name, there in given.items() if there and batch.source != "contracts"):
        raise Invalid(
            "FILTER_OF_CONTRACTS",
            f"A batch of {batch.source} cannot be filtered by {name}.",
            where=name,
            hint="Leave it out.",
        )


def _known(values: Collection[str], known: type[StrEnum], where: str) -> None:
    for value in values:
        if value not in set(known):
            raise Invalid(
                f"{where.upper()}_UNKNOWN",
                f"There is no {where.replace('_', ' ')} {value!r}.",
                where=where,
                hint=f"Choose among: {', '.join(known)}.",
            )


def _in_order(first: Any, last: Any, first_name: str, last_name: str) -> None:
    if first is not None and last is not None and first > last:
        raise Invalid(
            "RANGE_REVERSED",
            f"{first_name} {first} lies behind {last_name} {last}.",
            where=first_name,
            hint="Exchange the two.",
        )


def of_owner(show: OwnerFilter, owner: Any, payer: Any) -> list[ColumnElement[bool]]:
    """Return the conditions that look at the owner and its customer alone."""
    wanted = _of_contract(show) if owner is Contract else []
    if show.customer_ids:
        wanted.append(among(payer.id, show.customer_ids))
    if show.text.strip():
        places = (owner.name, owner.code, payer.name, payer.code)
        wanted.append(or_(*(one.icontains(show.text.strip(), autoescape=True) for one in places)))
    return wanted


def of_balances(
    show: OwnerFilter, items: Any, in_period: Any, fitting: Any
) -> list[ColumnElement[bool]]:
    """Return the conditions that look at what is unbilled; all is null where there is nothing.

    Args:
        show: what to show.
        items: how many there are.
        in_period: how many touch the days that are shown.
        fitting: whether a balance of a currency fits.

    """
    wanted: list[ColumnElement[bool]] = [] if show.shows_empty else [items > 0]
    if show.period_from or show.period_to:
        wanted.append(in_period > 0)
    nothing_fits = show.shows_empty and (show.at_least is None or show.at_least <= 0)
    wanted.append(func.coalesce(fitting, literal(nothing_fits)))
    return wanted


def fits(show: OwnerFilter, total: Any) -> ColumnElement[bool]:
    """Say whether the balance of one currency is shown."""
    wanted: list[ColumnElement[bool]] = []
    if show.at_least is not None:
        wanted.append(total >= show.at_least)
    if show.at_most is not None:
        wanted.append(total <= show.at_most)
    if show.not_zero:
        wanted.append(total != 0)
    return and_(true(), *wanted)


def overlaps(show: OwnerFilter) -> ColumnElement[bool]:
    """Match charges whose period, or else whose day, touches the days that are shown."""
    first = func.coalesce(Charge.period_start, Charge.worked_on)
    after = func.coalesce(Charge.period_end, Charge.worked_on + 1)
    return and_(
        after > show.period_from if show.period_from else true(),
        first <= show.period_to if show.period_to else true(),
    )


def _of_contract(show: OwnerFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if show.types:
        wanted.append(Contract.type == any_(literal(list(show.types), ARRAY(Text))))
    if show.billing_periods:
        kinds = any_(literal(list(show.billing_periods), ARRAY(Text)))
        wanted.append(Contract.billing_period == kinds)
    if show.taxable is not None:
        wanted.append(Contract.taxable.is_(show.taxable))
    return wanted
