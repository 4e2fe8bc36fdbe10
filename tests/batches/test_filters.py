"""Filters that cannot be meant are refused: silence would look like an empty list."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.fixtures.shop import Shop

from bordereau.batches import OwnerFilter, choose_matching, list_owners
from bordereau.errors import Invalid


@pytest.mark.row("A25", "A28", "A29")
@pytest.mark.parametrize(
    ("show", "code", "where", "hint"),
    [
        ({"types": ["Hourly", "hourly"]}, "TYPE_UNKNOWN", "type", "RetainerFlatFee"),
        ({"billing_periods": ["monthly"]}, "BILLING_PERIOD_UNKNOWN", "billing_period", "Monthly"),
        (
            {"period_from": date(2026, 10, 2), "period_to": date(2026, 10, 1)},
            "RANGE_REVERSED",
            "period_from",
            "Exchange",
        ),
        ({"at_least": Decimal(2), "at_most": Decimal(1)}, "RANGE_REVERSED", "at_least", "Exchange"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused_with_what_is_possible(
    shop: Shop, show: dict[str, Any], code: str, where: str, hint: str
) -> None:
    batch = shop.open()
    with pytest.raises(Invalid) as refusal:
        list_owners(shop.session, batch, OwnerFilter(**show))
    assert (refusal.value.code, refusal.value.where) == (code, where)
    assert hint in refusal.value.hint
    with pytest.raises(Invalid):
        choose_matching(shop.session, batch, OwnerFilter(**show), ticked=False, actor=shop.clerk)


@pytest.mark.parametrize(
    "show", [{"types": ["Hourly"]}, {"billing_periods": ["Monthly"]}, {"taxable": True}]
)
def test_what_only_contracts_have_cannot_filter_a_batch_of_projects(
    shop: Shop, show: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refusal:
        list_owners(shop.session, shop.open(source="projects"), OwnerFilter(**show))
    assert refusal.value.code == "FILTER_OF_CONTRACTS"
