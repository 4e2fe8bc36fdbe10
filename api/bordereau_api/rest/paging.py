"""Lists by keyset: a page begins after the last row of the one before, however rows change."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Select, tuple_

from bordereau.errors import Invalid
from bordereau.store import TenantSession
from bordereau_api.rest.shapes import Page

LIMIT, LIMIT_MAX = 50, 200
ItemT = TypeVar("ItemT")
Readers = dict[type, Callable[[Any], Any]]

_READ: Readers = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
    int: int,
    str: str,
}


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for; `link` tells where the next one is."""

    limit: int
    cursor: str
    link: Callable[[str], None]


def paging(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Rows on a page.")] = LIMIT,
    cursor: Annotated[
        str, Query(max_length=2000, description="`next_cursor` of the page before.")
    ] = "",
) -> Paging:
    """Read the parameters that every list has."""

    def link(next_cursor: str) -> None:
        rest = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
        query = urlencode([*rest, ("cursor", next_cursor)])
        response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'

    return Paging(limit, cursor, link)


Paged = Annotated[Paging, Depends(paging)]


def page(
    session: TenantSession,
    query: Select[*tuple[Any, ...]],
    keys: Sequence[Any],
    paged: Paging,
    shape: Callable[[Any], ItemT],
    *,
    newest_first: bool = False,
) -> Page[ItemT]:
    """Return one page of a query.

    Args:
        session: the tenant's session.
        query: selects one entity, or several columns; without an order of its own.
        keys: columns that are never null and together unique; the list is ordered by them.
        paged: which page.
        shape: makes an item of a row, or of the entity where the query selects one.
        newest_first: whether the order is reversed.

    Raises:
        Invalid: CURSOR_INVALID.

    """
    last = read_cursor(paged.cursor, [key.type.python_type for key in keys])
    if last is not None:
        place = tuple_(*keys)
        query = query.where(place < tuple_(*last) if newest_first else place > tuple_(*last))
    ordered = query.order_by(*(key.desc() if newest_first else key for key in keys))
    marks = [key.label(f"_key{number}") for number, key in enumerate(keys)]
    rows = session.execute(ordered.add_columns(*marks).limit(paged.limit + 1)).all()
    shown = rows[: paged.limit]
    next_cursor = write_cursor(shown[-1][-len(keys) :]) if len(rows) > paged.limit else None
    if next_cursor:
        paged.link(next_cursor)
    single = len(query.column_descriptions) == 1
    items = [shape(row[0] if single else row) for row in shown]
    return Page(data=items, has_more=next_cursor is not None, next_cursor=next_cursor)


def page_of(
    found: Sequence[ItemT], paged: Paging, place: Callable[[ItemT], Sequence[Any]]
) -> Page[ItemT]:
    """Return a page of rows that a room read, one more than are shown; `place` gives their key."""
    shown = list(found[: paged.limit])
    next_cursor = write_cursor(place(shown[-1])) if len(found) > paged.limit else None
    if next_cursor:
        paged.link(next_cursor)
    return Page(data=shown, has_more=next_cursor is not None, next_cursor=next_cursor)


def write_cursor(values: Sequence[Any]) -> str:
    """Return the cursor of a place in a list."""
    text = json.dumps([str(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, kinds: Sequence[type]) -> Any:
    """Return the place that a cursor names, as a tuple of these kinds; None without a cursor.

    Raises:
        Invalid: CURSOR_INVALID.

    """
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return tuple(_READ[kind](str(text)) for kind, text in zip(kinds, values, strict=True))
    except (ValueError, TypeError, binascii.Error, InvalidOperation) as error:
        raise Invalid(
            "CURSOR_INVALID",
            "This cursor does not belong to this list.",
            where="cursor",
            hint="Begin again without it.",
        ) from error
