"""Pro forma drafts and their lines."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store import Base, Entity, tenant_fk


class Draft(Entity, Base):
    """A pro forma: charges put together before the invoice, one open per customer (row B13)."""

    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint(
            "state in ('new', 'released', 'changed', 'delayed', 'invoiced', 'deleted')",
            name="state",
        ),
        tenant_fk("administration_id", "administration"),
        tenant_fk("customer_id", "customer"),
        Index(
            "uq_draft_open",
            "tenant_id",
            "administration_id",
            "customer_id",
            unique=True,
            postgresql_where=text("state in ('new', 'released', 'changed')"),
        ),
    )

    administration_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(server_default="new")
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    delayed_until: Mapped[date | None]
    invoiced_reason: Mapped[str] = mapped_column(server_default="")
    released_by: Mapped[str] = mapped_column(server_default="")
    released_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")


class DraftLine(Entity, Base):
    """A charge in a pro forma: as it will be printed, and what is to become of it (`method`).

    Quantity, price and net may differ from those of the charge, which stays as it was recorded.
    """

    __tablename__ = "draft_line"
    __table_args__ = (
        tenant_fk("draft_id", "draft", ondelete="CASCADE"),
        tenant_fk("charge_id", "charge"),
        UniqueConstraint("tenant_id", "charge_id", "draft_id"),
        Index("ix_draft_line_draft", "tenant_id", "draft_id"),
    )

    draft_id: Mapped[UUID]
    charge_id: Mapped[UUID]
    method: Mapped[str] = mapped_column(server_default="invoice")
    name: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str] = mapped_column(server_default="C62")
    unit_price: Mapped[Decimal]
    net: Mapped[Decimal]
    reason: Mapped[str] = mapped_column(server_default="")
