"""Requests that may be sent twice: the work, its key and its answer are one transaction.

A second request with the same key waits for the first one's transaction, then gets its answer.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bordereau.errors import Conflict
from bordereau.store.session import TenantSession
from bordereau.tenancy.tables import RequestKey


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: an HTTP status and a JSON body."""

    status: int
    body: dict[str, Any]


def claim(session: TenantSession, key: str, route: str, body: bytes) -> Answer | None:
    """Take a key for this request, or return the answer that the same request got before.

    None means: do the work and call `store_answer` in the same transaction.

    Raises:
        Conflict: IDEMPOTENCY_KEY_REUSED, the key came with another route or body.

    """
    digest = hashlib.sha256(body).hexdigest()
    taken = session.execute(
        insert(RequestKey)
        .values(tenant_id=session.tenant_id, key=key, route=route, body_sha256=digest)
        .on_conflict_do_nothing()
        .returning(RequestKey.key)
    ).first()
    if taken:
        return None
    found = session.execute(
        select(RequestKey.route, RequestKey.body_sha256, RequestKey.status, RequestKey.body).where(
            RequestKey.key == key
        )
    ).one()
    if (found.route, found.body_sha256) != (route, digest) or found.status is None:
        raise Conflict(
            "IDEMPOTENCY_KEY_REUSED",
            "This idempotency key was used for another request.",
            hint="Use a new key for every new request.",
        )
    return Answer(found.status, found.body or {})


def store_answer(session: TenantSession, key: str, status: int, body: Mapping[str, Any]) -> None:
    """Keep the answer of a claimed key."""
    values = {"status": status, "body": dict(body)}
    session.execute(update(RequestKey).where(RequestKey.key == key).values(values))


def forget_requests(session: TenantSession, before: datetime) -> int:
    """Delete the keys of requests older than a moment and return how many."""
    gone = session.execute(
        delete(RequestKey).where(RequestKey.created_at < before).returning(RequestKey.key)
    )
    return len(gone.all())
