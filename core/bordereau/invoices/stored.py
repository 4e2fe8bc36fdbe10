"""Stored invoices read back as they were composed: to compare them, and to change drafts."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from bordereau.contract import DocumentKind, LineType
from bordereau.invoices.composing.proposal import NewInvoice, NewLine, NewTax
from bordereau.invoices.document_reading import Parts, read_parts
from bordereau.invoices.plumbing import trim
from bordereau.store import TenantSession
from bordereau.values.money import round_amount


def load(session: TenantSession, invoice_ids: Collection[UUID]) -> dict[UUID, NewInvoice]:
    """Read invoices as they would be stored again; their lines name no charges."""
    return {key: _invoice(parts) for key, parts in read_parts(session, invoice_ids).items()}


def contents(session: TenantSession, invoice_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Read what a person approves of each invoice."""
    return {key: one.content() for key, one in load(session, invoice_ids).items()}


def _invoice(parts: Parts) -> NewInvoice:
    row = parts.header
    currency = row.currency
    return NewInvoice(
        id=row.id,
        kind=DocumentKind(row.kind),
        origin=row.origin,
        administration_id=row.administration_id,
        customer_id=row.customer_id,
        contract_id=row.contract_id,
        project_id=row.project_id,
        draft_id=row.draft_id,
        original_id=row.original_id,
        replaces_id=row.replaces_id,
        layout_id=row.layout_id,
        issue_date=row.issue_date,
        due_date=row.due_date,
        period_start=row.period_start,
        period_end=row.period_end,
        currency=currency,
        language=row.language,
        tax_policy=row.tax_policy,
        net=round_amount(row.net, currency),
        tax=round_amount(row.tax, currency),
        total=round_amount(row.total, currency),
        buyer=row.buyer,
        buyer_reference=row.buyer_reference,
        order_reference=row.order_reference,
        notes=tuple(row.notes),
        payment_split=row.payment_split,
        lines=[_line(line, currency) for line in parts.lines],
        taxes=tuple(
            NewTax(
                category=tax.category,
                rate=trim(tax.rate),
                taxable=round_amount(tax.taxable, currency),
                tax=round_amount(tax.tax, currency),
                exemption=tax.exemption,
            )
            for tax in parts.taxes
        ),
    )


def _line(line: Row[Any], currency: str) -> NewLine:
    return NewLine(
        id=line.id,
        type=LineType(line.type),
        headings=tuple(line.headings),
        name=line.name,
        description=line.description,
        quantity=trim(line.quantity),
        unit=line.unit,
        unit_price=trim(line.unit_price),
        discount=round_amount(line.discount, currency) if line.discount else Decimal(0),
        net=round_amount(line.net, currency),
        tax_code_id=line.tax_code_id,
        tax_code=line.tax_code,
        tax_category=line.tax_category,
        tax_rate=trim(line.tax_rate),
        exemption=line.exemption,
        period_start=line.period_start,
        period_end=line.period_end,
        item_code=line.item_code,
        account=line.account,
        surcharge_percent=None if line.surcharge_percent is None else trim(line.surcharge_percent),
        credits_line_id=line.credits_line_id,
        replaces_line_id=line.replaces_line_id,
    )
