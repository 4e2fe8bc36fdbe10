"""The list of contracts and projects of a batch."""

from datetime import date
from decimal import Decimal

import pytest
from tests.fixtures.shop import Shop, amounts

from bordereau.batches import Balance, OwnerFilter, choose_charges, list_owners, run, totals
from bordereau.charges.rules.readiness import Box

LATER = date(2026, 12, 1)


@pytest.mark.row("A8", "A9", "A10", "A11", "A12")
def test_a_line_shows_customer_contract_type_and_balances(shop: Shop) -> None:
    contract = shop.contract(shop.customer(name="Boulangerie"), name="Support", type="BlockHours")
    left_out = shop.charge(contract, "30")
    shop.charge(contract, "12.50")
    shop.charge(contract, "7", holds=["TICKET_OPEN"])
    batch = shop.open()
    choose_charges(shop.session, batch, [left_out.id], ticked=False, actor=shop.clerk)
    (line,) = list_owners(shop.session, batch).owners
    assert (line.customer_name, line.name, line.type) == ("Boulangerie", "Support", "BlockHours")
    assert line.balances == (Balance("EUR", *amounts("49.50 42.50 12.50")),)
    assert (line.items, line.ready_items, line.selected_items) == (3, 2, 1)


@pytest.mark.row("A20", "A21", "A22")
def test_the_box_says_whether_all_some_or_nothing_is_ready(shop: Shop) -> None:
    white, black, lock = (shop.contract(name=name) for name in ("white", "black", "lock"))
    shop.contract(name="nothing to bill")
    shop.charge(white)
    shop.charge(black)
    shop.charge(black, ready_on=LATER)
    shop.charge(lock, ready_on=LATER)
    lines = {one.name: one for one in list_owners(shop.session, shop.open()).owners}
    assert {name: one.box for name, one in lines.items()} == {
        "white": Box.WHITE,
        "black": Box.BLACK,
        "lock": Box.LOCK,
    }
    assert {name: one.ticked for name, one in lines.items()} == {
        "white": True,
        "black": True,
        "lock": False,
    }
    assert (lines["lock"].codes, lines["lock"].next_ready_on) == (("PERIOD_OPEN",), LATER)
    assert lines["lock"].balances[0].selected_balance == 0


def test_a_line_names_every_reason_that_holds_something_back(shop: Shop) -> None:
    contract = shop.contract()
    shop.charge(contract, state="open")
    shop.charge(contract, state="approved")
    shop.charge(contract, holds=["TICKET_OPEN", "CONTRACT_INACTIVE"])
    (line,) = list_owners(shop.session, shop.open()).owners
    assert line.codes == ("NOT_APPROVED", "NOT_CLOSED", "CONTRACT_INACTIVE", "TICKET_OPEN")


@pytest.mark.row("A37")
def test_what_another_batch_reserved_shows_as_not_ready(shop: Shop) -> None:
    contract = shop.contract()
    shop.charge(contract, "10")
    first = shop.run()
    shop.charge(contract, "5")
    (line,) = list_owners(shop.session, shop.open()).owners
    assert line.box is Box.BLACK
    assert line.balances == (Balance("EUR", *amounts("15 5 5")),)
    assert "RESERVED" in line.codes
    (own,) = list_owners(shop.session, first).owners
    assert own.selected_items == 1
    assert own.balances == (Balance("EUR", *amounts("15 15 10")),)


@pytest.mark.row("A25", "A26", "A27", "A29")
def test_the_list_can_be_filtered_and_filters_do_not_touch_the_selection(shop: Shop) -> None:
    bakery = shop.customer(name="Bakery")
    hourly = shop.contract(bakery, name="hourly")
    fee = shop.contract(name="fee", type="RetainerFlatFee", taxable=False)
    shop.charge(hourly, "10")
    shop.charge(fee, "200")
    batch = shop.open()

    def shown(show: OwnerFilter) -> list[str]:
        return [one.name for one in list_owners(shop.session, batch, show).owners]

    assert shown(OwnerFilter(types=["RetainerFlatFee"])) == ["fee"]
    assert shown(OwnerFilter(types=["RetainerFlatFee", "Hourly"])) == ["hourly", "fee"]
    assert shown(OwnerFilter(taxable=True)) == ["hourly"]
    assert shown(OwnerFilter(taxable=False)) == ["fee"]
    assert shown(OwnerFilter(customer_ids=[bakery.id])) == ["hourly"]
    assert shown(OwnerFilter(at_least=Decimal(100))) == ["fee"]
    assert shown(OwnerFilter(at_most=Decimal(100))) == ["hourly"]
    assert shown(OwnerFilter(text="BAKE")) == ["hourly"]
    assert shown(OwnerFilter(text="100%")) == []
    (euro,) = totals(shop.session, batch).currencies
    assert euro.billable == 210


