"""The ledger: posting, entries, balances, and closing periods."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Customer
from bordereau.invoices.tables import Invoice
from bordereau.ledger import (
    InvoiceFilter,
    JournalRow,
    close_until,
    journal,
    list_entries,
    post,
    post_matching,
    post_one,
    set_entry_date,
    trial_balance,
)
from bordereau.store import Entity, TenantSession
from bordereau.tenancy import Right
from bordereau.tenancy.tables import Administration
from bordereau.values.sheets import safe_text
from bordereau_api.rest.call import Call, Needs, Reader
from bordereau_api.rest.ledger_shapes import (
    BalanceOut,
    ClosedUntil,
    EntriesShown,
    EntryDateIn,
    EntryDatesIn,
    EntryOut,
    FilterIn,
    PostedOut,
    PostIn,
    PostingOut,
)
from bordereau_api.rest.paging import Paged, page_of, read_cursor
from bordereau_api.rest.requirements import must_exist
from bordereau_api.rest.shapes import AdministrationId, Count, InvoiceId, Page

router = APIRouter(tags=["ledger"])
Poster = Annotated[Call, Depends(Needs(Right.POST))]


@router.post("/invoices/{invoice_id}/post", response_model=PostedOut)
def post_invoice(call: Poster, invoice_id: InvoiceId, body: EntryDateIn | None = None) -> Response:
    """Post an invoice or credit note: a balanced entry, which locks it for good."""

    def work(session: TenantSession) -> PostedOut:
        day = body.entry_date if body else None
        return PostedOut.of(post_one(session, invoice_id, actor=call.actor, entry_date=day))

    return call.once(work, 200)


@router.post("/ledger/postings", response_model=PostingOut)
def post_invoices(call: Poster, body: PostIn) -> Response:
    """Post many invoices and tell of each; one that is refused does not hold up the others.

    A filter finds only issued invoices that are not posted.
    """
    if body.filter is None:
        return call.once(lambda session: _post_named(session, call, body), 200)
    wanted = _filter(call, body.filter)
    return call.again(
        lambda: PostingOut.of(
            post_matching(
                call.house.database,
                call.tenant_id,
                wanted,
                actor=call.actor,
                entry_date=body.entry_date,
            )
        )
    )


@router.post("/ledger/entry-dates", response_model=Count)
def set_entry_dates(call: Poster, body: EntryDatesIn) -> Response:
    """Set the day on which invoices will be posted; their own date and their tax stay."""

    def work(session: TenantSession) -> Count:
        set_entry_date(session, body.invoices, body.entry_date, actor=call.actor)
        return Count(count=len(set(body.invoices)))

    return call.once(work, 200)


@router.get("/ledger/entries")
def list_ledger_entries(
    call: Reader, paged: Paged, show: Annotated[EntriesShown, Query()]
) -> Page[EntryOut]:
    """List entries with their items, by entry date."""
    after = read_cursor(paged.cursor, (date, UUID))
    with call.session() as session:
        found = list_entries(session, show.wanted(), after=after, limit=paged.limit + 1)
    shown = [EntryOut.of(one) for one in found]
    return page_of(shown, paged, lambda one: (one.entry_date, one.id))


@router.get(
    "/ledger/journal",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def export_journal(call: Reader, show: Annotated[EntriesShown, Query()]) -> Response:
    """Return the entries as a CSV file, one row for each item."""

    def rows() -> Iterator[str]:
        yield _csv_line(JournalRow._fields)
        with call.session() as session:
            for row in journal(session, show.wanted()):
                yield _csv_line(
                    safe_text(value) if isinstance(value, str) else value for value in row
                )

    name = {"Content-Disposition": 'attachment; filename="journal.csv"'}
    return StreamingResponse(rows(), media_type="text/csv; charset=utf-8", headers=name)


@router.get("/administrations/{administration_id}/trial-balance")
def read_trial_balance(
    call: Reader,
    administration_id: AdministrationId,
    first: date = date.min,
    last: date = date.max,
) -> Page[BalanceOut]:
    """Return every account with its opening balance, debit, credit and closing balance."""
    with call.session() as session:
        must_exist(session, Administration, [administration_id], "administration")
        found = trial_balance(session, administration_id, first=first, last=last)
    return Page(data=[BalanceOut.model_validate(one) for one in found])


@router.put("/administrations/{administration_id}/closed-until")
def close_periods(
    call: Poster, administration_id: AdministrationId, body: ClosedUntil
) -> ClosedUntil:
    """Close every period up to a day; opening again needs the right to administer."""
    with call.session() as session:
        close_until(session, administration_id, body.closed_until, actor=call.actor)
    return body


def _post_named(session: TenantSession, call: Call, body: PostIn) -> PostingOut:
    must_exist(session, Invoice, body.invoices, "invoice")
    done = post(session, body.invoices, actor=call.actor, entry_date=body.entry_date)
    return PostingOut.of(done)


def _filter(call: Call, given: FilterIn) -> InvoiceFilter:
    """Return the filter of the ledger; what it names must exist."""
    named: tuple[tuple[type[Entity], UUID | None, str], ...] = (
        (Administration, given.administration, "administration"),
        (Customer, given.customer, "customer"),
        (Batch, given.batch, "batch"),
    )
    with call.session() as session:
        for model, id_, kind in named:
            must_exist(session, model, [id_] if id_ else (), kind)
    return InvoiceFilter(
        administration_id=given.administration,
        customer_id=given.customer,
        batch_id=given.batch,
        issued_from=given.issued_from,
        issued_until=given.issued_to,
        kind=given.kind,
    )


def _csv_line(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(values)
    return line.getvalue()
