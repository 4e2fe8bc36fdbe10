"""Invoice batches, and what was ticked in them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, Tenanted, tenant_fk

STATES = ("selecting", "run", "generated", "finalised", "deleted")


class Batch(Entity, Base):
    """Invoices that are handled together (row A1).

    `source` says what it bills: `contracts`, `projects` or `participants` of courses. `as_of`
    is the local day, in `time_zone`, on which readiness is judged. `tick_all` is the choice for
    everything that has no choice of its own. `preview_hash` is the hash of the proposal that was
    shown at run, `inputs_digest` that of what it was made from. `finalising` is the wish to
    finalise it in the background: actor, options, attempt, and the error that stopped the last
    attempt. `warnings` are what people should know of its numbering.
    """

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("source in ('contracts', 'projects', 'participants')", name="source"),
        CheckConstraint(
            "state in ({})".format(", ".join(f"'{state}'" for state in STATES)), name="state"
        ),
        CheckConstraint("collect in ('customer', 'contract', 'project')", name="collect"),
        CheckConstraint("line_level in ('contract', 'ticket', 'entry')", name="line_level"),
    )

    name: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str] = mapped_column(server_default="contracts")
    state: Mapped[str] = mapped_column(server_default="selecting")
    as_of: Mapped[date]
    time_zone: Mapped[str]
    invoice_date: Mapped[date | None]
    collect: Mapped[str] = mapped_column(server_default="customer")
    line_level: Mapped[str] = mapped_column(server_default="entry")
    compress: Mapped[bool] = mapped_column(server_default="false")
    tick_all: Mapped[bool] = mapped_column(server_default="true")
    filters: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    preview_hash: Mapped[str] = mapped_column(server_default="")
    inputs_digest: Mapped[str] = mapped_column(server_default="")
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    run_at: Mapped[datetime | None]
    generated_at: Mapped[datetime | None]
    finalised_at: Mapped[datetime | None]
    finalising: Mapped[dict[str, Any] | None]
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    version: Mapped[int] = mapped_column(server_default="1")


class OwnerChoice(Tenanted, Base):
    """A whole contract or project, ticked or unticked in a batch."""

    __tablename__ = "batch_owner_choice"
    __table_args__ = (tenant_fk("batch_id", "batch", ondelete="CASCADE"),)

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticked: Mapped[bool]


class ChargeChoice(Tenanted, Base):
    """A single charge, ticked or unticked in a batch (row A24); it wins over its owner's choice."""

    __tablename__ = "batch_charge_choice"
    __table_args__ = (
        tenant_fk("batch_id", "batch", ondelete="CASCADE"),
        tenant_fk("charge_id", "charge", ondelete="CASCADE"),
    )

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    charge_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticked: Mapped[bool]
