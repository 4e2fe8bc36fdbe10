"""Opening a batch."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.fixtures.shop import Shop

from bordereau.batches import get_batch, open_batch
from bordereau.errors import Forbidden, Invalid, NotFound
from bordereau.tenancy import Actor
from bordereau.values.ids import uuid7


@pytest.mark.row("A1")
def test_a_new_batch_is_judged_on_the_local_day_of_its_account(shop: Shop) -> None:
    batch = open_batch(shop.session, actor=shop.clerk)
    assert batch.time_zone == "Europe/Brussels"
    assert batch.as_of == datetime.now(UTC).astimezone(ZoneInfo("Europe/Brussels")).date()
    assert (batch.state, batch.tick_all, batch.created_by) == ("selecting", True, shop.clerk.name)


def test_contracts_are_collected_one_by_one_unless_told_otherwise(shop: Shop) -> None:
    assert shop.open().collect == "contract"
    assert shop.open(collect="customer").collect == "customer"


@pytest.mark.row("B18")
def test_projects_follow_the_setting_of_their_administration(shop: Shop) -> None:
    shop.seller.collect = "project"
    shop.session.flush()
    assert shop.open(source="projects").collect == "project"


def test_a_contract_batch_cannot_be_collected_per_project(shop: Shop) -> None:
    with pytest.raises(Invalid) as refusal:
        shop.open(collect="project")
    assert (refusal.value.code, refusal.value.where) == ("COLLECT_UNKNOWN", "collect")


def test_only_known_sources_can_be_billed(shop: Shop) -> None:
    with pytest.raises(Invalid, match="contracts, projects or participants"):
        open_batch(shop.session, actor=shop.clerk, source="wishes")


def test_opening_needs_the_right_to_batch(shop: Shop) -> None:
    with pytest.raises(Forbidden):
        open_batch(shop.session, actor=Actor("reader", frozenset({"read"})))


def test_an_unknown_batch_is_not_found(shop: Shop) -> None:
    with pytest.raises(NotFound):
        get_batch(shop.session, uuid7())
