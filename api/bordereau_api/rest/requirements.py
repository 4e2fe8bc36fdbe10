"""What a request must meet before it is done: its key, the version it saw, ids that exist."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import Header
from sqlalchemy import select
from starlette.exceptions import HTTPException

from bordereau.errors import Conflict, NotFound
from bordereau.store import Entity, TenantSession
from bordereau.values.ids import public_id
from bordereau_api.rest.call import KEY_HEADER, Call


def key_required(caller: Call) -> None:
    """Go on only with an idempotency key, where doing it twice would do harm.

    Raises:
        HTTPException: 400.

    """
    if not caller.request_key:
        raise HTTPException(400, f"This request needs the header {KEY_HEADER}.")


IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The ETag of what is changed.")
]


def must_match(if_match: str | None, version: int) -> None:
    """Go on only if the caller saw the present version.

    Raises:
        HTTPException: 428, the header `If-Match` is missing.
        Conflict: CHANGED_MEANWHILE, which is answered with 412.

    """
    if if_match is None:
        raise HTTPException(428, "Send the ETag of what you change as If-Match.")
    tags = {one.strip().removeprefix("W/") for one in if_match.split(",")}
    if not tags & {f'"{version}"', "*"}:
        raise Conflict(
            "CHANGED_MEANWHILE",
            "It was changed in the meantime.",
            hint="Look at it again and repeat your change.",
        )


def match_if_given(if_match: str | None, version: int) -> None:
    """Go on unless the caller says what they saw, and that is not the present version.

    Raises:
        Conflict: CHANGED_MEANWHILE, which is answered with 412.

    """
    if if_match is not None:
        must_match(if_match, version)


_PREFIXES = {
    "Administration": "adm",
    "Batch": "bat",
    "Charge": "chg",
    "Connection": "con",
    "Contract": "ctr",
    "Customer": "cus",
    "Invoice": "inv",
    "Layout": "lay",
    "OutputOrder": "ord",
    "Project": "prj",
    "StoredDelivery": "dlv",
    "TaxCode": "tax",
    "Ticket": "tkt",
    "WorkType": "wtp",
}


def must_exist(
    session: TenantSession, model: type[Entity], ids: Collection[UUID], kind: str
) -> None:
    """Go on only if the tenant has all of these, also where a rule would not look.

    Raises:
        NotFound: naming the first that is missing.

    """
    wanted = set(ids)
    missing = wanted - set(session.scalars(select(model.id).where(model.id.in_(wanted))))
    if missing:
        raise NotFound(kind, public_id(_PREFIXES[model.__name__], min(missing)))
