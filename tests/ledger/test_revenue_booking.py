"""Spread revenue is booked month by month, and parts in open periods change."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.fixtures.shop import TODAY
from tests.ledger.spread_revenue import amounts, code_of, spread_out

from bordereau.ledger import book_revenue, change_parts
from bordereau.store import Database
from bordereau.values.ids import TenantId

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


@pytest.mark.row("B64")
def test_each_month_is_booked_when_it_is_reached_and_once(
    ledger: Any, database: Database, tenant_id: TenantId
) -> None:
    spread_out(ledger)
    ledger.shop.session.commit()
    results = [
        book_revenue(database, tenant_id, until=until, actor=ledger.keeper, chunk=1).booked
        for until in (date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 31))
    ]
    assert results == [2, 0, 1]
    months = [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31)]
    assert [ledger.closing(month)["706000"] for month in months] == [
        Decimal("-333.33"),
        Decimal("-666.66"),
        Decimal(-1000),
    ]
    assert ledger.closing(months[-1])["487000"] == 0
    assert {entry.document_date for entry in ledger.entries(kind="revenue")} == {TODAY}


@pytest.mark.row("B64")
def test_amounts_change_while_their_period_is_open_and_keep_the_sum(ledger: Any) -> None:
    made = spread_out(ledger)
    changes = {NOVEMBER: Decimal(400), JANUARY: Decimal("266.67")}
    change_parts(ledger.shop.session, made.id, changes, actor=ledger.keeper)
    assert amounts(ledger, made.id) == [400, Decimal("333.33"), Decimal("266.67")]
    wrong = {NOVEMBER: Decimal(1)}
    change = lambda: change_parts(ledger.shop.session, made.id, wrong, actor=ledger.keeper)  # noqa: E731 - called once
    assert code_of(change) == "DISTRIBUTION_SUM"


@pytest.mark.row("B64")
def test_a_closed_period_keeps_its_amount(ledger: Any) -> None:
    made = spread_out(ledger)
    ledger.shop.seller.closed_until = date(2026, 11, 30)
    ledger.shop.session.flush()
    moved = {NOVEMBER: Decimal("333.34"), JANUARY: Decimal("333.33")}
    session, keeper = ledger.shop.session, ledger.keeper
    assert code_of(lambda: change_parts(session, made.id, moved, actor=keeper)) == "PERIOD_CLOSED"
    later = {DECEMBER: Decimal("333.34"), JANUARY: Decimal("333.33")}
    change_parts(session, made.id, later, actor=keeper)
    assert amounts(ledger, made.id)[1:] == [Decimal("333.34"), Decimal("333.33")]


@pytest.mark.row("B64")
def test_changing_a_booked_part_books_the_difference_in_its_period(
    ledger: Any, database: Database, tenant_id: TenantId
) -> None:
    made = spread_out(ledger)
    ledger.shop.session.commit()
    book_revenue(database, tenant_id, until=NOVEMBER, actor=ledger.keeper)
    changes = {NOVEMBER: Decimal(300), DECEMBER: Decimal("366.66")}
    change_parts(ledger.shop.session, made.id, changes, actor=ledger.keeper)
    (adjustment,) = ledger.entries(kind="adjustment")
    assert adjustment.entry_date == NOVEMBER
    assert ledger.closing(date(2026, 11, 30))["706000"] == -300


def test_parts_in_closed_periods_wait_and_are_counted(
    ledger: Any, database: Database, tenant_id: TenantId
) -> None:
    spread_out(ledger)
    ledger.shop.seller.closed_until = date(2026, 11, 30)
    ledger.shop.session.commit()
    done = book_revenue(
        database,
        tenant_id,
        until=DECEMBER,
        actor=ledger.keeper,
        administration_id=ledger.shop.seller.id,
    )
    assert (done.booked, done.closed) == (1, 1)
