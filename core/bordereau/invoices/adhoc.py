"""Invoices written by hand, without a batch (rows A7, B59)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bordereau.catalog.tables import Customer, Project
from bordereau.contract import DocumentKind
from bordereau.contract.canonical import plain
from bordereau.errors import Invalid
from bordereau.invoices.amounts import sums, turned
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.finding import get_invoice
from bordereau.invoices.inputs import InvoiceInput, read_lines
from bordereau.invoices.proposal import NewInvoice
from bordereau.invoices.references import load_buyers, load_references
from bordereau.invoices.storing import store
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, account, record_audit, today
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id, uuid7
from bordereau.values.money import minor_unit
