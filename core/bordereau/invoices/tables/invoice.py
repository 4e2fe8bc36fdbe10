"""Invoices with their lines and taxes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, Tenanted, tenant_fk


class Invoice(Entity, Base):
    """An invoice, from proposal to issue; from then on the database refuses to change it.

    Attributes:
        kind: BT-3: 380 invoice, 381 credit note.
        origin: batch, project, ad_hoc or credit.
        state: proposed (shown at run), draft (editable), issued (numbered, frozen) or voided.
        status: the displayed one, derived from the facts unless overridden (rows A49 to A55).
        buyer: the buyer as printed, JSON of `contract.Party`.
        document: the canonical document as issued; `document_sha256` its hash.
        chain: SHA-256 of the series' previous `chain` and `document_sha256`.
        original_id: the invoice that a credit note takes back.
        replaces_id: the invoice that this one takes the place of (row B21).

    """

    __tablename__ = "invoice"
    __table_args__ = (
        CheckConstraint("state in ('proposed', 'draft', 'issued', 'voided')", name="state"),
        CheckConstraint(
            "status in ('draft', 'exported', 'sent', 'paid', 'refunded')", name="status"
        ),
        CheckConstraint(
            "(number is null) = (state in ('proposed', 'draft'))", name="number_when_issued"
        ),
        UniqueConstraint("tenant_id", "series_id", "sequence"),
        UniqueConstraint("tenant_id", "administration_id", "kind", "number"),
        tenant_fk("batch_id", "batch"),
        tenant_fk("administration_id", "administration"),
        tenant_fk("customer_id", "customer"),
        tenant_fk("contract_id", "contract"),
        tenant_fk("project_id", "project"),
        tenant_fk("draft_id", "draft"),
        tenant_fk("series_id", "series"),
        tenant_fk("layout_id", "layout"),
        tenant_fk("original_id", "invoice"),
        tenant_fk("replaces_id", "invoice"),
        Index("ix_invoice_batch", "tenant_id", "batch_id"),
        Index("ix_invoice_customer", "tenant_id", "customer_id", "issue_date"),
        Index(
            "ix_invoice_original",
            "tenant_id",
            "original_id",
            postgresql_where=text("original_id is not null"),
        ),
        Index(
            "ix_invoice_replaces",
            "tenant_id",
            "replaces_id",
            postgresql_where=text("replaces_id is not null"),
        ),
    )

    kind: Mapped[str] = mapped_column(server_default="380")
    origin: Mapped[str]
    state: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="draft")
    batch_id: Mapped[UUID | None]
    administration_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    contract_id: Mapped[UUID | None]
    project_id: Mapped[UUID | None]
    draft_id: Mapped[UUID | None]
    original_id: Mapped[UUID | None]
    replaces_id: Mapped[UUID | None]
    layout_id: Mapped[UUID | None]
    series_id: Mapped[UUID | None]
    sequence: Mapped[int | None]
    number: Mapped[str | None]
    issue_date: Mapped[date]
    due_date: Mapped[date | None]
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    currency: Mapped[str]
    language: Mapped[str]
    tax_policy: Mapped[str]
    net: Mapped[Decimal]
    tax: Mapped[Decimal]
    total: Mapped[Decimal]
    buyer: Mapped[dict[str, Any]]
    buyer_reference: Mapped[str] = mapped_column(server_default="")
    order_reference: Mapped[str] = mapped_column(server_default="")
    notes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    payment_split: Mapped[dict[str, Any] | None]
    proposal_hash: Mapped[str] = mapped_column(server_default="")
    document: Mapped[str | None]
    document_sha256: Mapped[str | None]
    chain: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")


class InvoiceLine(Entity, Base):
    """A line of an invoice (BG-25); tax category, rate and exemption are as on that day."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        UniqueConstraint("tenant_id", "invoice_id", "position"),
        tenant_fk("invoice_id", "invoice", ondelete="CASCADE"),
        tenant_fk("tax_code_id", "tax_code"),
        tenant_fk("credits_line_id", "invoice_line"),
        tenant_fk("replaces_line_id", "invoice_line"),
        Index(
            "ix_invoice_line_credits",
            "tenant_id",
            "credits_line_id",
            postgresql_where=text("credits_line_id is not null"),
        ),
        Index(
            "ix_invoice_line_replaces",
            "tenant_id",
            "replaces_line_id",
            postgresql_where=text("replaces_line_id is not null"),
        ),
    )

    invoice_id: Mapped[UUID]
    position: Mapped[int]
    type: Mapped[str] = mapped_column(server_default="1")
    headings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    quantity: Mapped[Decimal]
    unit: Mapped[str] = mapped_column(server_default="C62")
    unit_price: Mapped[Decimal]
    discount: Mapped[Decimal] = mapped_column(server_default="0")
    net: Mapped[Decimal]
    tax_code_id: Mapped[UUID | None]
    tax_code: Mapped[str]
    tax_category: Mapped[str]
    tax_rate: Mapped[Decimal]
    exemption: Mapped[str] = mapped_column(server_default="")
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    item_code: Mapped[str] = mapped_column(server_default="")
    account: Mapped[str] = mapped_column(server_default="")
    surcharge_percent: Mapped[Decimal | None]
    credits_line_id: Mapped[UUID | None]
    replaces_line_id: Mapped[UUID | None]


class InvoiceTax(Tenanted, Base):
    """The tax of one category and rate on an invoice (BG-23)."""

    __tablename__ = "invoice_tax"
    __table_args__ = (tenant_fk("invoice_id", "invoice", ondelete="CASCADE"),)

    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    rate: Mapped[Decimal] = mapped_column(primary_key=True)
    taxable: Mapped[Decimal]
    tax: Mapped[Decimal]
    exemption: Mapped[str] = mapped_column(server_default="")
