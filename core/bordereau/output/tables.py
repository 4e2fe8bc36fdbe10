"""What was rendered, what must be carried where, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, Tenanted, tenant_fk


class OutputOrder(Entity, Base):
    """A wish to carry invoices out: a whole batch when it is finalised, or a selection by hand.

    `options` holds the alternative mode, the destinations and whether to save in folder.
    """

    __tablename__ = "output_order"
    __table_args__ = (
        tenant_fk("batch_id", "batch"),
        Index("ix_output_order_batch", "tenant_id", "batch_id"),
    )

    batch_id: Mapped[UUID | None]
    title: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RenderChunk(Entity, Base):
    """Some invoices of an order that one worker renders in one go, with the reason if it failed."""

    __tablename__ = "render_chunk"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'done', 'attention')", name="state"),
        tenant_fk("order_id", "output_order"),
    )

    order_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(server_default="waiting")
    message: Mapped[str] = mapped_column(server_default="")


class StoredArtifact(Entity, Base):
    """A rendered file of an invoice, kept as it was carried."""

    __tablename__ = "artifact"
    __table_args__ = (
        UniqueConstraint("tenant_id", "invoice_id", "media_type", "layout"),
        tenant_fk("invoice_id", "invoice"),
        {"info": {"privileges": ("select", "insert")}},
    )

    invoice_id: Mapped[UUID]
    media_type: Mapped[str]
    layout: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StoredConsignment(Entity, Base):
    """Deliveries of one connection that are carried in one go, for good."""

    __tablename__ = "consignment"
    __table_args__ = (
        tenant_fk("connection_id", "connection"),
        tenant_fk("order_id", "output_order"),
    )

    connection_id: Mapped[UUID]
    order_id: Mapped[UUID]
    request_key: Mapped[str]
    title: Mapped[str]
    attempt: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StoredDelivery(Entity, Base):
    """An invoice on its way through one connection; unique, so a second click finds the first.

    `state`: waiting, sending (committed before the call), done, pending, unknown, rejected,
    attention or skipped; `generation` goes up only when a person asks for a new export.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(
            "state in ('waiting', 'sending', 'pending', 'done', 'unknown', 'rejected',"
            " 'attention', 'skipped')",
            name="state",
        ),
        UniqueConstraint("tenant_id", "invoice_id", "connection_id", "generation"),
        tenant_fk("invoice_id", "invoice"),
        tenant_fk("connection_id", "connection"),
        tenant_fk("order_id", "output_order"),
        tenant_fk("chunk_id", "render_chunk"),
        tenant_fk("consignment_id", "consignment"),
        Index("ix_delivery_order", "tenant_id", "order_id", "state"),
        Index("ix_delivery_consignment", "tenant_id", "consignment_id"),
        Index(
            "ix_delivery_open",
            "tenant_id",
            "state",
            "changed_at",
            postgresql_where=text("state in ('waiting', 'sending', 'pending')"),
        ),
    )

    invoice_id: Mapped[UUID]
    connection_id: Mapped[UUID]
    order_id: Mapped[UUID]
    chunk_id: Mapped[UUID | None]
    consignment_id: Mapped[UUID | None]
    generation: Mapped[int] = mapped_column(server_default="1")
    recipient: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="waiting")
    outcome: Mapped[str] = mapped_column(server_default="")
    reference: Mapped[str] = mapped_column(server_default="")
    message: Mapped[str] = mapped_column(server_default="")
    attempts: Mapped[int] = mapped_column(server_default="0")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DeliveryAttempt(Tenanted, Base):
    """The history of a delivery: one row per answer."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (
        tenant_fk("delivery_id", "delivery"),
        {"info": {"privileges": ("select", "insert")}},
    )

    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    outcome: Mapped[str]
    reference: Mapped[str] = mapped_column(server_default="")
    message: Mapped[str] = mapped_column(server_default="")
