"""Finding one invoice, and the checks before it may be changed."""

from uuid import UUID

from sqlalchemy import select

from bordereau.errors import Conflict, NotFound
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.facts.reading import facts_of
from bordereau.invoices.rules.allowed import InvoiceAction, check
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id


def get_invoice(session: TenantSession, invoice_id: UUID, *, lock: bool = False) -> Invoice:
    """Find an invoice as it is now; with `lock` nobody else changes it until the commit.

    Raises:
        NotFound: there is no such invoice.

    """
    query = select(Invoice).where(Invoice.id == invoice_id)
    if lock:
        query = query.with_for_update()
    found = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound("invoice", public_id(PREFIX, invoice_id))
    return found


def must_allow(session: TenantSession, invoice: Invoice, action: InvoiceAction) -> None:
    """Go on only if the invoice allows the action; a proposal allows nothing but its batch.

    Raises:
        Conflict: INVOICE_PROPOSED.
        Refused: the code of the rule, see `rules.allowed`.

    """
    if invoice.state == "proposed":
        raise Conflict(
            "INVOICE_PROPOSED",
            "The invoice is a proposal of a batch and not made yet.",
            hint="Generate the batch first.",
        )
    seller = session.get_one(Administration, (session.tenant_id, invoice.administration_id))
    facts = facts_of(session, [invoice.id])[invoice.id]
    check(facts, action, change_allowed=seller.change_allowed)


def must_be_version(invoice: Invoice, version: int) -> None:
    """Go on only if the caller has seen the invoice as it is now.

    Raises:
        Conflict: STALE_VERSION.

    """
    if invoice.version != version:
        raise Conflict(
            "STALE_VERSION",
            "Somebody else has changed the invoice in between.",
            hint="Reload it and make your change again.",
            details={"version": invoice.version, "given": version},
        )
