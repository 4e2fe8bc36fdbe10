"""Small helpers of this room: chunks, ids in order, decimals without idle zeros."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import TypeVar
from uuid import UUID

from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession
from bordereau.values.ids import uuid7

CHUNK = 1_000  # invoices in one transaction
HELD = 500  # composed invoices that are held at once

ItemT = TypeVar("ItemT")
_ROOM = 32  # low bits of an id that number the ids of one run


def forget(session: TenantSession) -> None:
    """Let invoices that the session holds be read again, after a statement changed their rows."""
    for row in list(session.identity_map.values()):
        if isinstance(row, Invoice):
            session.expire(row)


def ordered_ids() -> Iterator[UUID]:
    """Yield ids of version 7 that sort as they come, also within one millisecond."""
    start = uuid7().int >> _ROOM << _ROOM
    for number in range(1 << _ROOM):
        yield UUID(int=start + number)


def chunked(items: Iterable[ItemT], size: int = CHUNK) -> Iterator[list[ItemT]]:
    """Yield lists of at most `size` items, without ever holding more."""
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk


def trim(number: Decimal) -> Decimal:
    """Return the number without idle zeros behind the point: 1.500000 as 1.5, 100 as 100."""
    return number.normalize() + 0
