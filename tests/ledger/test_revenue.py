"""Revenue of a line over months: spreading it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger.spread_revenue import amounts, code_of, spread_out

from bordereau.errors import Conflict, Forbidden, NotFound
from bordereau.ledger import book_revenue, parts_of, read_spread, spread, spreads_of
from bordereau.store import Database
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId, uuid7

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


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
