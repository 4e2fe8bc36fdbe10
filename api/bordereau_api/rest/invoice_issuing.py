"""Invoices that get their numbers, and what is paid for them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field

from bordereau.invoices import record_payment
from bordereau.invoices.tables import Invoice
from bordereau.output import tell_changes
from bordereau.store import TenantSession
from bordereau_api.rest.invoice_shapes import (
    InvoiceOut,
    InvoiceWithLines,
    invoice,
    shape,
    with_lines,
)
from bordereau_api.rest.invoices import StatusChanger
from bordereau_api.rest.options import OptionsIn, options_of
from bordereau_api.rest.requirements import key_required, must_exist
from bordereau_api.rest.running import Finaliser
from bordereau_api.rest.shapes import InvoiceId, MoneyIn, Shape

router = APIRouter(prefix="/invoices", tags=["invoices"])
MANY = 1_000


class IssueIn(Shape):
    """Which drafts get their numbers; with `output` they are sent on their way too."""

    invoices: Annotated[list[InvoiceId], Field(min_length=1, max_length=MANY)]
    output: OptionsIn | None = None


class IssuedOut(Shape):
    """The invoices that have a number now, and warnings for people."""

    invoices: list[InvoiceOut]
    warnings: list[str]


class PaymentIn(Shape):
    """Money that came in, or went back; a negative amount takes an earlier one back."""

    amount: MoneyIn
    kind: Literal["paid", "refunded"] = "paid"
    at: AwareDatetime | None = None
    reference: Annotated[str, Field(max_length=300)] = ""


@router.post("/issue", response_model=IssuedOut)
def issue_invoices(call: Finaliser, body: IssueIn) -> Response:
    """Give drafts their numbers; those that have one already are left as they are."""

    def work(session: TenantSession) -> IssuedOut:
        must_exist(session, Invoice, body.invoices, "invoice")
        options = options_of(call, session, body.output) if body.output else None
        done = call.house.issue(session, call.actor, body.invoices, options)
        numbered = [shape(invoice(session, one)) for one in done.invoice_ids]
        return IssuedOut(invoices=numbered, warnings=list(done.warnings))

    return call.once(work, 200)


@router.post("/{invoice_id}/payments", status_code=201, response_model=InvoiceWithLines)
def create_payment(call: StatusChanger, invoice_id: InvoiceId, body: PaymentIn) -> Response:
    """Record a payment or a refund; the status follows. Needs an `Idempotency-Key`."""
    key_required(call)

    def work(session: TenantSession) -> InvoiceWithLines:
        changes = record_payment(
            session,
            invoice_id,
            body.amount.amount,
            body.amount.currency,
            actor=call.actor,
            kind=body.kind,
            at=body.at,
            reference=body.reference,
        )
        tell_changes(session, call.house.enqueue, changes)
        return with_lines(session, invoice_id)

    return call.once(work)
