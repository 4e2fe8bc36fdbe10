"""The users of an account."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from bordereau.errors import Conflict, NotFound
from bordereau.store.session import TenantSession
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.audit import record_audit
from bordereau.tenancy.rights import Right, checked_rights, rights_of
from bordereau.tenancy.tables import User
from bordereau.values.ids import public_id


def add_user(
    session: TenantSession,
    actor: Actor,
    *,
    email: str,
    name: str,
    roles: Iterable[str] = (),
    rights: Iterable[str] = (),
) -> User:
    """Add a user with the rights of some roles and some more.

    Raises:
        Forbidden: RIGHT_MISSING.
        Invalid: ROLE_UNKNOWN, RIGHT_UNKNOWN.
        Conflict: EMAIL_TAKEN.

    """
    actor.must(Right.ADMINISTER)
    if session.scalar(select(User.id).where(User.email == email)):
        raise Conflict("EMAIL_TAKEN", f"There is already a user {email}.")
    granted = sorted(rights_of(roles) | checked_rights(rights))
    user = User(email=email, name=name, rights=granted, active=True)
    session.add(user)
    session.flush()
    record_audit(session, actor, "user.add", email, {"rights": granted})
    return user


def change_rights(
    session: TenantSession, actor: Actor, user_id: UUID, rights: Iterable[str]
) -> User:
    """Replace the rights of a user; keys of the user follow at once.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such user.

    """
    actor.must(Right.ADMINISTER)
    user = _user(session, user_id)
    granted: list[str] = sorted(checked_rights(rights))
    details = {"before": user.rights, "after": granted}
    user.rights = granted
    record_audit(session, actor, "user.change_rights", user.email, details)
    return user


def set_active(session: TenantSession, actor: Actor, user_id: UUID, *, active: bool) -> User:
    """Let a user in or keep the user out; no key of an inactive user works.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such user.

    """
    actor.must(Right.ADMINISTER)
    user = _user(session, user_id)
    user.active = active
    record_audit(session, actor, "user.activate" if active else "user.deactivate", user.email)
    return user


def actor_of(user: User) -> Actor:
    """Return the user as an actor."""
    return Actor(user.email, frozenset(user.rights), user.id)


def _user(session: TenantSession, user_id: UUID) -> User:
    user = session.get(User, (session.tenant_id, user_id))
    if user is None:
        raise NotFound("user", public_id("usr", user_id))
    return user
