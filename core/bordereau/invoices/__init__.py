"""Invoices: charges are composed into them, they get numbers, are changed, credited and watched.

An invoice is proposed, then a draft that can be edited, then issued; an issued one never changes.
"""

from bordereau.invoices.chain import ChainFault, ChainReport, verify_chain
from bordereau.invoices.compose import Plan, compose
from bordereau.invoices.documents import document_of, documents_of
from bordereau.invoices.facts import (
    BOUNCED,
    NewFact,
    StatusChanged,
    change_status,
    facts_of,
    record_facts,
)
from bordereau.invoices.issue import Issued, issue
from bordereau.invoices.series import open_series, set_pattern

__all__ = [
    "BOUNCED",
    "ChainFault",
    "ChainReport",
    "Issued",
    "NewFact",
    "Plan",
    "StatusChanged",
    "change_status",
    "compose",
    "document_of",
    "documents_of",
    "facts_of",
    "issue",
    "open_series",
    "record_facts",
    "set_pattern",
    "verify_chain",
]
