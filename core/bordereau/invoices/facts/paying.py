"""Payments and refunds that somebody records, without any bank or payment provider (row A52)."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from bordereau.errors import Conflict, Invalid
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.facts.reading import facts_of
from bordereau.invoices.facts.recording import NewFact, record_facts
from bordereau.invoices.facts.statuses import StatusChanged
from bordereau.invoices.finding import get_invoice
from bordereau.invoices.rules.facts import InvoiceFacts
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id
from bordereau.values.money import round_amount


def record_payment(
    session: TenantSession,
    invoice_id: UUID,
    amount: Decimal,
    currency: str,
    *,
    actor: Actor,
    kind: Literal["paid", "refunded"] = "paid",
    at: datetime | None = None,
    reference: str = "",
) -> tuple[StatusChanged, ...]:
    """Record that money came in, or went back; the displayed status follows.

    Args:
        session: the tenant's session.
        invoice_id: an issued invoice or credit note.
        amount: with tax; negative takes an earlier one back.
        currency: must be that of the invoice.
        actor: who records it.
        kind: paid or refunded.
        at: when; now by default.
        reference: proof outside, such as a bank statement.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Conflict: INVOICE_UNNUMBERED or INVOICE_VOIDED.
        Invalid: CURRENCY_DIFFERS, AMOUNT_NOT_ROUND, AMOUNT_MISSING; AMOUNT_NEGATIVE, more is taken
            back than was recorded; REFUND_TOO_LARGE, more goes back than came in or was billed.

    """
    actor.must(Right.CHANGE_STATUS)
    invoice = get_invoice(session, invoice_id, lock=True)
    if invoice.state != "issued":
        code = "INVOICE_VOIDED" if invoice.state == "voided" else "INVOICE_UNNUMBERED"
        raise Conflict(code, "Payments are recorded on invoices with a number, not voided.")
    if currency != invoice.currency:
        raise Invalid(
            "CURRENCY_DIFFERS", f"The invoice is in {invoice.currency}.", where="amount.currency"
        )
    if not amount:
        raise Invalid("AMOUNT_MISSING", "A payment has an amount.", where="amount.amount")
    if amount != round_amount(amount, currency):
        said = f"{amount} has more decimals than {currency} has."
        raise Invalid("AMOUNT_NOT_ROUND", said, where="amount.amount")
    _check_sum(facts_of(session, [invoice_id])[invoice_id], kind, amount)
    fact = NewFact(
        invoice_id=invoice_id,
        kind=kind,
        at=at,
        amount=amount,
        reference=reference,
        actor=actor.name,
    )
    details = {"amount": f"{amount} {currency}", "reference": reference}
    record_audit(session, actor, f"invoice.{kind}", public_id(PREFIX, invoice_id), details)
    return record_facts(session, [fact])


def _check_sum(before: InvoiceFacts, kind: Literal["paid", "refunded"], amount: Decimal) -> None:
    """Refuse an amount after which the sum of its kind cannot be true."""
    refund = kind == "refunded"
    after = amount + (before.refunded_amount if refund else before.paid_amount)
    if after < 0:
        said = "More is taken back than was recorded before."
        raise Invalid("AMOUNT_NEGATIVE", said, where="amount.amount")
    most = max(before.total, before.paid_amount)
    if refund and after > most:
        said = f"Refunds of {after} are more than the {most} that was billed or paid."
        raise Invalid("REFUND_TOO_LARGE", said, where="amount.amount")
