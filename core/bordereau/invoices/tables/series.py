"""Number series."""

from datetime import date
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, tenant_fk


class Series(Entity, Base):
    """A gapless number series of one administration and document kind.

    The row is locked by whoever takes numbers; `first` is where it started, `head` the chain value
    of the last issued invoice, empty as long as there is none.
    """

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("tenant_id", "administration_id", "kind"),
        tenant_fk("administration_id", "administration"),
    )

    administration_id: Mapped[UUID]
    kind: Mapped[str]
    pattern: Mapped[str] = mapped_column(server_default="{year}-{seq:05d}")
    first: Mapped[int] = mapped_column(server_default="1")
    next: Mapped[int] = mapped_column(server_default="1")
    head: Mapped[str] = mapped_column(server_default="")
    last_date: Mapped[date | None]
