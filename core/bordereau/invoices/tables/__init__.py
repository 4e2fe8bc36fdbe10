"""Invoices, their lines and taxes, number series, facts and statuses."""

from bordereau.invoices.tables.allocation import Allocation, CreditedItem
from bordereau.invoices.tables.facts import InvoiceFact, StatusChange
from bordereau.invoices.tables.invoice import Invoice, InvoiceLine, InvoiceTax
from bordereau.invoices.tables.series import Series

__all__ = [
    "Allocation",
    "CreditedItem",
    "Invoice",
    "InvoiceFact",
    "InvoiceLine",
    "InvoiceTax",
    "Series",
    "StatusChange",
]
