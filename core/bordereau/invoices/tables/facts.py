"""What happened to an invoice, and the history of its displayed status."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, tenant_fk


class InvoiceFact(Entity, Base):
    """Something that happened to an invoice, with its proof; facts are added, never changed."""

    __tablename__ = "invoice_fact"
    __table_args__ = (
        tenant_fk("invoice_id", "invoice"),
        tenant_fk("delivery_id", "delivery", use_alter=True),
        UniqueConstraint("tenant_id", "delivery_id", "kind"),
        Index("ix_invoice_fact_invoice", "tenant_id", "invoice_id"),
        {"info": {"privileges": ("select", "insert")}},
    )

    invoice_id: Mapped[UUID]
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    channel: Mapped[str] = mapped_column(server_default="")
    delivery_id: Mapped[UUID | None]
    reference: Mapped[str] = mapped_column(server_default="")
    amount: Mapped[Decimal | None]
    unconfirmed: Mapped[bool] = mapped_column(server_default="false")
    actor: Mapped[str] = mapped_column(server_default="")


class StatusChange(Entity, Base):
    """The history of the displayed status; `manual` changes carry their reason (row A54)."""

    __tablename__ = "status_change"
    __table_args__ = (
        tenant_fk("invoice_id", "invoice", ondelete="CASCADE"),
        Index("ix_status_change_invoice", "tenant_id", "invoice_id"),
        {"info": {"privileges": ("select", "insert")}},
    )

    invoice_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    before: Mapped[str]
    after: Mapped[str]
    manual: Mapped[bool] = mapped_column(server_default="false")
    actor: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
