"""Revenue of a line over months: spreading, changing, booking."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.shop import TODAY

from bordereau.errors import BordereauError, Conflict, Forbidden, NotFound
from bordereau.ledger import book_revenue, change_parts, parts_of, read_spread, spread, spreads_of
from bordereau.store import Database
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId, uuid7

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


def code_of(act: Any, kind: type[BordereauError] = BordereauError) -> str:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def amounts(ledger: Any, spread_id: Any) -> list[Decimal]:
    return [part.amount for part in parts_of(ledger.shop.session, spread_id)]


def spread_out(ledger: Any, net: str = "1000", **values: Any) -> Any:
    line = ledger.line(net)
    values = {"first": NOVEMBER, "last": JANUARY, "actor": ledger.keeper} | values
    return spread(ledger.shop.session, line.id, **values)


@pytest.mark.row("B64")
def test_revenue_is_spread_in_equal_parts_that_sum_to_the_net_amount(ledger: Any) -> None:
    made = spread_out(ledger)
    assert amounts(ledger, made.id) == [Decimal("333.33"), Decimal("333.33"), Decimal("333.34")]
    assert [part.period for part in parts_of(ledger.shop.session, made.id)] == [
        NOVEMBER,
        DECEMBER,
        JANUARY,
    ]


@pytest.mark.row("B64")
def test_the_revenue_waits_on_the_suspense_account(ledger: Any) -> None:
    made = spread_out(ledger)
    assert ledger.items(spread_id=made.id) == [
        ("706000", Decimal(1000), 0),
        ("487000", 0, Decimal(1000)),
    ]
    balance = ledger.closing(date(2026, 11, 30))
    assert (balance["706000"], balance["487000"], balance["411000"]) == (0, -1000, 1200)


@pytest.mark.row("B64")
def test_parts_may_be_rounded_and_the_last_takes_the_rest(ledger: Any) -> None:
    made = spread_out(ledger, unit=Decimal(10))
    assert amounts(ledger, made.id) == [330, 330, 340]


@pytest.mark.row("B64")
def test_amounts_may_be_chosen_from_the_start(ledger: Any) -> None:
    chosen = {NOVEMBER: Decimal(500), JANUARY: Decimal("166.67")}
    made = spread_out(ledger, amounts=chosen)
    assert amounts(ledger, made.id) == [500, Decimal("333.33"), Decimal("166.67")]


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
@pytest.mark.parametrize("booking", ["debit", "negative_credit"])
def test_the_revenue_of_a_credit_note_is_spread_with_the_other_sign(
    ledger: Any, database: Database, tenant_id: TenantId, booking: str
) -> None:
    ledger.shop.seller.credit_booking = booking
    made = spread_out(ledger, "-1000")
    assert sum(amounts(ledger, made.id)) == made.net == -1000
    ledger.shop.session.commit()
    book_revenue(database, tenant_id, until=DECEMBER, actor=ledger.keeper)
    balance = ledger.closing(DECEMBER)
    assert (balance["706000"], balance["487000"]) == (Decimal("666.66"), Decimal("333.34"))


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


def test_suspense_is_entered_in_the_first_open_period_if_that_of_the_invoice_is_closed(
    ledger: Any,
) -> None:
    line = ledger.line()
    ledger.shop.seller.closed_until = date(2026, 11, 30)
    ledger.shop.session.flush()
    made = spread(ledger.shop.session, line.id, first=DECEMBER, last=JANUARY, actor=ledger.keeper)
    (entry,) = ledger.entries(spread_id=made.id)
    assert entry.entry_date == DECEMBER


def test_only_posted_lines_are_spread_and_only_once(ledger: Any, reader: Actor) -> None:
    session = ledger.shop.session
    (unposted,) = ledger.shop.lines(ledger.invoice())
    line = ledger.line()
    values: dict[str, Any] = {"first": NOVEMBER, "last": JANUARY, "actor": ledger.keeper}
    spread(session, line.id, **values)
    assert code_of(lambda: spread(session, unposted.id, **values), Conflict) == (
        "INVOICE_NOT_POSTED"
    )
    assert code_of(lambda: spread(session, line.id, **values), Conflict) == "ALREADY_SPREAD"
    code_of(lambda: spread(session, uuid7(), **values), NotFound)
    code_of(lambda: spread(session, line.id, **values | {"actor": reader}), Forbidden)
    code_of(lambda: read_spread(session, uuid7()), NotFound)
    assert [one.line_id for one in spreads_of(session, line.invoice_id)] == [line.id]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"last": date(2026, 10, 1)}, "NO_PERIODS"),
        ({"unit": Decimal(0)}, "ROUNDING_UNIT"),
        ({"unit": Decimal("0.005")}, "ROUNDING_UNIT"),
        ({"amounts": {NOVEMBER: Decimal("0.001")}}, "AMOUNT_NOT_ROUND"),
        ({"amounts": {NOVEMBER: Decimal(1)}}, "DISTRIBUTION_SUM"),
        ({"amounts": {date(2027, 2, 1): Decimal(1)}}, "UNKNOWN_PERIOD"),
    ],
)
def test_a_distribution_that_cannot_be_is_refused(
    ledger: Any, values: dict[str, Any], code: str
) -> None:
    assert code_of(lambda: spread_out(ledger, **values)) == code


def test_spreading_needs_a_suspense_account_and_open_periods(ledger: Any) -> None:
    ledger.shop.seller.suspense_account = ""
    ledger.shop.session.flush()
    assert code_of(lambda: spread_out(ledger)) == "ACCOUNT_MISSING"
    ledger.shop.seller.closed_until = date(2026, 10, 31)
    ledger.shop.session.flush()
    assert code_of(lambda: spread_out(ledger, first=date(2026, 10, 1))) == "PERIOD_CLOSED"


@pytest.mark.row("B64")
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cents=st.integers(1, 10**8),
    months=st.integers(0, 35),
    unit=st.sampled_from(["0.01", "0.05", "1", "100"]),
)
def test_the_parts_sum_whatever_is_spread(ledger: Any, cents: int, months: int, unit: str) -> None:
    last = date(2026 + (10 + months) // 12, (10 + months) % 12 + 1, 1)
    net = str(Decimal(cents) / 100)
    made = spread_out(ledger, net, last=last, unit=Decimal(unit))
    assert sum(amounts(ledger, made.id)) == made.net == Decimal(net)
