"""After the number: credit, replace, void, price to zero, delete collectively."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from bordereau.invoices import (
    CreditWish,
    Outcome,
    Pick,
    credit_invoice,
    credit_invoices,
    creditable,
    delete_invoices,
    price_to_zero,
    replace_invoice,
    void_invoice,
)
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession
from bordereau.tenancy import Right
from bordereau_api.rest.call import Call, Needs, Reader, key_required, must_exist
from bordereau_api.rest.invoice_shapes import InvoiceWithLines, invoice, with_lines
from bordereau_api.rest.shapes import (
    ChargeId,
    Given,
    InvoiceId,
    ItemId,
    LineId,
    Money,
    Page,
    Shape,
)
from bordereau_api.rest.writing import Editor

router = APIRouter(prefix="/invoices", tags=["invoices"])
Crediter = Annotated[Call, Depends(Needs(Right.CREDIT))]
MANY = 1_000
Reason = Annotated[str, Field(max_length=1000)]
Ids = Annotated[list[InvoiceId], Field(min_length=1, max_length=MANY)]


class ItemOut(Shape):
    """What can be credited of an invoice: the amount of one charge, or of a line without one."""

    id: ItemId
    line: LineId
    charge: ChargeId | None
    amount: Money
    left: Money


class CreditableOut(Shape):
    """What is left of an invoice; `earlier` are the numbers of its credit notes."""

    net: Money
    total: Money
    earlier: list[str]
    items: list[ItemOut]


class PickIn(Shape):
    """An item to credit: wholly, or an amount of it; `reopen` makes its charge billable again."""

    item: ItemId
    amount: Given | None = None
    reopen: bool = False


class CreditIn(Shape):
    """What to credit: everything that is left, unless `items` or an amount `net` is given."""

    items: list[PickIn] = Field(default_factory=list, max_length=MANY)
    net: Given | None = None
    reopen: bool = False
    issue_date: date | None = None
    reason: Reason = ""


class CreditManyIn(Shape):
    """Which invoices to credit wholly."""

    invoices: Ids
    reopen: bool = False
    issue_date: date | None = None
    reason: Reason = ""


class ReasonIn(Shape):
    """Why."""

    reason: Reason


class DeleteManyIn(ReasonIn):
    """Which invoices to take away, and why."""

    invoices: Ids


class OutcomeOut(Shape):
    """What became of an invoice: credited, deleted or voided; or the code of what refused."""

    invoice: InvoiceId
    done: str
    credit: InvoiceId | None
    code: str
    message: str


class ReplacedOut(Shape):
    """The credit note of an invoice, and the new draft that takes its place."""

    credit: InvoiceWithLines
    replacement: InvoiceWithLines


@router.get("/{invoice_id}/creditable")
def get_creditable(call: Reader, invoice_id: InvoiceId) -> CreditableOut:
    """Return what of an invoice can still be credited."""
    with call.session() as session:
        currency = invoice(session, invoice_id).currency
        found = creditable(session, invoice_id)
    return CreditableOut(
        net=Money.of(found.net, currency),
        total=Money.of(found.total, currency),
        earlier=found.earlier,
        items=[
            ItemOut(
                id=one.allocation_id,
                line=found.line_of[one.allocation_id],
                charge=one.charge_id,
                amount=Money.of(one.amount, currency),
                left=Money.of(one.left, currency),
            )
            for one in found.items
        ],
    )


@router.post(
    "/{invoice_id}/credit", status_code=201, response_model=InvoiceWithLines, name="credit_invoice"
)
def credit(call: Crediter, invoice_id: InvoiceId, body: CreditIn) -> Response:
    """Draft a credit note; issue it like any draft. Needs an `Idempotency-Key`."""
    key_required(call)
    wish = CreditWish(
        picks=[Pick(one.item, one.amount, one.reopen) for one in body.items],
        net=body.net,
        reopen=body.reopen,
        issue_date=body.issue_date,
        reason=body.reason,
    )

    def work(session: TenantSession) -> InvoiceWithLines:
        return with_lines(session, credit_invoice(session, invoice_id, wish, actor=call.actor).id)

    return call.once(work)


@router.post("/credit", response_model=Page[OutcomeOut], name="credit_invoices")
def credit_many(call: Crediter, body: CreditManyIn) -> Response:
    """Draft credit notes for many invoices; one that refuses does not hold up the others."""
    key_required(call)
    wish = CreditWish(reopen=body.reopen, issue_date=body.issue_date, reason=body.reason)

    def work(session: TenantSession) -> Page[OutcomeOut]:
        must_exist(session, Invoice, body.invoices, "invoice")
        return _outcomes(credit_invoices(session, body.invoices, wish, actor=call.actor))

    return call.once(work, 200)


@router.post(
    "/{invoice_id}/replace", status_code=201, response_model=ReplacedOut, name="replace_invoice"
)
def replace(call: Editor, invoice_id: InvoiceId, body: ReasonIn) -> Response:
    """Draft the credit note of an issued invoice and a copy to be changed."""
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
        return _outcomes(done)

    return call.once(work, 200)


def _outcomes(found: tuple[Outcome, ...]) -> Page[OutcomeOut]:
    return Page(
        data=[
            OutcomeOut(
                invoice=one.invoice_id,
                done=one.done,
                credit=one.credit_id,
                code=one.code,
                message=one.message,
            )
            for one in found
        ]
    )
