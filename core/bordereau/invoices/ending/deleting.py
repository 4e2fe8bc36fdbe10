"""Deleting drafts, one or collectively; unused numbers are voided, all else is credited (B61).

Nothing that has a number disappears: the register lists every number with what became of it.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, select

from bordereau.errors import Invalid, NotFound, Refused
from bordereau.invoices.credits.crediting import Outcome
from bordereau.invoices.credits.replaced import refuse_without_copy
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.ending.freeing import free_charges
from bordereau.invoices.ending.voiding import void_invoice
from bordereau.invoices.finding import get_invoice, must_allow
from bordereau.invoices.rules.allowed import InvoiceAction
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession, among
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id

_QUIET = {"synchronize_session": False}


def delete_invoice(session: TenantSession, invoice_id: UUID, *, actor: Actor) -> int:
    """Delete an invoice without a number and return how many charges are billable again.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Conflict: INVOICE_PROPOSED, leave that to its batch.
        Refused: INVOICE_NUMBERED; or REPLACEMENT_EXISTS, it is the credit note of a replaced one.

    """
    actor.must(Right.EDIT_INVOICE)
    invoice = get_invoice(session, invoice_id, lock=True)
    must_allow(session, invoice, InvoiceAction.DELETE)
    refuse_without_copy(session, invoice)
    freed = free_charges(session, [invoice_id])
    session.execute(delete(Invoice).where(Invoice.id == invoice_id), execution_options=_QUIET)
    session.expunge(invoice)
    record_audit(session, actor, "invoice.delete", public_id(PREFIX, invoice_id))
    return freed


def delete_invoices(
    session: TenantSession, invoice_ids: Iterable[UUID], *, reason: str, actor: Actor
) -> tuple[Outcome, ...]:
    """Delete collectively: drafts go, unused numbers are voided, the rest is refused by name.

    Raises:
        Forbidden: RIGHT_MISSING.
        Invalid: REASON_MISSING.

    """
    for right in (Right.EDIT_INVOICE, Right.CREDIT):
        actor.must(right)
    if not reason.strip():
        raise Invalid("REASON_MISSING", "Deleting needs a reason.", where="reason")
    chosen = list(dict.fromkeys(invoice_ids))
    session.execute(
        select(Invoice.id).where(among(Invoice.id, chosen)).order_by(Invoice.id).with_for_update()
    )
    return tuple(_delete_or_void(session, one, reason, actor) for one in chosen)


def _delete_or_void(session: TenantSession, invoice_id: UUID, reason: str, actor: Actor) -> Outcome:
    try:
        if get_invoice(session, invoice_id, lock=True).number is None:
            delete_invoice(session, invoice_id, actor=actor)
            return Outcome(invoice_id, "deleted")
        void_invoice(session, invoice_id, reason=reason, actor=actor)
    except (Refused, NotFound) as refusal:
        return Outcome(invoice_id, code=refusal.code, message=refusal.message)
    return Outcome(invoice_id, "voided")
