"""The key that goes with a request, so that a far side can know a repetition."""

import hashlib
from collections.abc import Collection
from uuid import UUID


def request_key(own: str, members: int, carried: Collection[UUID]) -> str:
    """Return 32 hex digits: the same on every attempt, and only with the same items.

    The whole membership goes under the consignment's `own` key. A part of it (the rest was
    rejected, or had arrived) is another request and gets a key made of its items, the same
    whenever that part is carried again.
    """
    if len(carried) == members:
        return own
    items = "".join(sorted(id_.hex for id_ in carried))
    return hashlib.sha256(f"{own}{items}".encode()).hexdigest()[:32]
