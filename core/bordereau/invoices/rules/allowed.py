"""What an invoice still allows: edit, delete, void, credit; and which rule refuses the others.

Before a number an invoice can be edited and deleted; afterwards it can be credited, or voided as
long as nothing at all was done with it.
"""

from dataclasses import dataclass
from enum import StrEnum

from bordereau.contract.facts import Fact
from bordereau.errors import Refused
from bordereau.invoices.rules.facts import InvoiceFacts


class InvoiceAction(StrEnum):
    """What people want to do with an invoice afterwards."""

    EDIT = "edit"
    DELETE = "delete"
    VOID = "void"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an action is allowed; if not, the code of the rule, why, and what to do."""

    code: str = ""
    message: str = ""
    hint: str = ""

    @property
    def allowed(self) -> bool:
        """Whether no rule refuses."""
        return not self.code


_YES = Verdict()
_NUMBERED = Verdict(
    "INVOICE_NUMBERED",
    "The invoice has a number and can no longer be changed or deleted.",
    "Credit it, and make a new invoice if one is needed.",
)
_UNNUMBERED = Verdict(
    "INVOICE_UNNUMBERED",
    "The invoice has no number yet, so there is nothing to void or credit.",
    "Edit or delete it.",
)
_VOIDED = Verdict("INVOICE_VOIDED", "The invoice was voided; its number stays in the register.")
_LOCKED = Verdict(
    "EDITING_OFF",
    "This administration does not allow changes to invoices made automatically.",
    "Delete the invoice, change the cost lines, and generate again.",
)
_USED = {
    Fact.POSTED: Verdict("INVOICE_POSTED", "The invoice was posted.", "Credit it."),
    Fact.PAID: Verdict("INVOICE_PAID", "The invoice was paid.", "Credit it."),
    Fact.REFUNDED: Verdict("INVOICE_PAID", "The invoice was paid and refunded.", "Credit it."),
    Fact.EXPORTED: Verdict("INVOICE_EXPORTED", "The invoice was exported.", "Credit it."),
    Fact.EMAILED: Verdict("INVOICE_DELIVERED", "The invoice was e-mailed.", "Credit it."),
    Fact.EINVOICED: Verdict("INVOICE_DELIVERED", "The e-invoice was delivered.", "Credit it."),
    Fact.PRINTED: Verdict("INVOICE_DELIVERED", "The invoice was printed.", "Credit it."),
    Fact.FILED: Verdict(
        "INVOICE_DELIVERED", "The invoice lies in the customer's folder.", "Credit it."
    ),
}


def verdict(facts: InvoiceFacts, action: InvoiceAction, *, change_allowed: bool = True) -> Verdict:
    """Return whether an invoice allows an action, and if not, why.

    Args:
        facts: the state of the invoice.
        action: edit, delete, void or credit.
        change_allowed: the setting whether automatic invoices may be changed afterwards (B21).

    """
    if facts.voided:
        return _VOIDED
    if action is InvoiceAction.EDIT:
        if facts.number:
            return _NUMBERED
        return _LOCKED if facts.automatic and not change_allowed else _YES
    if action is InvoiceAction.DELETE:
        return _NUMBERED if facts.number else _YES
    if not facts.number:
        return _UNNUMBERED
    return _void(facts) if action is InvoiceAction.VOID else _YES


def allowed(facts: InvoiceFacts, *, change_allowed: bool = True) -> frozenset[InvoiceAction]:
    """Return everything that an invoice allows."""
    return frozenset(
        action
        for action in InvoiceAction
        if verdict(facts, action, change_allowed=change_allowed).allowed
    )


def check(facts: InvoiceFacts, action: InvoiceAction, *, change_allowed: bool = True) -> None:
    """Raise what refuses an action, if anything does.

    Raises:
        Refused: with the code of the rule.

    """
    found = verdict(facts, action, change_allowed=change_allowed)
    if not found.allowed:
        raise Refused(found.code, found.message, hint=found.hint)


def _void(facts: InvoiceFacts) -> Verdict:
    if facts.credited_amount:
        return Verdict(
            "INVOICE_CREDITED", "A part of the invoice was credited.", "Credit the rest."
        )
    if facts.paid_amount or facts.refunded_amount:
        return _USED[Fact.PAID]
    return next((found for fact, found in _USED.items() if fact in facts.happened), _YES)
