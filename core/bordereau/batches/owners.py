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

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from bordereau.batches.selection import offered, owner_column, ready, ticked, with_choices
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Contract, Customer, Project
from bordereau.charges import Charge, is_accrued, is_unbilled
from bordereau.charges.rules.readiness import Box, Reason, box
from bordereau.invoices.plumbing import among
from bordereau.store import TenantSession
from bordereau.values.money import round_amount

PAGE = 50
_OWNERS: dict[str, Any] = {"contracts": Contract, "projects": Project, "participants": Customer}
Key = tuple[str, str, UUID]
_CODES = tuple(
    code.value
    for code in (
        Reason.PERIOD_OPEN,
        Reason.NOT_APPROVED,
        Reason.NOT_CLOSED,
        Reason.DELAYED,
        Reason.IN_DRAFT,
    )
)


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
    def needs_balances(self) -> bool:
        """Whether the list cannot be cut into pages before the charges are added up."""
        bounds = (self.at_least, self.at_most, self.period_from, self.period_to)
        return self.not_zero or any(one is not None for one in bounds)

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
    after: Key | None


def list_owners(
    session: TenantSession,
    batch: Batch,
    show: OwnerFilter = OwnerFilter(),
    *,
    after: Key | None = None,
    limit: int = PAGE,
) -> OwnerPage:
    """Return one page of the list, in the order of customer name and code.

    Args:
        session: the tenant's session.
        batch: what it is ticked in.
        show: what to show.
        after: where the page before ended.
        limit: how many lines.

    """
    query = owners_query(batch, show, after)
    if not show.needs_balances:
        query = query.where(_OWNERS[batch.source].id.in_(_page(batch, show, after, limit + 1)))
    found = session.execute(query.limit(limit + 1)).all()
    owners = tuple(_owner(row) for row in found[:limit])
    last = owners[-1] if len(found) > limit else None
    return OwnerPage(owners, (last.customer_name, last.code, last.id) if last else None)


