"""Voiding a number that was never used: the number and the document stay (row B61)."""

from uuid import UUID

from sqlalchemy import Boolean, column, func, select, table, update

from bordereau.errors import Conflict, Invalid, Refused
from bordereau.invoices.credits.left import refuse_drafted
from bordereau.invoices.credits.replaced import refuse_without_copy
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.ending.freeing import free_charges
from bordereau.invoices.finding import get_invoice, must_allow
from bordereau.invoices.rules.allowed import InvoiceAction
from bordereau.invoices.tables import Allocation, CreditedItem, Invoice
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id

VOID = "invoice.void"


# The room of deliveries stands on this one, so only their state is looked at here.
_DELIVERY = table(
    "delivery", column("id"), column("invoice_id"), column("state"), column("code"),
    column("in_doubt", Boolean),
)  # fmt: skip


def void_invoice(session: TenantSession, invoice_id: UUID, *, reason: str, actor: Actor) -> Invoice:
    """Cancel a number that was never used for anything; the number and the document stay.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Invalid: REASON_MISSING.
        Refused: as `rules.allowed`: anything that was done with it stands against voiding; or
            CREDIT_REOPENED, its charges would be billed twice; or REPLACEMENT_EXISTS, it is the
            credit note of a replaced invoice.
        Conflict: CREDIT_DRAFTED, a credit note of it, or of the same, waits for its number; or
            INVOICE_ON_ITS_WAY, a delivery may have reached the customer.

    """
    actor.must(Right.CREDIT)
    if not reason.strip():
        raise Invalid("REASON_MISSING", "Voiding needs a reason.", where="reason")
    invoice = get_invoice(session, invoice_id, lock=True)
    must_allow(session, invoice, InvoiceAction.VOID)
    refuse_without_copy(session, invoice)
    _refuse_used(session, invoice_id)
    _stop_deliveries(session, invoice_id)
    free_charges(session, [invoice_id])
    invoice.state = "voided"
    invoice.version += 1
    session.flush()
    details = {"number": invoice.number, "reason": reason.strip()}
    record_audit(session, actor, VOID, public_id(PREFIX, invoice_id), details)
    return invoice


def _refuse_used(session: TenantSession, invoice_id: UUID) -> None:
    """Refuse to void what a credit note takes back, and a credit note of charges that are free.

    They may be free because of a later credit note: what it reopened was credited in parts. A
    credit note takes back even where it comes to nothing in all.
    """
    issued = select(Invoice.id).where(Invoice.original_id == invoice_id, Invoice.state == "issued")
    if session.scalar(issued.limit(1)) is not None:
        raise Refused(
            "INVOICE_CREDITED", "A part of the invoice was credited.", hint="Credit the rest."
        )
    drafted = select(Invoice.id).where(Invoice.original_id == invoice_id, Invoice.state == "draft")
    if session.scalar(drafted.limit(1)) is not None:
        raise Conflict(
            "CREDIT_DRAFTED",
            "A credit note of this invoice is being written.",
            hint="Delete that draft first.",
        )
    reopened = (
        select(CreditedItem.id)
        .join(Allocation, Allocation.id == CreditedItem.allocation_id)
        .where(CreditedItem.invoice_id == invoice_id, ~Allocation.live)
    )
    if session.scalar(reopened.limit(1)) is not None:
        raise Refused(
            "CREDIT_REOPENED",
            "Charges of this credit note are billable again and would then be billed twice.",
            hint="Bill them again, or write a new invoice.",
        )
    taken = select(CreditedItem.allocation_id).where(CreditedItem.invoice_id == invoice_id)
    refuse_drafted(session, session.scalars(taken).all())


def _stop_deliveries(session: TenantSession, invoice_id: UUID) -> None:
    """Cancel what did not leave yet; what may have left stands against voiding.

    What others hold is being sent or booked at this moment. Waiting for it would be a deadlock:
    booking locks deliveries first and then the invoice, which is locked here already.
    """
    mine = _DELIVERY.c.invoice_id == invoice_id
    gone = _DELIVERY.c.in_doubt | _DELIVERY.c.state.in_(("sending", "pending", "unknown"))
    free = select(_DELIVERY.c.id, gone).where(mine).with_for_update(skip_locked=True)
    rows = session.execute(free).all()
    total = session.scalar(select(func.count()).select_from(_DELIVERY).where(mine))
    if len(rows) != total or any(row[1] for row in rows):
        raise Conflict(
            "INVOICE_ON_ITS_WAY",
            "A delivery of this invoice may have reached somebody.",
            hint="Wait until its fate is known, or credit the invoice.",
        )
    session.execute(
        update(_DELIVERY)
        .where(mine, _DELIVERY.c.state.in_(("waiting", "attention", "rejected")))
        .values(state="skipped", code="CANCELLED")
    )
