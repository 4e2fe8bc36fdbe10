"""Revenue that is spread over months."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.ledger.tables.kept import KEPT
from bordereau.store.base import Base, Entity, tenant_fk


class RevenueSpread(Entity, Base):
    """The revenue of one invoice line, taken to the suspense account to be spread (row B64).

    Attributes:
        account: the revenue account, as the line was posted.
        net: the revenue; negative for a credit note.
        unit: what the parts were rounded to.

    """

    __tablename__ = "revenue_spread"
    __table_args__ = (
        UniqueConstraint("tenant_id", "line_id"),
        tenant_fk("administration_id", "administration"),
        tenant_fk("invoice_id", "invoice"),
        tenant_fk("line_id", "invoice_line"),
        Index("ix_revenue_spread_invoice", "tenant_id", "invoice_id"),
        KEPT,
    )

    administration_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    line_id: Mapped[UUID]
    account: Mapped[str]
    suspense_account: Mapped[str]
    currency: Mapped[str]
    net: Mapped[Decimal]
    unit: Mapped[Decimal]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str]


class RevenuePart(Entity, Base):
    """The part of a spread revenue that belongs to one month.

    Attributes:
        period: the first day of the month.
        entry_date: when it is booked; later than `period` where it was carried forward (row B65).
        booked: whether it left the suspense account.

    """

    __tablename__ = "revenue_part"
    __table_args__ = (
        UniqueConstraint("tenant_id", "spread_id", "period"),
        tenant_fk("spread_id", "revenue_spread"),
        Index(
            "ix_revenue_part_open",
            "tenant_id",
            "entry_date",
            postgresql_where=text("not booked"),
        ),
        {"info": {"privileges": ("select", "insert", "update")}},
    )

    spread_id: Mapped[UUID]
    period: Mapped[date]
    amount: Mapped[Decimal]
    entry_date: Mapped[date]
    booked: Mapped[bool] = mapped_column(server_default="false")