def owners_query(
    batch: Batch, show: OwnerFilter, after: Key | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the statement behind the list."""
    owner = _OWNERS[batch.source]
    payer, payer_id = aliased(Customer), owner.id if owner is Customer else owner.customer_id
    free, held = _free(batch, owner, show), _held(batch)
    items = free.c.pieces + func.coalesce(held.c.pieces, 0)
    balance = (free.c.total + func.coalesce(held.c.net, 0)).label("total")
    name = func.coalesce(payer.name, "")
    query = (
        select(
            owner.id,
            owner.code,
            owner.name,
            *_kind_columns(owner),
            payer_id.label("customer_id"),
            name.label("customer_name"),
            func.coalesce(free.c.currency, held.c.currency, "").label("currency"),
            balance,
            (free.c.ready + func.coalesce(held.c.own_net, 0)).label("ready"),
            (free.c.selected + func.coalesce(held.c.own_net, 0)).label("selected"),
            items.label("pieces"),
            (free.c.ready_items + func.coalesce(held.c.own, 0)).label("ready_items"),
            (free.c.selected_items + func.coalesce(held.c.own, 0)).label("selected_items"),
            (func.coalesce(held.c.pieces, 0) > func.coalesce(held.c.own, 0)).label("reserved"),
            *(free.c[code] for code in _CODES),
            free.c.holds,
            free.c.next_ready_on,
        )
        .select_from(owner)
        .outerjoin(payer, payer.id == payer_id)
        .join(free, true())
        .outerjoin(held, held.c.owner_id == owner.id)
        .where(*_shown(show, owner, payer, items, balance, free))
        .order_by(name, owner.code, owner.id)
    )
    return query.where(_after(name, owner, after))


def _page(
    batch: Batch, show: OwnerFilter, after: Key | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """Select the owners of a page without adding anything up, where no balance is asked for."""
    owner = _OWNERS[batch.source]
    payer, payer_id = aliased(Customer), owner.id if owner is Customer else owner.customer_id
    name = func.coalesce(payer.name, "")
    mine = and_(owner_column(batch) == owner.id, offered(batch))
    listed = or_(
        exists().where(mine, is_unbilled()),
        owner.id.in_(select(owner_column(batch)).where(offered(batch), _reserved())),
    )
    return (
        select(owner.id)
        .outerjoin(payer, payer.id == payer_id)
        .where(listed, *_plain_filters(show, owner, payer), _after(name, owner, after))
        .order_by(name, owner.code, owner.id)
        .limit(limit)
    )


def _after(name: Any, owner: Any, after: Key | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    return tuple_(name, owner.code, owner.id) > tuple_(*map(literal, after))


def _reserved() -> ColumnElement[bool]:
    return Charge.batch_id.is_not(None)


def _free(batch: Batch, owner: Any, show: OwnerFilter) -> LateralFromClause:
    """Add up what no batch has reserved, per owner, from the index of unbilled charges."""
    is_free, chosen = ready(batch), and_(ready(batch), ticked(batch))
    waiting = and_(Charge.ready_on > batch.as_of, func.cardinality(Charge.holds) == 0)
    flags = {
        Reason.PERIOD_OPEN: Charge.ready_on > batch.as_of,
        Reason.NOT_APPROVED: Charge.state == "open",
        Reason.NOT_CLOSED: Charge.state == "approved",
        Reason.DELAYED: and_(Charge.state == "delayed", Charge.delayed_until > batch.as_of),
        Reason.IN_DRAFT: Charge.draft_id.is_not(None),
    }
    query = select(
        func.count().label("pieces"),
        func.max(Charge.currency).label("currency"),
        _sum(or_(is_accrued(batch.as_of), is_free)).label("total"),
        _sum(is_free).label("ready"),
        _sum(chosen).label("selected"),
        func.count().filter(is_free).label("ready_items"),
        func.count().filter(chosen).label("selected_items"),
        *(func.bool_or(flag).label(code.value) for code, flag in flags.items()),
        func.string_agg(func.array_to_string(Charge.holds, ",").distinct(), ",").label("holds"),
        func.min(Charge.ready_on).filter(waiting).label("next_ready_on"),
        func.count().filter(_overlaps(show)).label("in_period"),
    ).select_from(Charge)
    mine = and_(owner_column(batch) == owner.id, offered(batch), is_unbilled())
    return with_choices(query, batch).where(mine).correlate(owner).lateral("free")


def _held(batch: Batch) -> CTE:
    """Add up what batches have reserved; `own` is what this one has."""
    own = Charge.batch_id == batch.id
    return (
        select(
            owner_column(batch).label("owner_id"),
            func.max(Charge.currency).label("currency"),
            func.count().label("pieces"),
            func.sum(Charge.net).label("net"),
            func.count().filter(own).label("own"),
            _sum(own).label("own_net"),
        )
        .where(_reserved(), offered(batch))
        .group_by(owner_column(batch))
        .cte("held")
    )


def _shown(
    show: OwnerFilter, owner: Any, payer: Any, items: Any, balance: Any, free: LateralFromClause
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [] if show.shows_empty else [items > 0]
    wanted += _plain_filters(show, owner, payer)
    if show.period_from or show.period_to:
        wanted.append(free.c.in_period > 0)
    if show.at_least is not None:
        wanted.append(balance.element >= show.at_least)
    if show.at_most is not None:
        wanted.append(balance.element <= show.at_most)
    if show.not_zero:
        wanted.append(balance.element != 0)
    return wanted


def _plain_filters(show: OwnerFilter, owner: Any, payer: Any) -> list[ColumnElement[bool]]:
    """Return the filters that look at the owner alone."""
    wanted = _contract_filters(show) if owner is Contract else []
    if show.customer_ids:
        wanted.append(among(payer.id, show.customer_ids))
    if show.text.strip():
        places = (owner.name, owner.code, payer.name, payer.code)
        wanted.append(or_(*(one.icontains(show.text.strip(), autoescape=True) for one in places)))
    return wanted


def _contract_filters(show: OwnerFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if show.types:
        wanted.append(Contract.type == any_(literal(list(show.types), ARRAY(Text))))
    if show.billing_periods:
        kinds = any_(literal(list(show.billing_periods), ARRAY(Text)))
        wanted.append(Contract.billing_period == kinds)
    if show.taxable is not None:
        wanted.append(Contract.taxable.is_(show.taxable))
    return wanted


def _overlaps(show: OwnerFilter) -> ColumnElement[bool]:
    """Match charges whose period, or else whose day, touches the days that are shown."""
    first = func.coalesce(Charge.period_start, Charge.worked_on)
    after = func.coalesce(Charge.period_end, Charge.worked_on + 1)
    return and_(
        after > show.period_from if show.period_from else true(),
        first <= show.period_to if show.period_to else true(),
    )


def _kind_columns(owner: Any) -> tuple[Any, ...]:
    if owner is Contract:
        return Contract.type, Contract.taxable, Contract.billing_period
    return (
        literal(owner.__name__).label("type"),
        true().label("taxable"),
        literal("").label("billing_period"),
    )


def _sum(where: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(Charge.net).filter(where), 0)


def _owner(row: Any) -> Owner:
    waiting = row.pieces - row.ready_items
    codes = [code for code in _CODES if getattr(row, code)]
    codes += ["RESERVED"] if row.reserved else []
    codes += sorted({code for code in (row.holds or "").split(",") if code})
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
        currency=row.currency,
        total_balance=_amount(row.total, row.currency),
        ready_balance=_amount(row.ready, row.currency),
        selected_balance=_amount(row.selected, row.currency),
        box=box(row.ready_items, waiting),
        ticked=part,
        items=row.pieces,
        ready_items=row.ready_items,
        selected_items=row.selected_items,
        codes=tuple(codes),
        next_ready_on=row.next_ready_on,
    )


def _amount(net: Decimal, currency: str) -> Decimal:
    return round_amount(Decimal(net), currency) if currency else Decimal(0)
