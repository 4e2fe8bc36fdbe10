"""Builders for work drawn from blocks."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from bordereau.charges.rules.drawing import Work

MakeWork = Callable[..., Work]


@pytest.fixture(scope="session")
def work() -> MakeWork:
    """Build an entry of so many hours on a day of 2026."""

    def make(hours: str, day: tuple[int, int], *, rate: str = "0", key: int = 1) -> Work:
        on = date(2026, *day)
        return Work(
            id=UUID(int=key),
            worked_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
            day=on,
            minutes=int(Decimal(hours) * 60),
            rate=Decimal(rate),
        )

    return make
