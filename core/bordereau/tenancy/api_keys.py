"""Keys for programs: `bdr_<tenant>_<key>_<secret>`.

The tenant is named in the key, so that the key is looked up behind that tenant's fence; a key with
a forged tenant finds nothing there. Only the hash of the secret is kept.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bordereau.errors import Forbidden, NotFound
from bordereau.store.database import Database
from bordereau.store.session import TenantSession
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.audit import record_audit
from bordereau.tenancy.rights import Right
from bordereau.tenancy.tables import ApiKey, User
from bordereau.tenancy.users import actor_of
from bordereau.values.ids import TenantId, public_id, uuid7

_FORM = re.compile(r"bdr_(\d{1,9})_([0-9a-f]{32})_([0-9a-f]{64})")
_USE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key; `text` is shown this one time and stored nowhere."""

    id: UUID
    text: str

    def __repr__(self) -> str:
        return f"IssuedKey({self.id})"


def issue_key(
    session: TenantSession,
    actor: Actor,
    *,
    user_id: UUID,
    name: str,
    expires_at: datetime | None = None,
) -> IssuedKey:
    """Make a key that acts as a user.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such user.

    """
    actor.must(Right.ADMINISTER)
    if session.get(User, (session.tenant_id, user_id)) is None:
        raise NotFound("user", public_id("usr", user_id))
    key_id, secret = uuid7(), secrets.token_hex(32)
    session.add(
        ApiKey(
            id=key_id,
            user_id=user_id,
            name=name,
            secret_sha256=_digest(secret),
            expires_at=expires_at,
        )
    )
    record_audit(session, actor, "api_key.issue", key_id.hex, {"name": name})
    return IssuedKey(key_id, f"bdr_{session.tenant_id}_{key_id.hex}_{secret}")


def revoke_key(session: TenantSession, actor: Actor, key_id: UUID) -> None:
    """Delete a key; it stops working at once.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such key.

    """
    actor.must(Right.ADMINISTER)
    key = session.get(ApiKey, (session.tenant_id, key_id))
    if key is None:
        raise NotFound("key", public_id("key", key_id))
    session.delete(key)
    record_audit(session, actor, "api_key.revoke", key_id.hex, {"name": key.name})


def authenticate(database: Database, text: str) -> tuple[TenantId, Actor]:
    """Return whose key this is.

    Raises:
        Forbidden: KEY_INVALID, for every reason alike, so that nothing can be learned by trying.

    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise _invalid()
    tenant_id, key_id = TenantId(int(form[1])), UUID(hex=form[2])
    now = datetime.now(UTC)
    with database.tenant(tenant_id) as session:
        key = session.get(ApiKey, (tenant_id, key_id))
        matches = hmac.compare_digest(_digest(form[3]), key.secret_sha256 if key else "")
        if key is None or not matches or (key.expires_at and key.expires_at <= now):
            raise _invalid()
        user = session.get_one(User, (tenant_id, key.user_id))
        if not user.active:
            raise _invalid()
        if key.last_used_at is None or now - key.last_used_at > _USE_EVERY:
            key.last_used_at = now
        return tenant_id, actor_of(user)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _invalid() -> Forbidden:
    return Forbidden("KEY_INVALID", "This key is not valid.", hint="Ask for a new one.")
