"""Invoices written by hand, changed until they have a number, issued, paid."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, Field

from bordereau.catalog.tables import Customer, Layout, Project, TaxCode
from bordereau.contract import Party
from bordereau.invoices import (
    InvoiceInput,
    LineInput,
    delete_invoice,
    edit_invoice,
    record_payment,
    write_invoice,
)
from bordereau.invoices.tables import Invoice
from bordereau.output import tell_changes
from bordereau.store import TenantSession
from bordereau.tenancy import Right
from bordereau.tenancy.tables import Administration
from bordereau_api.rest.call import (
    Call,
    IfMatch,
    Needs,
    key_required,
    must_exist,
    must_match,
    tag,
)
from bordereau_api.rest.invoice_shapes import (
    InvoiceOut,
    InvoiceWithLines,
    invoice,
    shape,
    with_lines,
)
from bordereau_api.rest.invoices import StatusChanger
from bordereau_api.rest.options import OptionsIn, options_of
from bordereau_api.rest.running import Finaliser
from bordereau_api.rest.shapes import (
    AdministrationId,
    Count,
    CustomerId,
    Given,
    InvoiceId,
    LayoutId,
    LineId,
    MoneyIn,
    ProjectId,
    Shape,
    TaxCodeId,
)

router = APIRouter(prefix="/invoices", tags=["invoices"])
Editor = Annotated[Call, Depends(Needs(Right.EDIT_INVOICE))]
MANY = 1_000
Words = Annotated[str, Field(max_length=4000)]


class LineIn(Shape):
    """A line; its net amount is computed. `id` keeps a line that is there, others are new."""

    id: LineId | None = None
    name: Annotated[str, Field(max_length=300)]
    description: Words = ""
    quantity: Given = Decimal(1)
    unit: Annotated[str, Field(max_length=20)] = "C62"
    unit_price: Given
    discount: Given = Decimal(0)
    tax_code: TaxCodeId | None = Field(description="Null for a line that is not taxed.")
    period_start: date | None = None
    period_end: date | None = None
    item_code: Words = ""
    account: Words = ""


class InvoiceChange(Shape):
    """What changes; `lines`, if given, are all lines in their order."""

    issue_date: date | None = None
    due_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    language: Literal["en", "fr", "nl", "de"] | None = None
    buyer: Party | None = None
    buyer_reference: Words | None = None
    order_reference: Words | None = None
    notes: list[Words] | None = None
    layout: LayoutId | None = None
    lines: list[LineIn] | None = Field(None, max_length=MANY)


class InvoiceIn(InvoiceChange):
    """An invoice written by hand; what is left out comes from customer and administration."""

    customer: CustomerId
    administration: AdministrationId | None = None
    project: ProjectId | None = None
    currency: Annotated[str, Field(min_length=3, max_length=3)] | None = None


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


@router.post("", status_code=201, response_model=InvoiceWithLines)
def create_invoice(call: Editor, body: InvoiceIn) -> Response:
    """Write an invoice by hand; it is a draft. Needs an `Idempotency-Key`."""
    key_required(call)

    def work(session: TenantSession) -> InvoiceWithLines:
        must_exist(session, Customer, [body.customer], "customer")
        chosen = [body.administration] if body.administration else ()
        must_exist(session, Administration, chosen, "administration")
        must_exist(session, Project, [body.project] if body.project else (), "project")
        made = write_invoice(
            session,
            body.customer,
            _typed(session, body),
            actor=call.actor,
            administration_id=body.administration,
            project_id=body.project,
            currency=body.currency,
        )
        return with_lines(session, made.id)

    return call.once(work)


@router.patch("/{invoice_id}")
def patch_invoice(
    call: Editor,
    invoice_id: InvoiceId,
    body: InvoiceChange,
    response: Response,
    if_match: IfMatch = None,
) -> InvoiceWithLines:
    """Change a draft; `If-Match` says which version was seen."""
    with call.session() as session:
        version = invoice(session, invoice_id).version
        must_match(if_match, version)
        typed = _typed(session, body)
        edit_invoice(session, invoice_id, typed, version=version, actor=call.actor)
        answer = with_lines(session, invoice_id)
        tag(response, answer.version)
        return answer


@router.delete("/{invoice_id}", name="delete_invoice")
def remove_invoice(call: Editor, invoice_id: InvoiceId) -> Count:
    """Delete an invoice without a number; tells how many charges are billable again."""
    with call.session() as session:
        return Count(count=delete_invoice(session, invoice_id, actor=call.actor))


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


def _typed(session: TenantSession, body: InvoiceChange) -> InvoiceInput:
    must_exist(session, Layout, [body.layout] if body.layout else (), "layout")
    lines = body.lines or ()
    must_exist(session, TaxCode, [one.tax_code for one in lines if one.tax_code], "tax code")
    values = {name: getattr(body, name) for name in InvoiceChange.model_fields}
    layout_id, typed = values.pop("layout"), values.pop("lines")
    return InvoiceInput(
        **values,
        layout_id=layout_id,
        lines=None if typed is None else [_line(one) for one in typed],
    )


def _line(one: LineIn) -> LineInput:
    values = {name: getattr(one, name) for name in LineIn.model_fields}
    tax_code_id = values.pop("tax_code")
    return LineInput(**values, tax_code_id=tax_code_id)
