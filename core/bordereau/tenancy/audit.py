"""The audit trail: one row per act, written in the transaction of the act."""

from collections.abc import Mapping
from typing import Any

from bordereau.store.session import TenantSession
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.tables import AuditEvent


def record_audit(
    session: TenantSession,
    actor: Actor,
    action: str,
    subject: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add what an actor did to a subject, for instance `batch.run` to `bat_018f...`.

    `details` is JSON-able and holds no secret.
    """
    session.add(
        AuditEvent(actor=actor.name, action=action, subject=subject, details=dict(details or {}))
    )
