"""Ids: a tenant is a small number, everything else a UUID in version 7, shown with a prefix.

The prefix makes an id readable in a log or an address (`inv_018f...`) and lets a face refuse an id
of the wrong kind before it asks the database.
"""

import os
import time
from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", int)

_RANDOM_BITS = 62


def uuid7() -> UUID:
    """Return a new UUID version 7: time first, so that rows are stored as they come.

    The twelve bits after the millisecond are its fraction (RFC 9562, 6.2, method 3), so that ids
    made one after the other sort so within a millisecond too.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    low = int.from_bytes(os.urandom(8)) >> (64 - _RANDOM_BITS)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (fraction << 64) | (2 << 62) | low)


def public_id(prefix: str, value: UUID) -> str:
    """Write an id as people and programs outside see it: `inv_` and 32 hex digits."""
    return f"{prefix}_{value.hex}"


def parse_id(prefix: str, text: str) -> UUID:
    """Read an id written by `public_id`.

    Raises:
        ValueError: the text is no id of this kind.

    """
    head, _, digits = text.partition("_")
    if head != prefix or len(digits) != 32:  # noqa: PLR2004 - 128 bits in hex
        raise ValueError(f"{text!r} is not an id of the form {prefix}_…")
    return UUID(hex=digits)
