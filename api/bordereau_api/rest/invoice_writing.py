"""Invoices written by hand, changed or deleted as long as they have no number."""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from bordereau.catalog.fields import Day
from bordereau.catalog.tables import Customer, Layout, Project, TaxCode
from bordereau.contract import Party
from bordereau.invoices import InvoiceInput, LineInput, delete_invoice, edit_invoice, write_invoice
from bordereau.store import TenantSession
from bordereau.tenancy import Right
from bordereau.tenancy.tables import Administration
from bordereau_api.rest.call import Call, Needs, tag
from bordereau_api.rest.invoice_shapes import InvoiceWithLines, invoice, with_lines
from bordereau_api.rest.requirements import IfMatch, key_required, must_exist, must_match
from bordereau_api.rest.shapes import (
    AdministrationId,
    Count,
    CustomerId,
    Given,
    InvoiceId,
    LayoutId,
    LineId,
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
    period_start: Day | None = None
    period_end: Day | None = None
    item_code: Words = ""
    account: Words = ""


class InvoiceChange(Shape):
    """What changes; `lines`, if given, are all lines in their order."""

    issue_date: Day | None = None
    due_date: Day | None = None
    period_start: Day | None = None
    period_end: Day | None = None
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
