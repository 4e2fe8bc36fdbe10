"""Charges: what was done or is due, and whether it may be billed yet."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, tenant_fk

UNBILLED = ("open", "approved", "closed", "delayed")
COMPUTED = ("fee", "block", "overage", "devices", "backup", "project_fee")
KINDS = (
    "time", "product", "expense",  # on tickets and contracts (row A56)
    "hours", "units", "materials", "purchase", "financial",  # on projects (row B5)
    "fee", "block", "overage", "devices", "backup", "project_fee", "adjustment",  # computed
    "instalment", "participant", "manual",
)  # fmt: skip


class Charge(Entity, Base):
    """A source item: what was done or is due, its amount, and whether it may be billed yet.

    Attributes:
        contract_id, project_id: who computes and bills it; at most one of them.
        parent_id: the charge this one was split from.
        source_key: names it for its origin, so that recording or rating twice changes nothing.
        worked_on: the local day of the work in the tenant's zone (row A41).
        period_start, period_end: the half-open period it belongs to.
        minutes: exact time worked; `billable_minutes` after rounding.
        block_period_id: the balance that the work was drawn from.
        net: amount in `currency`, rounded to its minor unit, before tax.
        chargeable: what line and work type say; its project may be switched off all the same.
        holds: reason codes that no date cures (`charges.rules.readiness`).
        ready_on: the first day on which it may be billed.
        state: open, approved, closed, reserved, billed, written_off, delayed or split.
        reopened: a credit gave it back, so it is billed again even where the rest of a contract
            that is billed only once stays billed.

    """

    __tablename__ = "charge"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source_key"),
        CheckConstraint(
            "kind in ({})".format(", ".join(f"'{kind}'" for kind in KINDS)), name="kind"
        ),
        CheckConstraint(
            "state in ('open', 'approved', 'closed', 'reserved', 'billed', 'written_off',"
            " 'delayed', 'split')",
            name="state",
        ),
        CheckConstraint("contract_id is null or project_id is null", name="one_owner"),
        CheckConstraint("(state = 'reserved') = (batch_id is not null)", name="reserved"),
        tenant_fk("administration_id", "administration"),
        tenant_fk("customer_id", "customer"),
        tenant_fk("contract_id", "contract"),
        tenant_fk("project_id", "project"),
        tenant_fk("ticket_id", "ticket"),
        tenant_fk("work_type_id", "work_type"),
        tenant_fk("tax_code_id", "tax_code"),
        tenant_fk("parent_id", "charge"),
        tenant_fk("block_period_id", "block_period", ondelete="SET NULL"),
        tenant_fk("batch_id", "batch", use_alter=True),
        tenant_fk("draft_id", "draft", use_alter=True),
        Index(
            "ix_charge_unbilled",
            "tenant_id",
            "contract_id",
            "ready_on",
            postgresql_include=["net", "minutes", "ticket_id", "customer_id", "currency"],
            postgresql_where=text("state in ('open', 'approved', 'closed', 'delayed')"),
        ),
        Index(
            "ix_charge_project_unbilled",
            "tenant_id",
            "project_id",
            "state",
            postgresql_where=text(
                "project_id is not null and state in ('open', 'approved', 'closed', 'delayed')"
            ),
        ),
        Index(
            "ix_charge_batch",
            "tenant_id",
            "batch_id",
            postgresql_where=text("batch_id is not null"),
        ),
        Index("ix_charge_ticket", "tenant_id", "ticket_id"),
        Index("ix_charge_period", "tenant_id", "contract_id", "period_start"),
    )

    kind: Mapped[str]
    source_key: Mapped[str]
    administration_id: Mapped[UUID]
    customer_id: Mapped[UUID | None]
    contract_id: Mapped[UUID | None]
    project_id: Mapped[UUID | None]
    ticket_id: Mapped[UUID | None]
    parent_id: Mapped[UUID | None]
    block_period_id: Mapped[UUID | None]
    work_type_id: Mapped[UUID | None]
    tax_code_id: Mapped[UUID | None]
    worked_on: Mapped[date]
    starts_at: Mapped[datetime | None]
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    description: Mapped[str] = mapped_column(server_default="")
    employee: Mapped[str] = mapped_column(server_default="")
    unit: Mapped[str] = mapped_column(server_default="C62")
    quantity: Mapped[Decimal]
    minutes: Mapped[int | None]
    billable_minutes: Mapped[int | None]
    rate: Mapped[str] = mapped_column(server_default="")
    unit_price: Mapped[Decimal]
    discount_percent: Mapped[Decimal] = mapped_column(server_default="0")
    net: Mapped[Decimal]
    currency: Mapped[str]
    surcharge_percent: Mapped[Decimal | None]
    chargeable: Mapped[bool] = mapped_column(server_default="true")
    state: Mapped[str] = mapped_column(server_default="open")
    holds: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    ready_on: Mapped[date]
    delayed_until: Mapped[date | None]
    late: Mapped[bool] = mapped_column(server_default="false")
    reopened: Mapped[bool] = mapped_column(server_default="false")
    batch_id: Mapped[UUID | None]
    draft_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
