"""What was carried forward from closed periods."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.ledger.tables.kept import KEPT
from bordereau.store.base import Base, Entity, Tenanted, tenant_fk


class CarryForward(Entity, Base):
    """One carrying forward of an administration: what lay up to a closed day moved to a later one.

    Attributes:
        closed_until: the last closed day at that moment.
        moved_to: the first open day.

    """

    __tablename__ = "carry_forward"
    __table_args__ = (tenant_fk("administration_id", "administration"), KEPT)

    administration_id: Mapped[UUID]
    closed_until: Mapped[date]
    moved_to: Mapped[date]
    invoices: Mapped[int]
    parts: Mapped[int]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]


class CarriedForward(Tenanted, Base):
    """One thing that moved: an invoice, or a part of spread revenue."""

    __tablename__ = "carried_forward"
    __table_args__ = (
        CheckConstraint("(invoice_id is null) <> (part_id is null)", name="one_thing"),
        tenant_fk("run_id", "carry_forward"),
        tenant_fk("invoice_id", "invoice"),
        tenant_fk("part_id", "revenue_part"),
        KEPT,
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID | None]
    part_id: Mapped[UUID | None]
    moved_from: Mapped[date]
    moved_to: Mapped[date]
