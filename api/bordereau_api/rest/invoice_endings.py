"""Invoices taken back: replaced, voided, a line brought to zero, deleted collectively."""

from fastapi import APIRouter, Response

from bordereau.invoices import delete_invoices, price_to_zero, replace_invoice, void_invoice
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession
from bordereau_api.rest.invoice_credits import Crediter, Ids, OutcomeOut, Reason, outcomes_of
from bordereau_api.rest.invoice_shapes import InvoiceWithLines, with_lines
from bordereau_api.rest.invoice_writing import Editor
from bordereau_api.rest.requirements import key_required, must_exist
from bordereau_api.rest.shapes import InvoiceId, LineId, Page, Shape

router = APIRouter(prefix="/invoices", tags=["invoices"])


class ReasonIn(Shape):
    """Why."""

    reason: Reason


class DeleteManyIn(ReasonIn):
    """Which invoices to take away, and why."""

    invoices: Ids


class ReplacedOut(Shape):
    """The credit note of an invoice, and the new draft that takes its place."""

    credit: InvoiceWithLines
    replacement: InvoiceWithLines


@router.post(
    "/{invoice_id}/replace", status_code=201, response_model=ReplacedOut, name="replace_invoice"
)
def replace(call: Editor, invoice_id: InvoiceId, body: ReasonIn) -> Response:
    """Draft the credit note of an issued invoice and a copy to be changed.

    The copy gets its number together with the credit note or after it (`REPLACED_NOT_CREDITED`);
    the credit note stays as long as there is the copy (`REPLACEMENT_EXISTS`).
    """
    key_required(call)

    def work(session: TenantSession) -> ReplacedOut:
        note, copy = replace_invoice(session, invoice_id, reason=body.reason, actor=call.actor)
        return ReplacedOut(
            credit=with_lines(session, note.id), replacement=with_lines(session, copy.id)
        )

    return call.once(work)


@router.post("/{invoice_id}/void", response_model=InvoiceWithLines, name="void_invoice")
def void(call: Crediter, invoice_id: InvoiceId, body: ReasonIn) -> Response:
    """Cancel a number with which nothing was done; number and document stay."""

    def work(session: TenantSession) -> InvoiceWithLines:
        void_invoice(session, invoice_id, reason=body.reason, actor=call.actor)
        return with_lines(session, invoice_id)

    return call.once(work, 200)


@router.post(
    "/{invoice_id}/lines/{line_id}/zero", response_model=InvoiceWithLines, name="price_line_to_zero"
)
def zero_line(call: Editor, invoice_id: InvoiceId, line_id: LineId) -> Response:
    """Bring a line to price 0 while its charges stay billed.

    Answers the draft, or the credit note of the line where the invoice has a number.
    """

    def work(session: TenantSession) -> InvoiceWithLines:
        return with_lines(session, price_to_zero(session, invoice_id, line_id, actor=call.actor).id)

    return call.once(work, 200)


@router.post("/delete", response_model=Page[OutcomeOut], name="delete_invoices")
def delete_many(call: Crediter, body: DeleteManyIn) -> Response:
    """Delete drafts and void numbers that were never used; what cannot go is refused by name."""

    def work(session: TenantSession) -> Page[OutcomeOut]:
        must_exist(session, Invoice, body.invoices, "invoice")
        done = delete_invoices(session, body.invoices, reason=body.reason, actor=call.actor)
        return outcomes_of(done)

    return call.once(work, 200)
