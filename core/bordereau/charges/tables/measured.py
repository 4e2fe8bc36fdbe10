"""What is measured for contracts: devices, gigabytes, and the balance of a block."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, tenant_fk


class Device(Entity, Base):
    """A monitored or backed-up device; the days count from `added_on` up to `removed_on`."""

    __tablename__ = "device"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        Index(None, "tenant_id", "contract_id"),
        tenant_fk("contract_id", "contract"),
    )

    code: Mapped[str]
    contract_id: Mapped[UUID]
    category: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="")
    added_on: Mapped[date]
    removed_on: Mapped[date | None]


class BackupUsage(Entity, Base):
    """Gigabytes stored for a contract in a period, by kind of machine, as collected."""

    __tablename__ = "backup_usage"
    __table_args__ = (
        UniqueConstraint("tenant_id", "contract_id", "day", "category"),
        tenant_fk("contract_id", "contract"),
    )

    contract_id: Mapped[UUID]
    day: Mapped[date]
    category: Mapped[str]
    gigabytes: Mapped[Decimal]


class BlockPeriod(Entity, Base):
    """The balance of a block contract in one period: minutes, or money in its currency.

    A restatement adds a row with the next `revision`; the latest one counts, the others stay.
    """

    __tablename__ = "block_period"
    __table_args__ = (
        UniqueConstraint("tenant_id", "contract_id", "period_start", "revision"),
        tenant_fk("contract_id", "contract"),
    )

    contract_id: Mapped[UUID]
    period_start: Mapped[date]
    period_end: Mapped[date]
    revision: Mapped[int] = mapped_column(server_default="1")
    opening: Mapped[Decimal]
    included: Mapped[Decimal]
    used: Mapped[Decimal]
    overage: Mapped[Decimal]
    carried: Mapped[Decimal]
    lost: Mapped[Decimal]
    alerts: Mapped[list[str]] = mapped_column(server_default="[]")
    settled: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str] = mapped_column(server_default="")
