"""Recording in a few words."""

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bordereau.batches.tables import Batch
from bordereau.catalog import Saved
from bordereau.catalog.tables import Ticket
from bordereau.charges import Charge, TimeEntryRecord, save_time_entries
from bordereau.store import TenantSession

Recorder = Callable[..., Charge]


@pytest.fixture
def work(session: TenantSession) -> Recorder:
    """Record an hour of work on a ticket: `work(ticket, "2026-10-05T09:00", 90, rate="Night")`."""
    numbers = count(1)

    def record(
        ticket: Ticket, starts_at: str = "2026-10-05T09:00", minutes: int = 60, **values: Any
    ) -> Charge:
        key = values.pop("key", f"E{next(numbers)}")
        entry = TimeEntryRecord.model_validate(
            {
                "key": key,
                "ticket": ticket.code,
                "starts_at": starts_at,
                "minutes": minutes,
                **values,
            }
        )
        saved = save_time_entries(session, {1: entry})
        assert saved.faults == []
        return read(session, f"time:{key}")

    return record


@pytest.fixture
def new_batch(session: TenantSession) -> Callable[[], UUID]:
    """Make a batch that can reserve charges."""

    def make() -> UUID:
        batch = Batch(as_of=date(2026, 11, 21), time_zone="Europe/Brussels", created_by="test")
        session.add(batch)
        session.flush()
        return batch.id

    return make


@pytest.fixture
def faults() -> Callable[[Saved], list[tuple[int, str, str]]]:
    """The faults of a save, as line, column and code."""

    def of(saved: Saved) -> list[tuple[int, str, str]]:
        return [(one.line, one.column, one.code) for one in saved.faults]

    return of


@pytest.fixture
def charge_of(session: TenantSession) -> Callable[[str], Charge]:
    """The charge with a source key, as it is in the database now."""
    return lambda key: read(session, key)


def read(session: TenantSession, key: str) -> Charge:
    query = select(Charge).where(Charge.source_key == key)
    return session.scalars(query.execution_options(populate_existing=True)).one()
