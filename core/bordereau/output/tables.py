"""What was rendered, what must be carried where, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, Tenanted, tenant_fk


class OutputOrder(Entity, Base):
    """A wish to carry invoices out: a whole batch when it is finalised, or a selection by hand.

    `options` holds an `OutputOptions` as JSON: the alternative mode, the destinations and so on.
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
    """Some deliveries that one worker prepares in one go: it renders what they need.

    `attempt` is the last one enqueued; `attention` means that some could not be prepared.
    """

    __tablename__ = "render_chunk"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'done', 'attention')", name="state"),
        tenant_fk("order_id", "output_order"),
    )

    order_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempt: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StoredArtifact(Entity, Base):
    """A rendered file of an invoice, kept as it was carried.

    `layout` is the name of the layout and a hash of what it looked like then.
    """

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
    """Deliveries of one connection that are carried in one go, for good.

    `attempt` is the last one enqueued; `request_key` goes with the whole membership, see
    `output.keys`.
    """

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

    Attributes:
        connection_id: None for an invoice that no connection could be found for.
        generation: goes up only when a person asks for a new delivery of the same invoice.
        mode: the delivery mode it belongs to; empty for a destination.
        facts: what is true of the invoice once this is done (row B50).
        media: media types that are rendered for it; `layout` says in which look.
        state: waiting, sending (committed before the call), done, pending, unknown, rejected,
            attention or skipped; `code` says why, see `output.reasons`.
        in_doubt: an attempt may have reached the far side and nobody has looked yet.
        request_key: the key under which it was carried last.
        attempts: numbers the answers; `tries` counts those since a person last acted.

    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(
            "state in ('waiting', 'sending', 'pending', 'done', 'unknown', 'rejected',"
            " 'attention', 'skipped')",
            name="state",
        ),
        UniqueConstraint("tenant_id", "invoice_id", "connection_id", "generation"),
        Index(
            "uq_delivery_nowhere",
            "tenant_id",
            "invoice_id",
            "mode",
            unique=True,
            postgresql_where=text("connection_id is null"),
        ),
        tenant_fk("invoice_id", "invoice"),
        tenant_fk("connection_id", "connection"),
        tenant_fk("order_id", "output_order"),
        tenant_fk("chunk_id", "render_chunk"),
        tenant_fk("consignment_id", "consignment"),
        Index("ix_delivery_order", "tenant_id", "order_id", "state"),
        Index("ix_delivery_chunk", "tenant_id", "chunk_id"),
        Index("ix_delivery_consignment", "tenant_id", "consignment_id"),
        Index(
            "ix_delivery_open",
            "tenant_id",
            "state",
            "changed_at",
            postgresql_where=text("state in ('waiting', 'sending', 'pending')"),
        ),
        Index("ix_delivery_code", "tenant_id", "code", postgresql_where=text("code <> ''")),
    )

    invoice_id: Mapped[UUID]
    connection_id: Mapped[UUID | None]
    order_id: Mapped[UUID]
    chunk_id: Mapped[UUID | None]
    consignment_id: Mapped[UUID | None]
    generation: Mapped[int] = mapped_column(server_default="1")
    mode: Mapped[str] = mapped_column(server_default="")
    facts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    media: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    layout: Mapped[str] = mapped_column(server_default="")
    recipient: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="waiting")
    code: Mapped[str] = mapped_column(server_default="")
    in_doubt: Mapped[bool] = mapped_column(server_default="false")
    request_key: Mapped[str] = mapped_column(server_default="")
    outcome: Mapped[str] = mapped_column(server_default="")
    reference: Mapped[str] = mapped_column(server_default="")
    message: Mapped[str] = mapped_column(server_default="")
    attempts: Mapped[int] = mapped_column(server_default="0")
    tries: Mapped[int] = mapped_column(server_default="0")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DeliveryAttempt(Tenanted, Base):
    """The history of a delivery: one row per answer, written before anything is concluded.

    `actor` is the person who answered in place of the far side; `retry_after` is in seconds.
    """

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
    unconfirmed: Mapped[bool] = mapped_column(server_default="false")
    needs_attention: Mapped[bool] = mapped_column(server_default="false")
    retry_after: Mapped[int | None]
    actor: Mapped[str] = mapped_column(server_default="")


class Notice(Entity, Base):
    """Something that plugins are to hear of once it is committed; gone when they were told.

    `changes` are invoices with their status before and after; `batch_id` is a batch that was
    finalised.
    """

    __tablename__ = "notice"
    __table_args__ = (tenant_fk("batch_id", "batch"),)

    batch_id: Mapped[UUID | None]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
