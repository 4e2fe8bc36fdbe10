"""The charges behind the lines, and what credit notes take back of them."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, tenant_fk


class Allocation(Entity, Base):
    """Which charge stands behind which line; a charge has one live allocation at most.

    `surcharge_percent` is what the charge added to the surcharge of this invoice; a charge that is
    billable again may get another one.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        tenant_fk("charge_id", "charge"),
        tenant_fk("invoice_id", "invoice", ondelete="CASCADE"),
        tenant_fk("line_id", "invoice_line", ondelete="CASCADE"),
        Index(
            "uq_allocation_live",
            "tenant_id",
            "charge_id",
            unique=True,
            postgresql_where=text("live"),
        ),
        Index("ix_allocation_invoice", "tenant_id", "invoice_id"),
    )

    charge_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    line_id: Mapped[UUID]
    amount: Mapped[Decimal]
    surcharge_percent: Mapped[Decimal | None]
    live: Mapped[bool] = mapped_column(server_default="true")


class CreditedItem(Entity, Base):
    """What a credit note takes back of an allocation, and whether its charge is billable again.

    `amount` has the sign of the allocation. Charges are reopened when the credit note is issued.
    """

    __tablename__ = "credited_item"
    __table_args__ = (
        UniqueConstraint("tenant_id", "invoice_id", "allocation_id"),
        tenant_fk("invoice_id", "invoice", ondelete="CASCADE"),
        tenant_fk("line_id", "invoice_line", ondelete="CASCADE"),
        tenant_fk("allocation_id", "allocation"),
        Index("ix_credited_item_allocation", "tenant_id", "allocation_id"),
    )

    invoice_id: Mapped[UUID]
    line_id: Mapped[UUID]
    allocation_id: Mapped[UUID]
    amount: Mapped[Decimal]
    reopen: Mapped[bool] = mapped_column(server_default="false")
