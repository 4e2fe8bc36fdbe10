"""Batches: opened, looked at with live totals, changed until they are run, deleted."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy import select

from bordereau.batches import (
    Options,
    Totals,
    change_options,
    delete_batch,
    get_batch,
    open_batch,
    totals,
)
from bordereau.batches.tables import STATES, Batch
from bordereau.catalog.fields import Day
from bordereau.errors import Invalid
from bordereau.store import TenantSession
from bordereau.tenancy import Right, billing_day
from bordereau.tenancy.tables import Administration
from bordereau_api.rest.call import Call, Needs, Reader, tag
from bordereau_api.rest.paging import Paged, page
from bordereau_api.rest.requirements import IfMatch, match_if_given, must_exist, must_match
from bordereau_api.rest.shapes import (
    AdministrationId,
    BatchId,
    Count,
    Money,
    Page,
    Shape,
    given,
)

router = APIRouter(prefix="/batches", tags=["batches"])
Biller = Annotated[Call, Depends(Needs(Right.BATCH))]


class BatchOptions(Shape):
    """What can be set until a batch is generated; fields that are left out stay.

    After the run its invoices are proposed anew. An `invoice_date` of null is the batch's day.
    """

    name: str | None = None
    collect: str | None = None
    line_level: str | None = None
    compress: bool | None = None
    invoice_date: Day | None = None


class BatchIn(BatchOptions):
    """A new batch, in which everything that is ready is ticked."""

    source: str = "contracts"
    as_of: Day | None = None
    administrations: list[AdministrationId] = Field(default_factory=list)


class CurrencyTotalsOut(Shape):
    """The totals of one currency; `billable` is before tax and includes `surcharge`."""

    currency: str
    invoices: int
    billable: Money
    surcharge: Money
    tax: Money
    total: Money


class TotalsOut(Shape):
    """What the selection makes now, or the invoices of a batch that was run."""

    invoices: int
    charges: int
    tickets: int
    minutes: int
    currencies: list[CurrencyTotalsOut]


class BatchOut(Shape):
    """A batch; `version` is its ETag."""

    id: BatchId
    name: str
    source: str
    state: str
    as_of: date
    time_zone: str
    invoice_date: date | None
    collect: str
    line_level: str
    compress: bool
    administrations: list[AdministrationId]
    preview_hash: str
    created_by: str
    created_at: datetime
    run_at: datetime | None
    generated_at: datetime | None
    finalised_at: datetime | None
    version: int


class BatchWithTotals(BatchOut):
    """A batch and its live totals."""

    totals: TotalsOut


def seen(session: TenantSession, batch_id: UUID, if_match: str | None) -> Batch:
    """Find a batch and lock it, if it still is as the caller saw it, should they say so.

    Raises:
        NotFound: there is no such batch, or it was deleted.
        Conflict: CHANGED_MEANWHILE, which is answered with 412.

    """
    row = get_batch(session, batch_id, lock=True)
    match_if_given(if_match, row.version)
    return row


def shape(row: Batch) -> BatchOut:
    """Return a batch as it is answered."""
    return BatchOut.from_row(row, administrations=_administrations(row))


def with_totals(session: TenantSession, row: Batch) -> BatchWithTotals:
    """Return a batch and its totals of now."""
    session.flush()
    session.refresh(row)
    found = shape_totals(totals(session, row))
    return BatchWithTotals.from_row(row, administrations=_administrations(row), totals=found)


def shape_totals(found: Totals) -> TotalsOut:
    """Return totals as they are answered."""
    return TotalsOut(
        invoices=found.invoices,
        charges=found.charges,
        tickets=found.tickets,
        minutes=found.minutes,
        currencies=[
            CurrencyTotalsOut(
                currency=one.currency,
                invoices=one.invoices,
                billable=Money.of(one.billable, one.currency),
                surcharge=Money.of(one.surcharge, one.currency),
                tax=Money.of(one.tax, one.currency),
                total=Money.of(one.total, one.currency),
            )
            for one in found.currencies
        ],
    )


def _administrations(row: Batch) -> list[UUID]:
    return [UUID(one) for one in row.filters.get("administrations", ())]


@router.get("")
def list_batches(
    call: Reader, paged: Paged, state: Annotated[str, Query(max_length=40)] = ""
) -> Page[BatchOut]:
    """List the batches, newest first; deleted ones only with `state=deleted`.

    Raises:
        Invalid: STATE_UNKNOWN.

    """
    if state and state not in STATES:
        hint = f"Choose among: {', '.join(STATES)}."
        raise Invalid("STATE_UNKNOWN", f"No batch is {state!r}.", where="state", hint=hint)
    wanted = Batch.state == state if state else Batch.state != "deleted"
    with call.session() as session:
        query = select(Batch).where(wanted)
        return page(session, query, [Batch.id], paged, shape, newest_first=True)


@router.post("", status_code=201, response_model=BatchWithTotals)
def create_batch(call: Biller, body: BatchIn) -> Response:
    """Open a batch."""

    def work(session: TenantSession) -> BatchWithTotals:
        must_exist(session, Administration, body.administrations, "administration")
        options = {name: getattr(body, name) for name in BatchOptions.model_fields}
        made = open_batch(
            session,
            actor=call.actor,
            source=body.source,
            as_of=billing_day(session, body.as_of),
            administration_ids=body.administrations,
            options=Options(**options),
        )
        return with_totals(session, made)

    return call.once(work)


@router.get("/{batch_id}")
def read_batch(call: Reader, batch_id: BatchId, response: Response) -> BatchWithTotals:
    """Return a batch with its totals of this moment."""
    with call.session() as session:
        row = get_batch(session, batch_id)
        tag(response, row.version)
        return with_totals(session, row)


@router.patch("/{batch_id}")
def patch_batch(
    call: Biller,
    batch_id: BatchId,
    body: BatchOptions,
    response: Response,
    if_match: IfMatch = None,
) -> BatchWithTotals:
    """Change options of a batch that was not generated; `If-Match` says which version was seen."""
    with call.session() as session:
        row = get_batch(session, batch_id, lock=True)
        must_match(if_match, row.version)
        done = change_options(session, row, Options(**given(body)), actor=call.actor)
        answer = with_totals(session, done)
        tag(response, answer.version)
        return answer


@router.delete("/{batch_id}")
def remove_batch(call: Biller, batch_id: BatchId, if_match: IfMatch = None) -> Count:
    """Delete a batch none of whose invoices has a number; tells how many charges are free again."""
    with call.session() as session:
        row = seen(session, batch_id, if_match)
        return Count(count=delete_batch(session, row, actor=call.actor))
