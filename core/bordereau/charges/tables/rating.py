"""Ratings of a whole account that run in the background."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity


class Rating(Entity, Base):
    """The rating of all contracts of an account in the background (row A31).

    Attributes:
        until: every period that starts on this day or before is rated.
        state: running, done or failed.
        done, total: contracts that were rated, and how many there are to rate.
        error: code, message and hint of what stopped it; empty otherwise.

    """

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("state in ('running', 'done', 'failed')", name="state"),
        Index(
            "ix_rating_running",
            "tenant_id",
            unique=True,
            postgresql_where=text("state = 'running'"),
        ),
    )

    until: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="running")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[dict[str, str]] = mapped_column(server_default="{}")
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
