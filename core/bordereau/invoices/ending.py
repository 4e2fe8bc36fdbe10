"""Taking invoices away: drafts are deleted, unused numbers voided, all else is credited (B61).

Nothing that has a number disappears: the register lists every number with what became of it.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import Boolean, column, delete, select, table, update

from bordereau.charges import Charge, release
from bordereau.errors import Conflict, Invalid, NotFound, Refused
from bordereau.invoices.crediting import CreditWish, Outcome, credit_invoice
from bordereau.invoices.credits import refuse_drafted
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.editing import edit_invoice
from bordereau.invoices.finding import get_invoice, must_allow
from bordereau.invoices.inputs import InvoiceInput, LineInput
from bordereau.invoices.plumbing import among
from bordereau.invoices.rules.allowed import InvoiceAction
from bordereau.invoices.rules.credit import Pick
from bordereau.invoices.stored import load
from bordereau.invoices.tables import Allocation, CreditedItem, Invoice
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id

VOID = "invoice.void"
_QUIET = {"synchronize_session": False}
# The room of deliveries stands on this one, so only their state is looked at here.
_DELIVERY = table(
    "delivery", column("id"), column("invoice_id"), column("state"), column("code"),
    column("in_doubt", Boolean),
)  # fmt: skip


def delete_invoice(session: TenantSession, invoice_id: UUID, *, actor: Actor) -> int:
    """Delete an invoice without a number and return how many charges are billable again.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Conflict: INVOICE_PROPOSED, leave that to its batch.
        Refused: INVOICE_NUMBERED.

    """
    actor.must(Right.EDIT_INVOICE)
    invoice = get_invoice(session, invoice_id, lock=True)
    must_allow(session, invoice, InvoiceAction.DELETE)
    freed = _free(session, [invoice_id])
    session.execute(delete(Invoice).where(Invoice.id == invoice_id), execution_options=_QUIET)
    session.expunge(invoice)
    record_audit(session, actor, "invoice.delete", public_id(PREFIX, invoice_id))
    return freed


def void_invoice(session: TenantSession, invoice_id: UUID, *, reason: str, actor: Actor) -> Invoice:
    """Cancel a number that was never used for anything; the number and the document stay.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Invalid: REASON_MISSING.
        Refused: as `rules.allowed`: anything that was done with it stands against voiding; or
            CREDIT_REOPENED, its charges would be billed twice.
        Conflict: CREDIT_DRAFTED, a credit note of it, or of the same, waits for its number; or
            INVOICE_ON_ITS_WAY, a delivery may have reached the customer.

    """
    actor.must(Right.CREDIT)
    if not reason.strip():
        raise Invalid("REASON_MISSING", "Voiding needs a reason.", where="reason")
    invoice = get_invoice(session, invoice_id, lock=True)
    must_allow(session, invoice, InvoiceAction.VOID)
    _refuse_used(session, invoice_id)
    _stop_deliveries(session, invoice_id)
    _free(session, [invoice_id])
    invoice.state = "voided"
    invoice.version += 1
    session.flush()
    details = {"number": invoice.number, "reason": reason.strip()}
    record_audit(session, actor, VOID, public_id(PREFIX, invoice_id), details)
    return invoice


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
    return tuple(_delete_or_void(session, one, reason, actor) for one in dict.fromkeys(invoice_ids))


def price_to_zero(
    session: TenantSession, invoice_id: UUID, line_id: UUID, *, actor: Actor
) -> Invoice:
    """Bring a line to price 0 while its charges stay billed, and return what was changed (B29).

    Before the number that is a change of the draft; afterwards a credit note of that line.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: invoice or line.
        Refused: as `edit_invoice` or `credit_invoice`.

    """
    invoice = get_invoice(session, invoice_id, lock=True)
    lines = {line.id: line for line in load(session, [invoice_id])[invoice_id].lines}
    if line_id not in lines:
        raise NotFound("invoice line", line_id)
    if invoice.number is not None:
        picks = [Pick(item) for item in _items(session, line_id)] or [Pick(line_id)]
        return credit_invoice(session, invoice_id, CreditWish(picks=picks), actor=actor)
    typed = [
        LineInput(
            id=line.id,
            name=line.name,
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price * (line.id != line_id),
            discount=line.discount * (line.id != line_id),
            tax_code_id=line.tax_code_id,
            period_start=line.period_start,
            period_end=line.period_end,
            item_code=line.item_code,
            account=line.account,
        )
        for line in lines.values()
    ]
    changes = InvoiceInput(lines=typed)
    return edit_invoice(session, invoice_id, changes, version=invoice.version, actor=actor)


def _delete_or_void(session: TenantSession, invoice_id: UUID, reason: str, actor: Actor) -> Outcome:
    try:
        if get_invoice(session, invoice_id, lock=True).number is None:
            delete_invoice(session, invoice_id, actor=actor)
            return Outcome(invoice_id, "deleted")
        void_invoice(session, invoice_id, reason=reason, actor=actor)
    except (Refused, NotFound) as refusal:
        return Outcome(invoice_id, code=refusal.code, message=refusal.message)
    return Outcome(invoice_id, "voided")


def _refuse_used(session: TenantSession, invoice_id: UUID) -> None:
    """Refuse to void what a credit note takes back, and a credit note of charges that are free.

    They may be free because of a later credit note: what it reopened was credited in parts.
    """
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
    """Cancel what did not leave yet; what may have left stands against voiding."""
    mine = _DELIVERY.c.invoice_id == invoice_id
    gone = _DELIVERY.c.in_doubt | _DELIVERY.c.state.in_(("sending", "pending", "unknown"))
    rows = session.execute(select(_DELIVERY.c.id, gone).where(mine).with_for_update()).all()
    if any(row[1] for row in rows):
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


def _items(session: TenantSession, line_id: UUID) -> list[UUID]:
    return list(session.scalars(select(Allocation.id).where(Allocation.line_id == line_id)))


def _free(session: TenantSession, invoice_ids: Collection[UUID]) -> int:
    """Put the charges behind invoices back on the to-bill list."""
    charges = session.scalars(
        update(Allocation)
        .where(among(Allocation.invoice_id, invoice_ids), Allocation.live)
        .values(live=False)
        .returning(Allocation.charge_id),
        execution_options=_QUIET,
    ).all()
    return release(session, among(Charge.id, charges)) if charges else 0
