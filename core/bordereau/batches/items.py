"""The items behind a line of the list: what can be ticked, and why the rest cannot (A24, A33)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, tuple_

from bordereau.batches.selection import offered, owner_column, ticked, with_owner_choices
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Ticket
from bordereau.charges import Against, Charge, is_unbilled, reasons
from bordereau.invoices.plumbing import trim
from bordereau.store import TenantSession
from bordereau.values.money import round_amount

PAGE = 200
Key = tuple[date, UUID]


@dataclass(frozen=True, slots=True)
class Item:
    """A charge as the list shows it.

    Attributes:
        minutes: exact time worked, if it is work.
        selected: whether the batch would bill it now.
        against: every reason that it cannot be billed yet; empty if it is ready.

    """

    id: UUID
    kind: str
    description: str
    ticket: str
    worked_on: date
    period_start: date | None
    period_end: date | None
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: Decimal
    currency: str
    minutes: int | None
    employee: str
    selected: bool
    against: tuple[Against, ...]


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some items, and where the next page starts; `after` is None on the last page."""

    items: tuple[Item, ...]
    after: Key | None


def list_charges(
    session: TenantSession,
    batch: Batch,
    owner_id: UUID,
    *,
    language: str = "en",
    after: Key | None = None,
    limit: int = PAGE,
) -> ItemPage:
    """Return the unbilled items of a contract or project, oldest first.

    Args:
        session: the tenant's session.
        batch: what they are ticked in; readiness is judged on its day.
        owner_id: the contract or project.
        language: of the reasons: en, fr, nl or de.
        after: where the page before ended.
        limit: how many items.

    """
    unbilled = or_(is_unbilled(), and_(Charge.batch_id.is_not(None), Charge.chargeable))
    query = select(Charge, Ticket.code, ticked(batch))
    query = (
        with_owner_choices(query, batch, owner_column(batch))
        .outerjoin(Ticket, Ticket.id == Charge.ticket_id)
        .where(owner_column(batch) == owner_id, offered(batch), unbilled)
        .order_by(Charge.worked_on, Charge.id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(tuple_(Charge.worked_on, Charge.id) > after)
    rows = session.execute(query).all()
    items = tuple(_item(row, batch, language) for row in rows[:limit])
    last = items[-1] if len(rows) > limit else None
    return ItemPage(items, (last.worked_on, last.id) if last else None)


def _item(row: Any, batch: Batch, language: str) -> Item:
    charge, ticket, chosen = row
    own = charge.batch_id == batch.id
    against = () if own else reasons(charge, batch.as_of, language)
    return Item(
        id=charge.id,
        kind=charge.kind,
        description=charge.description,
        ticket=ticket or "",
        worked_on=charge.worked_on,
        period_start=charge.period_start,
        period_end=charge.period_end,
        quantity=trim(charge.quantity),
        unit=charge.unit,
        unit_price=trim(charge.unit_price),
        net=round_amount(charge.net, charge.currency),
        currency=charge.currency,
        minutes=charge.minutes,
        employee=charge.employee,
        selected=own or (not against and chosen),
        against=against,
    )