@pytest.mark.row("A29")
def test_contracts_with_nothing_to_bill_show_when_the_balance_filter_asks(shop: Shop) -> None:
    shop.contract(name="idle")
    batch = shop.open()
    assert list_owners(shop.session, batch).owners == ()
    (idle,) = list_owners(shop.session, batch, OwnerFilter(at_most=Decimal(0))).owners
    assert (idle.name, idle.box) == ("idle", Box.NONE)
    nothing = OwnerFilter(at_most=Decimal(0), not_zero=True)
    assert list_owners(shop.session, batch, nothing).owners == ()


@pytest.mark.row("A28")
def test_the_list_can_be_filtered_by_kind_and_dates_of_the_period(shop: Shop) -> None:
    monthly = shop.contract(name="monthly", billing_period="Monthly")
    demand = shop.contract(name="demand")
    shop.charge(monthly, "10", period_start=date(2026, 9, 1), period_end=date(2026, 10, 1))
    shop.charge(demand, "10", worked_on=date(2026, 10, 31))
    batch = shop.open()

    def shown(show: OwnerFilter) -> list[str]:
        return [one.name for one in list_owners(shop.session, batch, show).owners]

    assert shown(OwnerFilter(billing_periods=["Monthly"])) == ["monthly"]
    assert shown(OwnerFilter(period_from=date(2026, 10, 1))) == ["demand"]
    assert shown(OwnerFilter(period_to=date(2026, 9, 30))) == ["monthly"]
    october = OwnerFilter(period_from=date(2026, 10, 1), period_to=date(2026, 10, 30))
    assert shown(october) == []


def test_the_list_comes_in_pages_in_the_order_of_customers(shop: Shop) -> None:
    for name in ("c", "a", "b"):
        shop.charge(shop.contract(shop.customer(name=name)))
    batch = shop.open()
    first = list_owners(shop.session, batch, limit=2)
    rest = list_owners(shop.session, batch, limit=2, after=first.after)
    assert [one.customer_name for one in (*first.owners, *rest.owners)] == ["a", "b", "c"]
    assert rest.after is None


@pytest.mark.row("B30")
def test_only_the_chosen_administrations_are_listed_and_billed(shop: Shop) -> None:
    other = shop.books.administration()
    mine = shop.charge(shop.project(name="mine"))
    theirs = shop.books.project(shop.customer(), other, name="theirs")
    kept = shop.charge(theirs)
    batch = shop.open(source="projects", administration_ids=[shop.seller.id])
    assert [one.name for one in list_owners(shop.session, batch).owners] == ["mine"]
    run(shop.session, batch, actor=shop.clerk)
    assert [shop.state(one) for one in (mine, kept)] == ["reserved", "closed"]


@pytest.mark.row("A29", "A37")
def test_what_is_reserved_counts_in_the_balance_that_is_filtered(shop: Shop) -> None:
    shop.charge(shop.contract(name="reserved"), "40")
    batch = shop.run()
    shop.charge(shop.contract(name="free"), "30")
    shop.contract(name="idle")

    def shown(show: OwnerFilter) -> list[str]:
        return [one.name for one in list_owners(shop.session, batch, show).owners]

    assert sorted(shown(OwnerFilter())) == ["free", "reserved"]
    assert sorted(shown(OwnerFilter(not_zero=True))) == ["free", "reserved"]
    assert shown(OwnerFilter(at_least=Decimal(35))) == ["reserved"]
    assert sorted(shown(OwnerFilter(at_most=Decimal(35)))) == ["free", "idle"]


@pytest.mark.row("A29")
def test_a_filtered_list_comes_in_pages_too(shop: Shop) -> None:
    for name, net in (("c", "50"), ("a", "60"), ("d", "5"), ("b", "70")):
        shop.charge(shop.contract(shop.customer(name=name)), net)
    batch = shop.open()
    dear = OwnerFilter(at_least=Decimal(50))
    first = list_owners(shop.session, batch, dear, limit=2)
    rest = list_owners(shop.session, batch, dear, limit=2, after=first.after)
    assert [one.customer_name for one in (*first.owners, *rest.owners)] == ["a", "b", "c"]
    assert rest.after is None
