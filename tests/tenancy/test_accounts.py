"""Opening accounts, their settings, and what their plan includes."""

import pytest

from bordereau.errors import Conflict, Forbidden, Invalid
from bordereau.store import Database
from bordereau.tenancy import (
    Actor,
    account,
    change_account,
    check_may_email,
    correct_currency,
    open_account,
)
from bordereau.tenancy.tables import AuditEvent

OWNER = Actor.installation("owner")
PLACE = {"region": "FR", "time_zone": "Europe/Paris"}


@pytest.mark.row("A6")
@pytest.mark.parametrize(
    ("region", "currency"), [("FR", "EUR"), ("CH", "CHF"), ("GB", "GBP"), ("JP", "JPY")]
)
def test_the_currency_follows_the_region_of_registration(
    database: Database, region: str, currency: str
) -> None:
    slug = f"region-{region.lower()}"
    tenant_id = open_account(database, slug=slug, name="A", region=region, time_zone="Europe/Paris")
    with database.tenant(tenant_id) as session:
        assert account(session).currency == currency


@pytest.mark.row("A6")
def test_another_address_does_not_change_the_currency_but_the_operator_can(
    database: Database,
) -> None:
    tenant_id = open_account(database, slug="moves", name="A", **PLACE)
    with database.tenant(tenant_id) as session:
        change_account(session, OWNER, region="CH", time_zone="Europe/Zurich")
    with database.tenant(tenant_id) as session:
        assert (account(session).region, account(session).currency) == ("CH", "EUR")
    correct_currency(database, tenant_id, "CHF", "Registered in the wrong country, case 7")
    with database.tenant(tenant_id) as session:
        assert account(session).currency == "CHF"
        actions = [event.action for event in session.query(AuditEvent).order_by(AuditEvent.id)]
    assert actions == ["account.open", "account.change", "account.correct_currency"]


def test_a_correction_needs_its_reason_and_a_currency_that_exists(database: Database) -> None:
    tenant_id = open_account(database, slug="careful", name="A", **PLACE)
    with pytest.raises(Invalid, match="reason"):
        correct_currency(database, tenant_id, "CHF", " ")
    with pytest.raises(Invalid) as refused:
        correct_currency(database, tenant_id, "FRANC", "why not")
    assert refused.value.code == "UNKNOWN_CURRENCY"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"slug": "No Spaces"}, "SLUG_INVALID"),
        ({"region": "XX"}, "REGION_UNKNOWN"),
        ({"region": "France"}, "REGION_UNKNOWN"),
        ({"time_zone": "Paris"}, "TIME_ZONE_UNKNOWN"),
        ({"language": "it"}, "LANGUAGE_UNKNOWN"),
        ({"plan": "free"}, "PLAN_UNKNOWN"),
    ],
)
def test_what_cannot_be_read_is_refused(
    database: Database, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        open_account(database, **{"slug": "refused", "name": "A", **PLACE, **changes})
    assert refused.value.code == code


def test_a_short_name_is_given_once(database: Database) -> None:
    open_account(database, slug="once", name="A", **PLACE)
    with pytest.raises(Conflict) as refused:
        open_account(database, slug="once", name="B", **PLACE)
    assert refused.value.code == "SLUG_TAKEN"


@pytest.mark.row("A5")
def test_only_subscribers_may_send_invoices_by_email(database: Database) -> None:
    trial = open_account(database, slug="trial", name="A", **PLACE)
    paying = open_account(database, slug="paying", name="A", plan="subscriber", **PLACE)
    with database.tenant(trial) as session, pytest.raises(Forbidden) as refused:
        check_may_email(session)
    assert refused.value.code == "NOT_ENTITLED"
    with database.tenant(paying) as session:
        check_may_email(session)
