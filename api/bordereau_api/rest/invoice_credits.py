"""Credit notes: what of an invoice can still be credited, one invoice, many invoices."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from bordereau.catalog.fields import Day
from bordereau.invoices import (
    CreditWish,
    Outcome,
    Pick,
    credit_invoice,
    credit_invoices,
    creditable,
)
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession
from bordereau.tenancy import Right
from bordereau_api.rest.call import Call, Needs, Reader
from bordereau_api.rest.invoice_shapes import InvoiceWithLines, invoice, with_lines
from bordereau_api.rest.requirements import key_required, must_exist
from bordereau_api.rest.shapes import ChargeId, Given, InvoiceId, ItemId, LineId, Money, Page, Shape

router = APIRouter(prefix="/invoices", tags=["invoices"])
Crediter = Annotated[Call, Depends(Needs(Right.CREDIT))]
MANY = 1_000
Reason = Annotated[str, Field(max_length=1000)]
Ids = Annotated[list[InvoiceId], Field(min_length=1, max_length=MANY)]


class CreditableItemOut(Shape):
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
    items: list[CreditableItemOut]


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
    issue_date: Day | None = None
    reason: Reason = ""


class CreditManyIn(Shape):
    """Which invoices to credit wholly."""

    invoices: Ids
    reopen: bool = False
    issue_date: Day | None = None
    reason: Reason = ""


class OutcomeOut(Shape):
    """What became of an invoice: credited, deleted or voided; or the code of what refused."""

    invoice: InvoiceId
    done: str
    credit: InvoiceId | None
    code: str
    message: str


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
            CreditableItemOut(
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
        return outcomes_of(credit_invoices(session, body.invoices, wish, actor=call.actor))

    return call.once(work, 200)


def outcomes_of(found: tuple[Outcome, ...]) -> Page[OutcomeOut]:
    """Answer what became of each invoice."""
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
