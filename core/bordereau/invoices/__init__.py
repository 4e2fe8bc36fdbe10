"""Invoices: charges are composed into them, they get numbers, are changed, credited and watched.

An invoice is proposed, then a draft that can be edited, then issued; an issued one never changes.
"""

from bordereau.invoices.composing.compose import compose
from bordereau.invoices.composing.plan import Plan
from bordereau.invoices.credits.crediting import Outcome, credit_invoice, credit_invoices
from bordereau.invoices.credits.left import Creditable, creditable
from bordereau.invoices.credits.notes import CreditWish
from bordereau.invoices.documents import document_of, documents_of
from bordereau.invoices.ending.deleting import delete_invoice, delete_invoices
from bordereau.invoices.ending.replacing import replace_invoice
from bordereau.invoices.ending.voiding import void_invoice
from bordereau.invoices.ending.zeroing import price_to_zero
from bordereau.invoices.facts.overriding import change_status
from bordereau.invoices.facts.paying import record_payment
from bordereau.invoices.facts.reading import facts_of
from bordereau.invoices.facts.recording import NewFact, record_facts
from bordereau.invoices.facts.statuses import StatusChanged
from bordereau.invoices.finding import get_invoice
from bordereau.invoices.numbers.chain import ChainFault, ChainReport, verify_chain
from bordereau.invoices.numbers.issue import Issued, issue
from bordereau.invoices.numbers.register import RegisterEntry, number_register
from bordereau.invoices.numbers.series import open_series, set_pattern
from bordereau.invoices.rules.credit import Pick
from bordereau.invoices.rules.facts import BOUNCED
from bordereau.invoices.writing.adhoc import write_invoice
from bordereau.invoices.writing.editing import edit_invoice
from bordereau.invoices.writing.inputs import InvoiceInput, LineInput

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
