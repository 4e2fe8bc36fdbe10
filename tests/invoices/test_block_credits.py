"""What a credit note gives back of a block: its balance, and hours billed at nil."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.fixtures.shop import TODAY, Shop, amounts
from tests.invoices.credited import give_back, pick

from bordereau.catalog.tables import Contract
from bordereau.charges import Charge, TimeEntryRecord, block_report, rate, save_time_entries

HOURS = {
    "hours_included": "10",
    "price_per_hour": "100",
    "overage_rate": "130",
    "commit_rollover": True,
}


@pytest.fixture
def block(shop: Shop) -> Contract:
    """A block of ten hours a month, six of which were worked in October."""
    contract = shop.contract(
        type="BlockHours", billing_period="Monthly", start=date(2026, 10, 1), terms=HOURS
    )
    ticket = shop.books.ticket(shop.customer(), contract, customer_id=contract.customer_id)
    entry = TimeEntryRecord.model_validate(
        {"key": "E1", "ticket": ticket.code, "starts_at": "2026-10-12T09:00", "minutes": 360}
    )
    assert save_time_entries(shop.session, {1: entry}).faults == []
    rate(shop.session, until=TODAY)
    return contract


def used(shop: Shop, contract: Contract) -> tuple[Decimal, Decimal]:
    """Return the minutes used and carried on of the first period, rated anew."""
    rate(shop.session, until=TODAY)
    shop.session.expire_all()
    first = block_report(shop.session, contract.id)[0]
    return first.used, first.carried


def entry_of(shop: Shop) -> Charge:
    return shop.session.scalars(select(Charge).where(Charge.kind == "time")).one()


@pytest.mark.row("B61")
def test_a_credit_that_only_settles_money_leaves_the_balance_of_the_block(
    shop: Shop, block: Contract
) -> None:
    (invoice,) = shop.issue()
    assert invoice.net == 1000
    for wish in ({"net": invoice.net / 2}, {}):
        give_back(shop, invoice, **wish)
        assert shop.state(entry_of(shop)) == "billed"
        assert used(shop, block) == amounts("360 240")


@pytest.mark.row("B61")
def test_a_credit_that_reopens_everything_restores_the_balance_that_was_drawn_at_nil(
    shop: Shop, block: Contract
) -> None:
    (invoice,) = shop.issue()
    give_back(shop, invoice, reopen=True)
    entry = entry_of(shop)
    assert (entry.net, shop.state(entry)) == (Decimal(0), "closed")
    entry.billable_minutes = 60  # corrected: it was credited because it was wrong
    shop.session.flush()
    assert used(shop, block) == amounts("60 540")
    assert [one.net for one in shop.issue(name="again")] == [1000]
    assert shop.state(entry_of(shop)) == "billed"


@pytest.mark.row("B61")
def test_work_drawn_from_a_block_can_be_reopened_alone(shop: Shop, block: Contract) -> None:
    (invoice,) = shop.issue()
    entry = entry_of(shop)
    give_back(shop, invoice, picks=[pick(shop, entry, reopen=True)])
    fee = select(Charge).where(Charge.kind == "block", Charge.state == "billed")
    assert (shop.state(entry), shop.session.scalars(fee).one().net) == ("closed", Decimal(1000))
