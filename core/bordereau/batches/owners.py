"""The list of a batch: contracts or projects with balances, box and selection, page by page.

Columns are rows A8 to A12, boxes rows A20 to A22, filters rows A25 to A29.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, true

from bordereau.batches.owner_balances import CODES, free, held
from bordereau.batches.owner_filter import EVERYTHING, OwnerFilter
from bordereau.batches.owner_lines import Owner, line_of
from bordereau.batches.owners_shown import Key, Rows, owners_shown
from bordereau.batches.tables import Batch
from bordereau.store import TenantSession

PAGE = 50


@dataclass(frozen=True, slots=True)
class OwnerPage:
    """Some lines, and where the next page starts; `after` is None on the last page."""

    owners: tuple[Owner, ...]
    after: Key | None


def list_owners(
    session: TenantSession,
    batch: Batch,
    show: OwnerFilter = EVERYTHING,
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
    found = session.execute(_lines(batch, owners_shown(batch, show, after).limit(limit + 1))).all()
    owners = tuple(line_of(row) for row in found[:limit])
    last = owners[-1] if len(found) > limit else None
    return OwnerPage(owners, (last.customer_name, last.code, last.id) if last else None)


def _lines(batch: Batch, shown: Rows) -> Rows:
    """Select what the lines of some owners show."""
    owner = shown.subquery("owner")
    mine, reserved = free(batch, owner), held(batch)
    own, pieces = (func.coalesce(reserved.c[name], 0) for name in ("own", "pieces"))
    lists = [one for one in (*mine.c, *reserved.c) if one.name.endswith("_list")]
    return (
        select(
            *owner.c,
            *lists,
            (mine.c.pieces + pieces).label("pieces"),
            (mine.c.ready_items + own).label("ready_items"),
            (mine.c.selected_items + own).label("selected_items"),
            (pieces > own).label("reserved"),
            *(mine.c[code] for code in (*CODES, "holds", "next_ready_on")),
        )
        .select_from(owner)
        .join(mine, true())
        .outerjoin(reserved, reserved.c.owner_id == owner.c.id)
        .order_by(owner.c.customer_name, owner.c.code, owner.c.id)
    )
