"""Ledger entries with their items, and the entry dates of invoices that are not posted yet."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.ledger.tables.kept import KEPT
from bordereau.store.base import Base, Entity, Tenanted, tenant_fk


class LedgerEntry(Entity, Base):
    """A balanced entry; it is written once, whole, and never changed (row B62).

    Attributes:
        kind: invoice (receivable against revenue and tax), suspense (revenue put aside to be
            spread), revenue (one period's part of it) or adjustment (a part changed afterwards).
        entry_date: the day that decides the period of the revenue.
        document_date: the invoice date, which decides the period of the tax.
        amount: what each side sums to; negative where a credit note is kept with its sign.
        items: how many items the entry has.

    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("kind in ('invoice', 'suspense', 'revenue', 'adjustment')", name="kind"),
        CheckConstraint("(kind = 'invoice') = (spread_id is null)", name="spread"),
        CheckConstraint("(kind in ('invoice', 'suspense')) = (part_id is null)", name="part"),
        tenant_fk("administration_id", "administration"),
        tenant_fk("invoice_id", "invoice"),
        tenant_fk("spread_id", "revenue_spread"),
        tenant_fk("part_id", "revenue_part"),
        Index("ix_ledger_entry_date", "tenant_id", "administration_id", "entry_date", "id"),
        Index("ix_ledger_entry_invoice", "tenant_id", "invoice_id"),
        Index(
            "uq_ledger_entry_invoice",
            "tenant_id",
            "invoice_id",
            unique=True,
            postgresql_where=text("kind = 'invoice'"),
        ),
        Index(
            "uq_ledger_entry_spread",
            "tenant_id",
            "spread_id",
            unique=True,
            postgresql_where=text("kind = 'suspense'"),
        ),
        Index(
            "uq_ledger_entry_part",
            "tenant_id",
            "part_id",
            unique=True,
            postgresql_where=text("kind = 'revenue'"),
        ),
        KEPT,
    )

    kind: Mapped[str]
    administration_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    spread_id: Mapped[UUID | None]
    part_id: Mapped[UUID | None]
    entry_date: Mapped[date]
    document_date: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    items: Mapped[int]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    posted_by: Mapped[str]


class LedgerItem(Tenanted, Base):
    """One side of an entry: an amount on an account, in debit or in credit.

    Attributes:
        kind: receivable, revenue, tax or suspense.
        line_ids: the invoice lines whose revenue it is.
        tax_category: with `tax_rate`, the tax of a tax item (BT-118, BT-119).

    """

    __tablename__ = "ledger_item"
    __table_args__ = (
        CheckConstraint("kind in ('receivable', 'revenue', 'tax', 'suspense')", name="kind"),
        CheckConstraint("debit = 0 or credit = 0", name="one_side"),
        CheckConstraint("account <> ''", name="account"),
        tenant_fk("entry_id", "ledger_entry"),
        KEPT,
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    account: Mapped[str]
    debit: Mapped[Decimal]
    credit: Mapped[Decimal]
    line_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default="{}")
    tax_category: Mapped[str] = mapped_column(server_default="")
    tax_rate: Mapped[Decimal | None]


class EntryDate(Tenanted, Base):
    """The entry date of an invoice that is not posted yet, where it is not the invoice date."""

    __tablename__ = "ledger_entry_date"
    __table_args__ = (
        tenant_fk("invoice_id", "invoice", ondelete="CASCADE"),
        {"info": {"privileges": ("select", "insert", "update")}},
    )

    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_date: Mapped[date]
