"""Users and their API keys; for administrators."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field
from sqlalchemy import select

from bordereau.errors import NotFound
from bordereau.store import TenantSession
from bordereau.tenancy import add_user, change_rights, issue_key, revoke_key, set_active
from bordereau.tenancy.tables import ApiKey, User
from bordereau.values.ids import public_id
from bordereau_api.rest.call import NO_CONTENT, Administrator
from bordereau_api.rest.paging import Paged, page
from bordereau_api.rest.shapes import ApiKeyId, Page, Shape, UserId

router = APIRouter(tags=["users"])
Label = Annotated[str, Field(min_length=1, max_length=300)]


class UserOut(Shape):
    """A user, or a program that acts as one."""

    id: UserId
    email: str
    name: str
    rights: list[str]
    active: bool


class UserIn(Shape):
    """A new user; `roles` are reader, leader, clerk and administrator."""

    email: Label
    name: Label
    roles: list[str] = Field(default_factory=list)
    rights: list[str] = Field(default_factory=list)


class UserChange(Shape):
    """New rights, or whether the user is let in."""

    rights: list[str] | None = None
    active: bool | None = None


class KeyOut(Shape):
    """A key; its text is shown once, when it is made."""

    id: ApiKeyId
    user_id: UserId
    name: str
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime


class KeyIn(Shape):
    """A new key, which acts as the user."""

    user_id: UserId
    name: Label
    expires_at: AwareDatetime | None = None


class NewKey(Shape):
    """A new key; keep `text`, it is not shown again and left out of a repeated answer."""

    id: ApiKeyId
    text: str | None = None


@router.get("/users")
def list_users(call: Administrator, paged: Paged) -> Page[UserOut]:
    """List the users."""
    with call.session() as session:
        return page(session, select(User), [User.email], paged, UserOut.model_validate)


@router.post("/users", status_code=201, response_model=UserOut)
def create_user(call: Administrator, body: UserIn) -> Response:
    """Add a user."""

    def work(session: TenantSession) -> UserOut:
        return UserOut.model_validate(add_user(session, call.actor, **body.model_dump()))

    return call.once(work)


@router.get("/users/{user_id}")
def get_user(call: Administrator, user_id: UserId) -> UserOut:
    """Return a user."""
    with call.session() as session:
        row = session.get(User, (session.tenant_id, user_id))
        if row is None:
            raise NotFound("user", public_id("usr", user_id))
        return UserOut.model_validate(row)


@router.patch("/users/{user_id}")
def patch_user(call: Administrator, user_id: UserId, body: UserChange) -> UserOut:
    """Change the rights of a user, or let the user in or out; keys follow at once."""
    with call.session() as session:
        if body.rights is not None:
            change_rights(session, call.actor, user_id, body.rights)
        if body.active is not None:
            set_active(session, call.actor, user_id, active=body.active)
    return get_user(call, user_id)


@router.get("/api-keys")
def list_api_keys(call: Administrator, paged: Paged) -> Page[KeyOut]:
    """List the keys, without their secrets."""
    with call.session() as session:
        return page(session, select(ApiKey), [ApiKey.id], paged, KeyOut.model_validate)


@router.post("/api-keys", status_code=201, response_model=NewKey)
def create_api_key(call: Administrator, body: KeyIn) -> Response:
    """Make a key."""

    def work(session: TenantSession) -> NewKey:
        made = issue_key(
            session,
            call.actor,
            user_id=body.user_id,
            name=body.name,
            expires_at=body.expires_at,
        )
        return NewKey(id=made.id, text=made.text)

    return call.once(work, hide={"text"})


@router.delete("/api-keys/{key_id}", status_code=NO_CONTENT)
def delete_api_key(call: Administrator, key_id: ApiKeyId) -> None:
    """Revoke a key; it stops working at once."""
    with call.session() as session:
        revoke_key(session, call.actor, key_id)
