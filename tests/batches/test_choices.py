"""Ticking and unticking."""

from datetime import date
from decimal import Decimal

import pytest
from tests.fixtures.shop import Shop

from bordereau.batches import (
    choose_all,
    choose_charges,
    choose_owners,
    list_charges,
    list_owners,
    run,
    totals,
)
from bordereau.batches.tables import Batch
from bordereau.errors import Conflict, NotFound, Refused
from bordereau.values.ids import public_id, uuid7

LATER = date(2026, 12, 1)


def selected(shop: Shop, batch: Batch) -> Decimal:
    return sum((one.billable for one in totals(shop.session, batch).currencies), Decimal(0))


@pytest.mark.row("A35", "A23")
def test_everything_that_is_ready_is_ticked_in_a_new_batch_and_nothing_else(shop: Shop) -> None:
    contract = shop.contract()
    shop.charge(contract, "10")
    shop.charge(contract, "20", ready_on=date(2025, 1, 1), worked_on=date(2024, 12, 1))
    shop.charge(contract, "400", ready_on=LATER)
    shop.charge(contract, "800", holds=["TICKET_OPEN"])
    assert selected(shop, shop.open()) == 30


@pytest.mark.row("A24", "A34", "A12")
def test_a_single_item_can_be_left_out_and_waits_for_the_next_batch(shop: Shop) -> None:
    contract = shop.contract()
    kept, left_out = shop.charge(contract, "10"), shop.charge(contract, "20")
    batch = shop.open()
    choose_charges(shop.session, batch, [left_out.id], ticked=False, actor=shop.clerk)
    (owner,) = list_owners(shop.session, batch).owners
    (balance,) = owner.balances
    assert (balance.selected_balance, owner.ticked) == (Decimal(10), None)
    run(shop.session, batch, actor=shop.clerk)
    assert [shop.state(one) for one in (kept, left_out)] == ["reserved", "closed"]
    assert selected(shop, shop.open()) == 20


@pytest.mark.row("A32")
def test_the_choice_for_a_charge_wins_over_its_owner_and_the_owner_over_everything(
    shop: Shop,
) -> None:
    first, second = shop.contract(), shop.contract()
    one, _ = shop.charge(first, "1"), shop.charge(first, "2")
    shop.charge(second, "4")
    batch = shop.open()
    choose_all(shop.session, batch, ticked=False, actor=shop.clerk)
    assert selected(shop, batch) == 0
    choose_owners(shop.session, batch, [first.id], ticked=True, actor=shop.clerk)
    assert selected(shop, batch) == 3
    choose_charges(shop.session, batch, [one.id], ticked=False, actor=shop.clerk)
    assert selected(shop, batch) == 2
    choose_all(shop.session, batch, ticked=True, actor=shop.clerk)
    assert selected(shop, batch) == 7


def test_ticking_an_owner_forgets_the_choices_for_its_charges(shop: Shop) -> None:
    contract = shop.contract()
    charge = shop.charge(contract, "5")
    batch = shop.open()
    choose_charges(shop.session, batch, [charge.id], ticked=False, actor=shop.clerk)
    choose_owners(shop.session, batch, [contract.id], ticked=True, actor=shop.clerk)
    assert selected(shop, batch) == 5


@pytest.mark.row("A22", "A23")
def test_an_item_in_an_open_period_cannot_be_ticked_by_any_door(shop: Shop) -> None:
    contract = shop.contract()
    charge = shop.charge(contract, "5", ready_on=LATER)
    batch = shop.open()
    with pytest.raises(Refused) as one:
        choose_charges(shop.session, batch, [charge.id], ticked=True, actor=shop.clerk)
    assert one.value.code == "CHARGE_NOT_READY"
    ((reason,),) = one.value.details["charges"].values()
    assert (reason["code"], reason["ready_on"]) == ("PERIOD_OPEN", "2026-12-01")
    with pytest.raises(Refused) as whole:
        choose_owners(shop.session, batch, [contract.id], ticked=True, actor=shop.clerk)
    assert whole.value.code == "OWNER_LOCKED"
    assert whole.value.details["owners"] == [public_id("ctr", contract.id)]
    choose_all(shop.session, batch, ticked=True, actor=shop.clerk)
    assert selected(shop, batch) == 0


def test_a_charge_of_another_source_is_not_offered(shop: Shop) -> None:
    charge = shop.charge(shop.project(), "5")
    with pytest.raises(NotFound):
        choose_charges(shop.session, shop.open(), [charge.id], ticked=True, actor=shop.clerk)
    with pytest.raises(NotFound):
        choose_charges(shop.session, shop.open(), [uuid7()], ticked=False, actor=shop.clerk)


def test_nothing_can_be_ticked_after_the_run(shop: Shop) -> None:
    charge = shop.charge(shop.contract())
    batch = shop.run()
    with pytest.raises(Conflict) as refusal:
        choose_charges(shop.session, batch, [charge.id], ticked=False, actor=shop.clerk)
    assert refusal.value.code == "BATCH_RUN"


@pytest.mark.row("A33")
def test_the_items_of_a_contract_say_why_they_cannot_be_ticked(shop: Shop) -> None:
    contract = shop.contract()
    ticket = shop.books.ticket(shop.customer(), contract, status="Open")
    shop.charge(contract, "10", worked_on=date(2026, 10, 1), quantity=2, unit_price=5)
    shop.charge(
        contract,
        "20",
        worked_on=date(2026, 10, 2),
        ticket_id=ticket.id,
        holds=["TICKET_OPEN"],
        ready_on=LATER,
        minutes=30,
    )
    page = list_charges(shop.session, shop.open(), contract.id, language="fr")
    ready, held = page.items
    assert (ready.selected, ready.against) == (True, ())
    assert ready.quantity == 2
    assert (held.selected, held.ticket, held.minutes) == (False, ticket.code, 30)
    assert [(one.code, one.ready_on) for one in held.against] == [
        ("TICKET_OPEN", None),
        ("PERIOD_OPEN", LATER),
    ]
    assert "ticket" in held.against[0].text
    assert page.after is None


def test_items_come_in_pages(shop: Shop) -> None:
    contract = shop.contract()
    for net in ("1", "2", "3"):
        shop.charge(contract, net)
    batch = shop.open()
    first = list_charges(shop.session, batch, contract.id, limit=2)
    rest = list_charges(shop.session, batch, contract.id, limit=2, after=first.after)
    assert sorted(one.net for one in (*first.items, *rest.items)) == [1, 2, 3]
    assert (len(first.items), rest.after) == (2, None)
