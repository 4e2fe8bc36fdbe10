"""Changing drafts: everything can be changed until there is a number (rows A43, B21).

Prices are never looked up again; the server computes every sum.
"""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import select

from bordereau.invoices.documents import PREFIX
from bordereau.invoices.finding import get_invoice, must_allow, must_be_version
from bordereau.invoices.rules.allowed import InvoiceAction
from bordereau.invoices.rules.dates import check_credit_date, check_due_date, moved_due_date
from bordereau.invoices.rules.layout import check_typed_layout
from bordereau.invoices.tables import Invoice
from bordereau.invoices.writing.inputs import InvoiceInput
from bordereau.invoices.writing.lines import replace_lines
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id

_HEAD = (
    "period_start", "period_end", "language", "buyer_reference", "order_reference", "layout_id",
)  # fmt: skip


def edit_invoice(
    session: TenantSession, invoice_id: UUID, typed: InvoiceInput, *, version: int, actor: Actor
) -> Invoice:
    """Change a draft; every sum is computed again.

    Args:
        session: the tenant's session.
        invoice_id: the draft.
        typed: what to change; lines, if given, are all lines in their order.
        version: the version that the person has seen.
        actor: who changes it.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Conflict: STALE_VERSION, or INVOICE_PROPOSED.
        Refused: as `rules.allowed`, for instance INVOICE_NUMBERED or EDITING_OFF;
            LAYOUT_OF_PROJECT; or as `lines.replace_lines`.
        Invalid: DUE_BEFORE_ISSUE, CREDIT_BEFORE_INVOICE, or as `inputs.read_lines`.

    """
    actor.must(Right.EDIT_INVOICE)
    lock_original(session, invoice_id)
    invoice = get_invoice(session, invoice_id, lock=True)
    must_be_version(invoice, version)
    must_allow(session, invoice, InvoiceAction.EDIT)
    _change_dates(session, invoice, typed.issue_date, typed.due_date)
    if typed.layout_id not in {None, invoice.layout_id}:
        check_typed_layout(invoice.origin)
    for name in _HEAD:
        if (value := getattr(typed, name)) is not None:
            setattr(invoice, name, value)
    if typed.buyer is not None:
        invoice.buyer = asdict(typed.buyer)
    if typed.notes is not None:
        invoice.notes = list(typed.notes)
    if typed.lines is not None:
        replace_lines(session, invoice, typed.lines)
    invoice.version += 1
    session.flush()
    record_audit(session, actor, "invoice.edit", public_id(PREFIX, invoice_id))
    return invoice


def lock_original(session: TenantSession, invoice_id: UUID) -> None:
    """Hold the invoice that a credit note takes back, so that its notes are changed in turn."""
    original = select(Invoice.original_id).where(Invoice.id == invoice_id).scalar_subquery()
    session.execute(select(Invoice.id).where(Invoice.id == original).with_for_update())


def _change_dates(
    session: TenantSession, invoice: Invoice, issue_date: date | None, due_date: date | None
) -> None:
    """Change the dates; an invoice date that is moved alone takes the due date along.

    Raises:
        Invalid: DUE_BEFORE_ISSUE, or CREDIT_BEFORE_INVOICE.

    """
    day = issue_date or invoice.issue_date
    due = due_date or moved_due_date(invoice.due_date, invoice.issue_date, day)
    if due_date is not None or issue_date is not None:
        check_due_date(day, due)
    if issue_date is not None and invoice.original_id is not None:
        check_credit_date(day, get_invoice(session, invoice.original_id).issue_date)
    invoice.issue_date, invoice.due_date = day, due
