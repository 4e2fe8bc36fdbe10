"""Changing an issued invoice: a credit note of all that is left, and a new draft (row B21)."""

from dataclasses import replace
from uuid import UUID

from bordereau.errors import Refused
from bordereau.invoices.credits.crediting import credit_invoice
from bordereau.invoices.credits.left import creditable
from bordereau.invoices.credits.notes import CreditWish
from bordereau.invoices.credits.replaced import refuse_replaced
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.finding import get_invoice
from bordereau.invoices.stored import load
from bordereau.invoices.storing import store
from bordereau.invoices.tables import Invoice
from bordereau.invoices.writing.adhoc import ORIGIN
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit, today
from bordereau.values.ids import public_id, uuid7


def replace_invoice(
    session: TenantSession, invoice_id: UUID, *, reason: str, actor: Actor
) -> tuple[Invoice, Invoice]:
    """Draft the credit note of an issued invoice, and a copy of it to be changed.

    The charges stay billed by the first invoice until the copy gets its number, which is refused
    as long as the first invoice is not credited: nothing is billed twice.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Refused: INVOICE_REPLACED, there is such a copy already; INVOICE_CREDITED, a part of it was
            credited; or as `credit_invoice`.

    """
    actor.must(Right.EDIT_INVOICE)
    _refuse_credited(session, invoice_id)
    note = credit_invoice(session, invoice_id, CreditWish(reason=reason), actor=actor)
    original = load(session, [invoice_id])[invoice_id]
    day = today(session)
    term = (original.due_date - original.issue_date) if original.due_date else None
    copy = replace(
        original,
        id=uuid7(),
        origin=ORIGIN,
        draft_id=None,
        replaces_id=invoice_id,
        issue_date=day,
        due_date=day + term if term is not None else None,
        lines=[replace(line, id=None, replaces_line_id=line.id) for line in original.lines],
    )
    for _ in store(session, [copy], state="draft"):
        details = {"replaces": public_id(PREFIX, invoice_id)}
        record_audit(session, actor, "invoice.replace", public_id(PREFIX, copy.id), details)
    return note, get_invoice(session, copy.id)


def _refuse_credited(session: TenantSession, invoice_id: UUID) -> None:
    """Refuse to write an invoice again of which a part was given back: that part would be billed.

    Raises:
        NotFound: there is no such invoice.
        Refused: INVOICE_REPLACED; INVOICE_CREDITED, with the earlier credit notes in its details.

    """
    get_invoice(session, invoice_id, lock=True)
    refuse_replaced(session, invoice_id)
    found = creditable(session, invoice_id)
    if found.earlier and any(one.left for one in found.items):
        raise Refused(
            "INVOICE_CREDITED",
            "A part of the invoice was credited, and the new one would bill it again.",
            hint="Credit what is left, and write a new invoice for what is still owed.",
            details={"earlier": found.earlier},
        )
