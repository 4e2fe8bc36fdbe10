"""The balances of an owner: one per currency, and what counts in them."""

from datetime import date
from decimal import Decimal

import pytest
from tests.fixtures.shop import TODAY, Shop, amounts
from tests.fixtures.statements import Counting

from bordereau.batches import (
    Balance,
    OwnerFilter,
    choose_charges,
    list_charges,
    list_owners,
    run,
    totals,
)
from bordereau.batches.tables import Batch
from bordereau.charges import mark_billed
from bordereau.charges.rules.readiness import Box
from bordereau.charges.tables import Charge

LATER = date(2026, 12, 24)


def shown(shop: Shop, batch: Batch, **show: object) -> list[str]:
    found = list_owners(shop.session, batch, OwnerFilter(**show))  # type: ignore[arg-type]
    return [one.name for one in found.owners]


@pytest.mark.row("A6", "A11", "A12")
def test_amounts_of_two_currencies_are_never_added_up_on_the_line_of_a_contract(shop: Shop) -> None:
    contract = shop.contract()
    shop.charge(contract, "90")
    left_out = shop.charge(contract, "90", currency="JPY")
    shop.charge(contract, "1000", currency="JPY")
    shop.charge(contract, "5", currency="JPY", ready_on=LATER)
    batch = shop.open()
    choose_charges(shop.session, batch, [left_out.id], ticked=False, actor=shop.clerk)
    (line,) = list_owners(shop.session, batch).owners
    assert line.balances == (
        Balance("EUR", *amounts("90 90 90")),
        Balance("JPY", *amounts("1095 1090 1000")),
    )
    assert (line.items, line.ready_items, line.selected_items) == (4, 3, 2)
    assert line.ticked is None


@pytest.mark.row("A6", "A12", "A37")
def test_what_batches_reserved_is_kept_apart_by_currency_too(shop: Shop) -> None:
    contract = shop.contract()
    shop.charge(contract, "90")
    shop.charge(contract, "700", currency="JPY")
    mine = shop.run()
    shop.charge(contract, "8", currency="JPY")
    (line,) = list_owners(shop.session, mine).owners
    assert line.balances == (
        Balance("EUR", *amounts("90 90 90")),
        Balance("JPY", *amounts("708 708 700")),
    )
    (other,) = list_owners(shop.session, shop.open()).owners
    assert other.balances == (
        Balance("EUR", *amounts("90 0 0")),
        Balance("JPY", *amounts("708 8 8")),
    )


@pytest.mark.row("A6", "A29")
def test_a_balance_is_compared_in_its_own_currency(shop: Shop) -> None:
    both, euro = shop.contract(name="both"), shop.contract(name="euro")
    shop.charge(both, "60")
    shop.charge(both, "60", currency="JPY")
    shop.charge(euro, "100")
    shop.contract(name="idle")
    batch = shop.open()
    assert shown(shop, batch, at_least=Decimal(90)) == ["euro"]
    assert shown(shop, batch, at_least=Decimal(50), at_most=Decimal(70)) == ["both"]
    assert shown(shop, batch, at_most=Decimal(0)) == ["idle"]
    assert shown(shop, batch, at_least=Decimal(1), at_most=Decimal(5)) == []
    shop.charge(both, "-60")
    assert sorted(shown(shop, batch, not_zero=True)) == ["both", "euro"]


@pytest.mark.row("A11", "A22")
def test_what_is_left_of_a_contract_that_was_billed_once_leaves_the_list(shop: Shop) -> None:
    contract = shop.contract(type="ProjectHourlyRate", billing_period="Monthly")
    billed = shop.charge(contract, "100", kind="time", minutes=60)
    batch = shop.run()
    late = shop.charge(contract, "50", kind="time", minutes=30, holds=["RESERVED"])
    (line,) = list_owners(shop.session, shop.open()).owners
    assert line.codes == ("RESERVED",)
    mark_billed(shop.session, Charge.id == billed.id)
    shop.session.refresh(late)
    assert late.holds == ["BILLED"]
    again = shop.open()
    assert list_owners(shop.session, again).owners == ()
    assert list_charges(shop.session, again, contract.id).items == ()
    assert shown(shop, again, at_least=Decimal(1)) == []
    (empty,) = list_owners(shop.session, again, OwnerFilter(at_most=Decimal(0))).owners
    assert (empty.box, empty.balances) == (Box.NONE, ())
    assert batch.id != again.id


@pytest.mark.row("A22")
@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"state": "delayed", "delayed_until": LATER}, LATER),
        ({"state": "delayed", "delayed_until": date(2026, 11, 25), "ready_on": LATER}, LATER),
        ({"ready_on": LATER}, LATER),
        ({"state": "delayed"}, None),
        ({"state": "open", "ready_on": LATER}, None),
        ({"ready_on": LATER, "holds": ["TICKET_OPEN"]}, None),
    ],
)
def test_a_line_tells_the_day_on_which_something_becomes_ready_by_itself(
    shop: Shop, item: dict[str, object], expected: date | None
) -> None:
    shop.charge(shop.contract(), **item)  # type: ignore[arg-type]
    (line,) = list_owners(shop.session, shop.open()).owners
    assert (line.box, line.next_ready_on) == (Box.LOCK, expected)


@pytest.mark.row("A28", "A37")
def test_the_dates_of_periods_filter_after_the_run_as_before(shop: Shop) -> None:
    september = shop.contract(name="september", billing_period="Monthly")
    october = shop.contract(name="october")
    shop.charge(september, "10", period_start=date(2026, 9, 1), period_end=date(2026, 10, 1))
    shop.charge(october, "10", worked_on=date(2026, 10, 31))
    batch = shop.open()

    def listed() -> tuple[list[str], ...]:
        return (
            shown(shop, batch, period_to=date(2026, 9, 30)),
            shown(shop, batch, period_from=date(2026, 10, 1)),
            shown(shop, batch, period_from=TODAY),
        )

    expected: tuple[list[str], ...] = (["september"], ["october"], [])
    assert listed() == expected
    run(shop.session, batch, actor=shop.clerk)
    assert listed() == expected


def test_the_statements_of_a_page_do_not_grow_with_currencies_or_owners(
    shop: Shop, counting: Counting
) -> None:
    for currency in ("EUR", "JPY", "USD"):
        shop.charge(shop.contract(), currency=currency)
    batch = shop.open()
    shop.session.flush()
    for show in (OwnerFilter(), OwnerFilter(not_zero=True)):
        with counting() as sent:
            list_owners(shop.session, batch, show)
        assert len(sent) == 1
    with counting() as sent:
        totals(shop.session, batch)
    assert len(sent) == 2
