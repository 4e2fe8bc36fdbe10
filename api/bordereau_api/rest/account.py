"""The account and whoever calls."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select

from bordereau.tenancy import account, change_account
from bordereau.tenancy.tables import AuditEvent, Tenant
from bordereau_api.rest.call import Administrator, Caller, Reader
from bordereau_api.rest.paging import Paged, page
from bordereau_api.rest.shapes import EventId, Page, Shape, UserId, given

router = APIRouter(tags=["account"])


class AccountOut(Shape):
    """The account; `currency` was decided by its first region."""

    slug: str
    name: str
    region: str
    currency: str
    time_zone: str
    language: str
    plan: str
    created_at: datetime


class AccountChange(Shape):
    """What can be changed; fields that are left out stay."""

    name: str | None = None
    region: str | None = None
    time_zone: str | None = None
    language: str | None = None


class Me(Shape):
    """Who calls, and what that one may do."""

    name: str
    user_id: UserId | None
    rights: list[str]
    account: AccountOut


class AuditOut(Shape):
    """Something that was done."""

    id: EventId
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


def shape(row: Tenant) -> AccountOut:
    """Return an account as it is answered."""
    return AccountOut.model_validate(row)


@router.get("/me")
def whoami(call: Caller) -> Me:
    """Say who calls; every key may ask."""
    with call.session() as session:
        return Me(
            name=call.actor.name,
            user_id=call.actor.user_id,
            rights=sorted(call.actor.rights),
            account=shape(account(session)),
        )


@router.get("/account")
def get_account(call: Reader) -> AccountOut:
    """Return the account."""
    with call.session() as session:
        return shape(account(session))


@router.patch("/account")
def patch_account(call: Administrator, body: AccountChange) -> AccountOut:
    """Change settings of the account."""
    with call.session() as session:
        return shape(change_account(session, call.actor, **given(body)))


@router.get("/audit-events")
def list_audit_events(call: Administrator, paged: Paged, subject: str = "") -> Page[AuditOut]:
    """List what was done, newest first; `subject` is an id such as `bat_…`."""
    query = select(AuditEvent)
    if subject:
        query = query.where(AuditEvent.subject == subject)
    with call.session() as session:
        return page(
            session, query, [AuditEvent.id], paged, AuditOut.model_validate, newest_first=True
        )
