"""Making and opening links to the portal.

No link is stored. One ends when it expires, or when the key that signed it leaves the key ring.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from bordereau.errors import Forbidden, Invalid, NotFound
from bordereau.portal.scope import OWNERS, PREFIXES, Scope, read_signed, sign
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor, KeyRing, Right, record_audit
from bordereau.values.ids import public_id

LONGEST = timedelta(days=90)


def make_link(
    session: TenantSession,
    actor: Actor,
    keys: KeyRing,
    *,
    customer_id: UUID | None = None,
    project_id: UUID | None = None,
    expires_at: datetime,
) -> str:
    """Return a link that shows the issued invoices of a customer or of a project.

    Whoever has the text can look, so it is a secret of the one it was made for. `expires_at` is
    aware and counts in whole seconds.

    Raises:
        Forbidden: RIGHT_MISSING.
        Invalid: LINK_SCOPE, neither or both are named; LINK_TERM, it has ended already or would
            last longer than 90 days.
        NotFound: there is no such customer or project.

    """
    actor.must(Right.SHARE)
    _check_term(expires_at)
    scope = _scope(session, customer_id, project_id, expires_at)
    if not _exists(session, scope):
        raise NotFound(OWNERS[scope.kind].__tablename__, _subject(scope))
    details = {"expires_at": scope.expires_at.isoformat()}
    record_audit(session, actor, "portal.link", _subject(scope), details)
    return sign(scope, keys)


def open_link(database: Database, keys: KeyRing, text: str) -> Scope:
    """Return what a link shows.

    Raises:
        Forbidden: LINK_EXPIRED, for a true link whose time is over; LINK_INVALID for every other
            reason alike, so that nothing can be learned by trying.

    """
    scope = read_signed(text, keys)
    if scope is None:
        raise _invalid()
    if scope.expires_at <= datetime.now(UTC):
        raise Forbidden("LINK_EXPIRED", "This link has expired.", hint="Ask for a new one.")
    with database.tenant(scope.tenant_id) as session:
        if not _exists(session, scope):
            raise _invalid()
    return scope


def _check_term(expires_at: datetime) -> None:
    now = datetime.now(UTC)
    if not now < expires_at <= now + LONGEST:
        raise Invalid(
            "LINK_TERM",
            f"A link ends in the future, {LONGEST.days} days from now at most.",
            where="expires_at",
        )


def _scope(
    session: TenantSession,
    customer_id: UUID | None,
    project_id: UUID | None,
    expires_at: datetime,
) -> Scope:
    until = expires_at.astimezone(UTC).replace(microsecond=0)
    if customer_id is not None and project_id is None:
        return Scope(session.tenant_id, "c", customer_id, until)
    if project_id is not None and customer_id is None:
        return Scope(session.tenant_id, "p", project_id, until)
    raise Invalid("LINK_SCOPE", "A link is for one customer or for one project.", where="")


def _exists(session: TenantSession, scope: Scope) -> bool:
    return session.get(OWNERS[scope.kind], (session.tenant_id, scope.owner_id)) is not None


def _subject(scope: Scope) -> str:
    return public_id(PREFIXES[scope.kind], scope.owner_id)


def _invalid() -> Forbidden:
    return Forbidden("LINK_INVALID", "This link is not valid.", hint="Ask for a new one.")
