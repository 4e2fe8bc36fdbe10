"""What a batch shows and what is ticked in it: owners (contracts or projects) and their charges."""

from datetime import date
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Response

from bordereau.batches import (
    choose_all,
    choose_charges,
    choose_matching,
    choose_owners,
    get_batch,
    list_owners,
    totals,
)
from bordereau.batches.items import list_charges
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Contract, Customer, Project
from bordereau.store import Entity, TenantSession
from bordereau.tenancy import account
from bordereau_api.rest.batches import Biller, seen, shape_totals
from bordereau_api.rest.call import Reader
from bordereau_api.rest.paging import Paged, Paging, read_cursor, write_cursor
from bordereau_api.rest.requirements import IfMatch, must_exist
from bordereau_api.rest.selection_shapes import (
    Choices,
    Chosen,
    OwnerItemOut,
    OwnerOut,
    OwnersShown,
    item_out,
    owner_out,
)
from bordereau_api.rest.shapes import BatchId, OwnerId, Page

router = APIRouter(prefix="/batches/{batch_id}", tags=["batches"])
OWNERS: dict[str, type[Entity]] = {
    "contracts": Contract,
    "projects": Project,
    "participants": Customer,
}
ItemT = TypeVar("ItemT")


@router.get("/owners")
def list_batch_owners(
    call: Reader, batch_id: BatchId, paged: Paged, show: Annotated[OwnersShown, Query()]
) -> Page[OwnerOut]:
    """List the owners in the order of their customers; filters never change what is selected."""
    after = read_cursor(paged.cursor, (str, str, UUID))
    with call.session() as session:
        batch = get_batch(session, batch_id)
        found = list_owners(session, batch, show.as_filter(), after=after, limit=paged.limit)
    data = [owner_out(one, batch) for one in found.owners]
    return _page(data, found.after, paged)


@router.get("/owners/{owner_id}/charges")
def list_batch_charges(
    call: Reader, batch_id: BatchId, owner_id: OwnerId, paged: Paged
) -> Page[OwnerItemOut]:
    """List the unbilled charges of an owner, oldest first, with every reason against each."""
    after = read_cursor(paged.cursor, (date, UUID))
    with call.session() as session:
        batch = get_batch(session, batch_id)
        _must_own(session, batch, [owner_id])
        language = account(session).language
        found = list_charges(
            session, batch, owner_id, language=language, after=after, limit=paged.limit
        )
    return _page([item_out(one) for one in found.items], found.after, paged)


@router.post("/choices", response_model=Chosen, name="choose_in_batch")
def choose(call: Biller, batch_id: BatchId, body: Choices, if_match: IfMatch = None) -> Response:
    """Tick or untick; answers the totals that follow, and the new version of the batch.

    With `If-Match` it is refused if somebody chose in between.
    """

    def work(session: TenantSession) -> Chosen:
        batch = seen(session, batch_id, if_match)
        how: dict[str, Any] = {"ticked": body.ticked, "actor": call.actor}
        if body.all:
            choose_all(session, batch, **how)
        elif body.matching is not None:
            choose_matching(session, batch, body.matching.as_filter(), **how)
        elif body.owners:
            _must_own(session, batch, body.owners)
            choose_owners(session, batch, body.owners, **how)
        else:
            choose_charges(session, batch, body.charges, **how)
        return Chosen(version=batch.version, **dict(shape_totals(totals(session, batch))))

    return call.once(work, 200)


def _must_own(session: TenantSession, batch: Batch, ids: list[UUID]) -> None:
    must_exist(session, OWNERS[batch.source], ids, "owner")


def _page(data: list[ItemT], after: tuple[Any, ...] | None, paged: Paging) -> Page[ItemT]:
    next_cursor = write_cursor(after) if after else None
    if next_cursor:
        paged.link(next_cursor)
    return Page(data=data, has_more=after is not None, next_cursor=next_cursor)
