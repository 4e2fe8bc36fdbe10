"""Invoices: charges are composed into them, they get numbers, are changed, credited and watched.

An invoice is proposed, then a draft that can be edited, then issued; an issued one never changes.
"""

from bordereau.invoices.adhoc import write_invoice
from bordereau.invoices.chain import ChainFault, ChainReport, verify_chain
from bordereau.invoices.compose import compose
from bordereau.invoices.credit_notes import CreditWish
from bordereau.invoices.crediting import Outcome, credit_invoice, credit_invoices
from bordereau.invoices.deleting import delete_invoice, delete_invoices
from bordereau.invoices.documents import document_of, documents_of
from bordereau.invoices.editing import edit_invoice
from bordereau.invoices.fact_reading import facts_of
from bordereau.invoices.facts import NewFact, record_facts
from bordereau.invoices.finding import get_invoice
from bordereau.invoices.inputs import InvoiceInput, LineInput
from bordereau.invoices.issue import Issued, issue
from bordereau.invoices.left_to_credit import Creditable, creditable
from bordereau.invoices.overriding import change_status
from bordereau.invoices.paying import record_payment
from bordereau.invoices.plan import Plan
from bordereau.invoices.register import RegisterEntry, number_register
from bordereau.invoices.replacing import replace_invoice
from bordereau.invoices.rules.credit import Pick
from bordereau.invoices.rules.facts import BOUNCED
from bordereau.invoices.series import open_series, set_pattern
from bordereau.invoices.statuses import StatusChanged
from bordereau.invoices.voiding import void_invoice
from bordereau.invoices.zeroing import price_to_zero

__all__ = [
    "BOUNCED",
    "ChainFault",
    "ChainReport",
    "CreditWish",
    "Creditable",
    "InvoiceInput",
    "Issued",
    "LineInput",
    "NewFact",
    "Outcome",
    "Pick",
    "Plan",
    "RegisterEntry",
    "StatusChanged",
    "change_status",
    "compose",
    "credit_invoice",
    "credit_invoices",
    "creditable",
    "delete_invoice",
    "delete_invoices",
    "document_of",
    "documents_of",
    "edit_invoice",
    "facts_of",
    "get_invoice",
    "issue",
    "number_register",
    "open_series",
    "price_to_zero",
    "record_facts",
    "record_payment",
    "replace_invoice",
    "set_pattern",
    "verify_chain",
    "void_invoice",
    "write_invoice",
]
