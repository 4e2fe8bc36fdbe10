"""Which contracts or projects the list of a batch shows, in their order, found before balances.

A page is cut here first: adding up everything that stands behind every owner costs many times
more than doing so for the fifty of a page.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, func, literal, or_, select, true, tuple_, union_all
from sqlalchemy.orm import aliased

from bordereau.batches.owner_balances import accrued, is_reserved
from bordereau.batches.owner_filter import (
    OwnerFilter,
    fits,
    must_fit,
    of_balances,
    of_owner,
    overlaps,
)
from bordereau.batches.selection import offered, owner_column
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Contract, Customer, Project
from bordereau.charges import Charge, is_unbilled

_OWNERS: dict[str, Any] = {"contracts": Contract, "projects": Project, "participants": Customer}
Key = tuple[str, str, UUID]
Rows = Select[*tuple[Any, ...]]


def owners_shown(batch: Batch, show: OwnerFilter, after: Key | None = None) -> Rows:
    """Select the owners that a filter shows, in the order of customer name and code.

    Args:
        batch: what they are ticked in.
        show: what to show.
        after: where the page before ended.

    Raises:
        Invalid: as `owner_filter.must_fit`.

    """
    must_fit(show, batch)
    owner = _listed(batch, show, after).subquery("listed")
    query = select(*owner.c).order_by(owner.c.customer_name, owner.c.code, owner.c.id)
    if show.needs_balances:
        return _by_balance(query, owner, batch, show)
    return _by_presence(query, owner, batch)


def _listed(batch: Batch, show: OwnerFilter, after: Key | None) -> Rows:
    """Select all owners that a filter could show, whatever they have to bill."""
    owner = _OWNERS[batch.source]
    payer, payer_id = aliased(Customer), owner.id if owner is Customer else owner.customer_id
    name = func.coalesce(payer.name, "")
    query = (
        select(
            owner.id,
            owner.code,
            owner.name,
            *_kind_columns(owner),
            payer_id.label("customer_id"),
            name.label("customer_name"),
        )
        .select_from(owner)
        .outerjoin(payer, payer.id == payer_id)
        .where(*of_owner(show, owner, payer))
        .order_by(name, owner.code, owner.id)
    )
    if after is None:
        return query
    return query.where(tuple_(name, owner.code, owner.id) > tuple_(*map(literal, after)))


def _kind_columns(owner: Any) -> tuple[Any, ...]:
    if owner is Contract:
        return Contract.type, Contract.taxable, Contract.billing_period
    return (
        literal(owner.__name__).label("type"),
        true().label("taxable"),
        literal("").label("billing_period"),
    )


def _by_presence(query: Rows, owner: Subquery, batch: Batch) -> Rows:
    """Leave out owners without anything unbilled; nothing is added up.

    They stand in order already. Each is asked for one charge, one after the other, until the page
    is full: only where most have none does that cost more than a page.
    """
    column = owner_column(batch)
    unbilled = select(Charge.id).where(column == owner.c.id, offered(batch), is_unbilled())
    one = unbilled.limit(1).lateral("unbilled")
    reserved = select(column).where(offered(batch), is_reserved())
    found = or_(one.c.id.is_not(None), owner.c.id.in_(reserved))
    return query.outerjoin(one, true()).where(found)


def _by_balance(query: Rows, owner: Subquery, batch: Batch, show: OwnerFilter) -> Rows:
    """Leave out what the balance filters do not show; balances of all are added up at once."""
    each = _each_balance(batch, show)
    sums = (
        select(
            each.c.owner_id,
            func.sum(each.c.pieces).label("pieces"),
            func.sum(each.c.in_period).label("in_period"),
            func.bool_or(fits(show, each.c.total)).label("fits"),
        )
        .group_by(each.c.owner_id)
        .subquery("sums")
    )
    found = query.outerjoin(sums, sums.c.owner_id == owner.c.id)
    return found.where(*of_balances(show, sums.c.pieces, sums.c.in_period, sums.c.fits))


def _each_balance(batch: Batch, show: OwnerFilter) -> Subquery:
    """Add up what is unbilled of each owner in each currency, free or reserved."""
    column = owner_column(batch)
    keys = (column.label("owner_id"), Charge.currency)
    touching = func.count().filter(overlaps(show)).label("in_period")
    parts = [
        select(*keys, func.count().label("pieces"), total.label("total"), touching)
        .where(offered(batch), where)
        .group_by(column, Charge.currency)
        for where, total in (
            (is_unbilled(), func.sum(Charge.net).filter(accrued(batch))),
            (is_reserved(), func.sum(Charge.net)),
        )
    ]
    both = union_all(*parts).subquery("both")
    return (
        select(
            both.c.owner_id,
            func.sum(both.c.pieces).label("pieces"),
            func.coalesce(func.sum(both.c.total), 0).label("total"),
            func.sum(both.c.in_period).label("in_period"),
        )
        .group_by(both.c.owner_id, both.c.currency)
        .subquery("each")
    )
