"""Which plugins a tenant uses, and its connections with their settings and secrets."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, Tenanted


class EnabledPlugin(Tenanted, Base):
    """A plugin that the tenant switched on, or off; without a row the built-ins are on."""

    __tablename__ = "enabled_plugin"

    plugin: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]


class Connection(Entity, Base):
    """One capability that the tenant set up; several may share a key.

    `secrets` holds sealed values by field (`tenancy.secrets`); `automatic` connections get every
    finalised batch by themselves (row A47); a `paused` one resumes at `paused_until`, one that
    needs a person to `reconnect` says in `problem` why. `zero_totals` lets a destination take
    invoices of 0.00; `failures` counts the consignments in a row that ended without any answer.
    """

    __tablename__ = "connection"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("kind in ('renderer', 'delivery', 'destination')", name="kind"),
        CheckConstraint("state in ('ok', 'paused', 'reconnect', 'disabled')", name="state"),
    )

    name: Mapped[str]
    kind: Mapped[str]
    key: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    secrets: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    automatic: Mapped[bool] = mapped_column(server_default="false")
    zero_totals: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(server_default="ok")
    paused_until: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(server_default="")
    failures: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")
