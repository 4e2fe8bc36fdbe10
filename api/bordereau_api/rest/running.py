"""From a selection to numbers: run, preview, generate, finalise."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from bordereau.batches import (
    Finalised,
    finalised,
    generate,
    get_batch,
    numbers_at_once,
    preview_again,
    remove_invoice,
    run,
    select_again,
)
from bordereau.store import TenantSession
from bordereau.tenancy import Right
from bordereau_api.finalising import ask, is_large, standing
from bordereau_api.rest.batches import BatchWithTotals, Biller, seen, with_totals
from bordereau_api.rest.call import Call, Needs, Reader
from bordereau_api.rest.options import OptionsIn, options_of
from bordereau_api.rest.requirements import IfMatch
from bordereau_api.rest.shapes import AdministrationId, BatchId, Count, InvoiceId, Money, Shape

router = APIRouter(prefix="/batches/{batch_id}", tags=["batches"])
Finaliser = Annotated[Call, Depends(Needs(Right.FINALISE))]


class Preview(Shape):
    """The preview that a person saw: `preview_hash` of the batch after its run."""

    preview_hash: Annotated[str, Field(max_length=64)]


class RangeOut(Shape):
    """The numbers that were given in one series."""

    administration: AdministrationId
    kind: str
    first: str
    last: str
    invoices: int


class FinalisedOut(Shape):
    """What a finalised batch holds."""

    batch: BatchId
    name: str
    invoices: int
    totals: list[Money]
    ranges: list[RangeOut]
    warnings: list[str]


class ErrorOut(Shape):
    """What stopped it."""

    code: str
    message: str
    hint: str


class FinalisationOut(Shape):
    """How far the finalising of a batch is: waiting (nobody asked), running, done or failed."""

    batch: BatchId
    state: str
    done: int
    total: int
    error: ErrorOut | None
    result: FinalisedOut | None


@router.post("/run", response_model=BatchWithTotals)
def run_batch(call: Biller, batch_id: BatchId, if_match: IfMatch = None) -> Response:
    """Reserve what is selected and propose its invoices; nothing is final yet."""

    def work(session: TenantSession) -> BatchWithTotals:
        done = run(session, seen(session, batch_id, if_match), actor=call.actor)
        return with_totals(session, done)

    return call.once(work, 200)


@router.post("/select-again", response_model=BatchWithTotals)
def take_run_back(call: Biller, batch_id: BatchId, if_match: IfMatch = None) -> Response:
    """Take a run back: its charges are free, its choices stay and can be changed."""

    def work(session: TenantSession) -> BatchWithTotals:
        done = select_again(session, seen(session, batch_id, if_match), actor=call.actor)
        return with_totals(session, done)

    return call.once(work, 200)


@router.post("/preview", response_model=BatchWithTotals)
def renew_preview(call: Biller, batch_id: BatchId, if_match: IfMatch = None) -> Response:
    """Compose the proposed invoices anew, to see what changed since the run."""

    def work(session: TenantSession) -> BatchWithTotals:
        done = preview_again(session, seen(session, batch_id, if_match), actor=call.actor)
        return with_totals(session, done)

    return call.once(work, 200)


@router.delete("/invoices/{invoice_id}")
def remove_batch_invoice(
    call: Biller, batch_id: BatchId, invoice_id: InvoiceId, if_match: IfMatch = None
) -> Count:
    """Take an invoice without a number out of the batch; tells how many charges are free again."""
    with call.session() as session:
        batch = seen(session, batch_id, if_match)
        return Count(count=remove_invoice(session, batch, invoice_id, actor=call.actor))


@router.post("/generate", response_model=BatchWithTotals)
def generate_batch(
    call: Biller, batch_id: BatchId, body: Preview, if_match: IfMatch = None
) -> Response:
    """Make drafts of the proposed invoices, if they still are what the preview showed.

    Where the administration numbers at generation, a worker finalises them right afterwards.
    """

    def work(session: TenantSession) -> BatchWithTotals:
        batch = seen(session, batch_id, if_match)
        done = generate(session, batch, body.preview_hash, actor=call.actor)
        if numbers_at_once(session, done):
            ask(session, call.house.enqueue, batch_id, call.actor, None)
        return with_totals(session, done)

    return call.once(work, 200)


@router.post("/finalise", response_model=FinalisationOut)
def finalise_batch(call: Finaliser, batch_id: BatchId, body: OptionsIn | None = None) -> Response:
    """Give the invoices their numbers and order their output; repeating it changes nothing.

    A batch of more than 1,000 invoices is finalised in the background: the answer is 202, and
    `Location` says where its progress is told.
    """
    with call.session() as session:
        get_batch(session, batch_id)
        options = options_of(call, session, body) if body else None
        large = is_large(session, batch_id)

    def at_once() -> FinalisationOut:
        call.house.finalise(call.tenant_id, batch_id, call.actor, options)
        return read_finalisation(call, batch_id)

    def later(session: TenantSession) -> FinalisationOut:
        ask(session, call.house.enqueue, batch_id, call.actor, options)
        return _finalisation(session, batch_id)

    if not large:
        return call.again(at_once)
    answer = call.once(later, 202)
    path = call.route.removeprefix("POST ").split("?")[0].removesuffix("finalise")
    answer.headers.update({"Location": f"{path}finalisation", "Retry-After": "2"})
    return answer


@router.get("/finalisation")
def read_finalisation(call: Reader, batch_id: BatchId) -> FinalisationOut:
    """Return how far the finalising of a batch is."""
    with call.session() as session:
        return _finalisation(session, batch_id)


def _finalisation(session: TenantSession, batch_id: BatchId) -> FinalisationOut:
    found = standing(session, batch_id)
    return FinalisationOut(
        batch=batch_id,
        state=found.state,
        done=found.done,
        total=found.total,
        error=ErrorOut(**found.error) if found.error and found.state == "failed" else None,
        result=shape(finalised(session, batch_id)) if found.state == "done" else None,
    )


def shape(done: Finalised) -> FinalisedOut:
    """Return what a finalised batch holds."""
    return FinalisedOut(
        batch=done.batch_id,
        name=done.name,
        invoices=done.invoices,
        totals=[Money.of(amount, currency) for currency, amount in done.totals.items()],
        ranges=[
            RangeOut(
                administration=one.administration_id,
                kind=one.kind,
                first=one.first,
                last=one.last,
                invoices=one.count,
            )
            for one in done.ranges
        ],
        warnings=list(done.warnings),
    )
