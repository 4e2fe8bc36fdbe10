"""The local day of an entry decides its period, also where clocks change (row A41)."""

from collections.abc import Callable
from datetime import date

import pytest
from tests.fixtures.books import Books

from bordereau.charges import Charge
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, change_account

Work = Callable[..., Charge]
ZONES = {"Paris": "Europe/Paris", "Havana": "America/Havana", "Santiago": "America/Santiago"}


@pytest.mark.row("A41")
@pytest.mark.parametrize(
    ("city", "starts_at", "day", "first", "after"),
    [
        # Half past eleven in UTC is past midnight in Paris, the whole year round.
        ("Paris", "2026-06-30T23:30:00Z", "2026-07-01", "2026-07-01", "2026-08-01"),
        ("Paris", "2026-02-28T23:30:00Z", "2026-03-01", "2026-03-01", "2026-04-01"),
        # Half past ten is so in summer only: clocks changed on 29 March and on 25 October.
        ("Paris", "2026-02-28T22:30:00Z", "2026-02-28", "2026-02-01", "2026-03-01"),
        ("Paris", "2026-03-31T22:30:00Z", "2026-04-01", "2026-04-01", "2026-05-01"),
        ("Paris", "2026-09-30T22:30:00Z", "2026-10-01", "2026-10-01", "2026-11-01"),
        ("Paris", "2026-10-31T22:30:00Z", "2026-10-31", "2026-10-01", "2026-11-01"),
        # In Havana 8 March begins at one o'clock: midnight is left out.
        ("Havana", "2026-03-08T04:59:00Z", "2026-03-07", "2026-02-08", "2026-03-08"),
        ("Havana", "2026-03-08T05:00:00Z", "2026-03-08", "2026-03-08", "2026-04-08"),
        # In Santiago the last hour of 4 April comes twice.
        ("Santiago", "2026-04-05T02:30:00Z", "2026-04-04", "2026-03-05", "2026-04-05"),
        ("Santiago", "2026-04-05T03:30:00Z", "2026-04-04", "2026-03-05", "2026-04-05"),
        ("Santiago", "2026-04-05T04:00:00Z", "2026-04-05", "2026-04-05", "2026-05-05"),
    ],
)
def test_work_is_recorded_into_the_period_of_its_local_day_where_clocks_change(
    books: Books,
    session: TenantSession,
    work: Work,
    city: str,
    starts_at: str,
    day: str,
    first: str,
    after: str,
) -> None:
    change_account(session, Actor.installation("owner"), time_zone=ZONES[city])
    contract = books.contract(
        books.customer(),
        books.administration(),
        start=date(2026, 1, date.fromisoformat(first).day),
        billing_period="Monthly",
    )
    entry = work(books.ticket(books.customer(), contract), starts_at)
    assert entry.worked_on == date.fromisoformat(day)
    assert (entry.period_start, entry.period_end) == tuple(map(date.fromisoformat, (first, after)))
    assert entry.ready_on == date.fromisoformat(after)
