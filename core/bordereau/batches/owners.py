"""The list of a batch: contracts or projects with balances, box and selection, page by page.

Columns are rows A8 to A12, boxes rows A20 to A22, filters rows A25 to A29. Filters change what is
shown, never what is selected. Charges that another batch has reserved count as not ready.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, and_, any_, case, func, literal, or_, select, true, tuple_

from bordereau.batches.selection import (
    mine_or_ready,
    offered,
    owner_column,
    picked,
    with_choices,
)
from bordereau.batches.tables import Batch, OwnerChoice
from bordereau.catalog.tables import Contract, Customer, Project
from bordereau.charges import is_accrued, is_unbilled
from bordereau.charges.rules.readiness import Box
from bordereau.charges.tables import Charge
from bordereau.invoices.plumbing import among
from bordereau.store import TenantSession

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerFilter:
    """What to show; nothing given shows everything that has something to bill.

    Attributes:
        types: contract types (A25).
        taxable: only taxable or only untaxed contracts (A26).
        customer_ids: only these customers (A27).
        billing_periods: kinds of period (A28).
        period_from, period_to: only what has unbilled items of these days, both included (A28).
        at_least, at_most: bounds of the total balance (A29); with `at_most` of 0 or more, those
            with nothing to bill show too.
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
    def shows_empty(self) -> bool:
        """Whether owners with nothing to bill are asked for."""
        return self.at_most is not None and self.at_most >= 0 and not self.not_zero


@dataclass(frozen=True, slots=True)
class Owner:
    """A line of the list.

    Attributes:
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
    currency: str
    total_balance: Decimal
    ready_balance: Decimal
    selected_balance: Decimal
    box: Box
    ticked: bool | None
    items: int
    ready_items: int
    selected_items: int
    codes: tuple[str, ...]
    next_ready_on: date | None


@dataclass(frozen=True, slots=True)
class OwnerPage:
    """Some lines, and where the next page starts; `after` is None on the last page."""

    owners: tuple[Owner, ...]
    after: tuple[str, str, UUID] | None
