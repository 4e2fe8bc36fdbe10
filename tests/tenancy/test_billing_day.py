"""Nothing is billed before its day, whichever face is asked (row A23)."""

from datetime import timedelta

import pytest

from bordereau.errors import Invalid
from bordereau.store import TenantSession
from bordereau.tenancy import billing_day, today


def test_readiness_is_judged_today_unless_an_earlier_day_is_named(session: TenantSession) -> None:
    now = today(session)
    assert billing_day(session, None) == now
    assert billing_day(session, now - timedelta(days=3)) == now - timedelta(days=3)


def test_a_day_that_has_not_come_is_refused(session: TenantSession) -> None:
    with pytest.raises(Invalid) as refusal:
        billing_day(session, today(session) + timedelta(days=1))
    assert refusal.value.code == "DAY_IN_FUTURE"
