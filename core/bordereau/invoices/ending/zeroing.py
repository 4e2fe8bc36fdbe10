"""Bringing a line to price 0 while its charges stay billed (row B29)."""

from uuid import UUID

from bordereau.errors import NotFound
from bordereau.invoices.credits.crediting import credit_invoice
from bordereau.invoices.credits.left import creditable
from bordereau.invoices.credits.notes import CreditWish
from bordereau.invoices.finding import get_invoice
from bordereau.invoices.rules.credit import Pick
from bordereau.invoices.stored import load
from bordereau.invoices.tables import Invoice
from bordereau.invoices.writing.editing import edit_invoice, lock_original
from bordereau.invoices.writing.inputs import InvoiceInput, LineInput
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import public_id


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
    lock_original(session, invoice_id)
    invoice = get_invoice(session, invoice_id, lock=True)
    lines = {line.id: line for line in load(session, [invoice_id])[invoice_id].lines}
    if line_id not in lines:
        raise NotFound("invoice line", public_id("lin", line_id))
    if invoice.number is not None:
        wish = CreditWish(picks=_left_of(session, invoice_id, line_id))
        return credit_invoice(session, invoice_id, wish, actor=actor)
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


def _left_of(session: TenantSession, invoice_id: UUID, line_id: UUID) -> list[Pick]:
    """Pick what is left of a line; if nothing is, all of it, so that it is refused by its name."""
    found = creditable(session, invoice_id)
    behind = [one for one in found.items if found.line_of[one.allocation_id] == line_id]
    return [Pick(one.allocation_id) for one in ([one for one in behind if one.left] or behind)]
