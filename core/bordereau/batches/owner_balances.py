"""The unbilled charges of an owner, added up: balances, counts, and what holds them back.

Amounts of two currencies are never added up (row A6): the balances of an owner are lists, with one
place per currency, made in the same pass. What another batch has reserved counts as not ready.
"""

from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import LateralFromClause

from bordereau.batches.selection import (
    offered,
    owner_column,
    ready,
    ticked,
    with_owner_choices,
)
from bordereau.batches.tables import Batch
from bordereau.charges import Charge, is_accrued, is_unbilled
from bordereau.charges.rules.readiness import Reason

CODES = tuple(
    code.value
    for code in (
        Reason.PERIOD_OPEN,
        Reason.NOT_APPROVED,
        Reason.NOT_CLOSED,
        Reason.DELAYED,
        Reason.IN_DRAFT,
    )
)


def free(batch: Batch, owner: Subquery) -> LateralFromClause:
    """Add up what no batch has reserved, owner by owner, from the index of unbilled charges."""
    each = _by_currency(_judged(batch, owner)).correlate(owner).lateral("each")
    counts = ("pieces", "ready_items", "selected_items")
    return (
        select(
            *_listed(each, "currency", "total", "ready", "selected"),
            *(func.coalesce(func.sum(each.c[name]), 0).label(name) for name in counts),
            *(func.bool_or(each.c[code]).label(code) for code in CODES),
            func.string_agg(each.c.holds, ",").label("holds"),
            func.min(each.c.next_ready_on).label("next_ready_on"),
        )
        .select_from(each)
        .lateral("free")
    )


def _by_currency(one: LateralFromClause) -> Any:
    """Add up the charges of an owner, currency by currency."""
    sums = {"total": one.c.accrued, "ready": one.c.ready, "selected": one.c.selected}
    return (
        select(
            one.c.currency,
            *(_sum(one.c.net, where).label(name) for name, where in sums.items()),
            func.count().label("pieces"),
            func.count().filter(one.c.ready).label("ready_items"),
            func.count().filter(one.c.selected).label("selected_items"),
            *(func.bool_or(one.c[code]).label(code) for code in CODES),
            func.string_agg(func.array_to_string(one.c.holds, ",").distinct(), ",").label("holds"),
            func.min(one.c.comes_on).label("next_ready_on"),
        )
        .select_from(one)
        .group_by(one.c.currency)
    )


def _listed(each: Any, *names: str) -> list[ColumnElement[Any]]:
    """Put the sums of each currency in lists; the first name is that of the currency."""
    order = each.c[names[0]]
    return [
        func.array_agg(aggregate_order_by(each.c[name], order)).label(f"{name}_list")
        for name in names
    ]


def _judged(batch: Batch, owner: Subquery) -> LateralFromClause:
    """Say of each unbilled charge of an owner what its balances and its box depend on."""
    is_ready = ready(batch)
    flags = {
        "accrued": accrued(batch),
        "ready": is_ready,
        "selected": and_(is_ready, ticked(batch)),
        **_against(batch),
    }
    query = select(
        Charge.net,
        Charge.currency,
        Charge.holds,
        _comes_on(batch).label("comes_on"),
        *(flag.label(name) for name, flag in flags.items()),
    )
    mine = and_(owner_column(batch) == owner.c.id, offered(batch), is_unbilled())
    query = with_owner_choices(query, batch, owner_column(batch)).where(mine)
    return query.correlate(owner).lateral("one")


def held(batch: Batch) -> Subquery:
    """List what batches have reserved of each owner; `own` is what this one has."""
    own = Charge.batch_id == batch.id
    each = (
        select(
            owner_column(batch).label("owner_id"),
            Charge.currency.label("held_currency"),
            func.sum(Charge.net).label("held_total"),
            _sum(Charge.net, own).label("own_total"),
            func.count().label("pieces"),
            func.count().filter(own).label("own"),
        )
        .where(is_reserved(), offered(batch))
        .group_by(owner_column(batch), Charge.currency)
        .subquery("held_of_currency")
    )
    return (
        select(
            each.c.owner_id,
            *_listed(each, "held_currency", "held_total", "own_total"),
            func.sum(each.c.pieces).label("pieces"),
            func.sum(each.c.own).label("own"),
        )
        .group_by(each.c.owner_id)
        .subquery("held")
    )


def accrued(batch: Batch) -> ColumnElement[bool]:
    """Match the unbilled charges that the total balance counts (row A11)."""
    return or_(is_accrued(batch.as_of), ready(batch))


def is_reserved() -> ColumnElement[bool]:
    """Say that a batch has reserved a charge, this one or another."""
    return Charge.batch_id.is_not(None)


def _against(batch: Batch) -> dict[str, ColumnElement[bool]]:
    """Return what the reasons are that stand in columns, by code."""
    reasons = (
        Charge.ready_on > batch.as_of,
        Charge.state == "open",
        Charge.state == "approved",
        and_(Charge.state == "delayed", Charge.delayed_until > batch.as_of),
        Charge.draft_id.is_not(None),
    )
    return dict(zip(CODES, reasons, strict=True))


def _comes_on(batch: Batch) -> ColumnElement[Any]:
    """Return the day on which a charge becomes ready by itself; null if it is, or does not."""
    delayed = Charge.state == "delayed"
    day = case(
        (delayed, func.greatest(Charge.ready_on, Charge.delayed_until)), else_=Charge.ready_on
    )
    comes = or_(Charge.state == "closed", and_(delayed, Charge.delayed_until.is_not(None)))
    free_of_holds = and_(func.cardinality(Charge.holds) == 0, Charge.draft_id.is_(None))
    return case((and_(comes, free_of_holds, day > batch.as_of), day))


def _sum(net: Any, where: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(net).filter(where), 0)
