"""A computed charge that somebody split, when its contract changes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from tests.charges.corrected import FEE, Agreement, corrections, unbilled
from tests.fixtures.books import Books

from bordereau.charges import Charge, mark_billed, rate, split_charge, write_off
from bordereau.store import TenantSession
from bordereau.tenancy import Actor

CLERK = Actor.installation("clerk")
MONTH = date(2026, 1, 1)
TODAY = date(2026, 11, 21)
DAILY = {**FEE, "prorate": "daily", "terms": {"quantity": "1", "rate": "300"}}


@pytest.fixture
def one(books: Books, session: TenantSession) -> Agreement:
    """A fee of 300 for January, split in 100 and 200."""
    agreement = Agreement(books, session, **DAILY)
    agreement.rate(MONTH)
    split(session, "300", "0.3333333333")
    assert unbilled(session) == [("01 Jan", "100"), ("01 Jan", "200")]
    return agreement


def split(session: TenantSession, net: str, quantity: str) -> None:
    """Split the charge of an amount."""
    whole = session.scalars(select(Charge).where(Charge.net == Decimal(net))).one()
    split_charge(session, CLERK, whole.id, Decimal(quantity))


def states(session: TenantSession) -> list[tuple[str, Any]]:
    session.expire_all()
    query = select(Charge.state, Charge.net).where(Charge.period_start == MONTH)
    found = session.execute(query.order_by(Charge.source_key))
    return [(row.state, row.net) for row in found]


@pytest.mark.row("A10")
def test_a_split_fee_becomes_the_fee_of_the_new_billing_period(
    session: TenantSession, one: Agreement
) -> None:
    one.save(billing_period="Quarterly", terms={"quantity": "1", "rate": "900"})
    one.rate(MONTH)
    assert states(session) == [("closed", 900)]


def test_a_split_fee_goes_with_the_type_of_its_contract(
    session: TenantSession, one: Agreement
) -> None:
    split(session, "200", "0.5")
    one.save(type="OnlineBackup", terms={"rate_per_gb": "1"})
    assert states(session) == []


@pytest.mark.parametrize(
    ("change", "fee"),
    [({"terms": {"quantity": "1", "rate": "400"}}, "400"), ({"end": "2026-01-10"}, "96.77")],
)
def test_parts_of_a_fee_are_put_together_when_their_contract_makes_another_amount(
    session: TenantSession, one: Agreement, change: dict[str, Any], fee: str
) -> None:
    one.save(**change)
    one.rate(MONTH)
    assert states(session) == [("closed", Decimal(fee))]
    split(session, fee, "0.5")
    assert len(unbilled(session)) == 2


def test_parts_of_a_fee_stay_while_their_contract_makes_the_same(
    session: TenantSession, one: Agreement
) -> None:
    report = rate(session, until=MONTH)
    assert (report.unchanged, report.changed) == (1, 0)
    assert states(session) == [("split", 300), ("closed", 100), ("closed", 200)]


def test_what_is_left_of_a_fee_of_which_a_part_is_billed_follows_its_contract(
    session: TenantSession, one: Agreement
) -> None:
    mark_billed(session, Charge.net == 100)
    one.save(terms={"quantity": "1", "rate": "400"})
    one.rate(MONTH)
    assert states(session) == [("split", 400), ("billed", 100), ("closed", 300)]
    assert rate(session, until=MONTH).changed == 0


def test_a_part_that_is_billed_is_given_back_through_what_is_left_of_its_fee(
    session: TenantSession, one: Agreement
) -> None:
    one.rate(date(2026, 2, 1))
    mark_billed(session, Charge.net == 200)
    mark_billed(session, Charge.source_key.endswith(":2026-02-01"))
    one.save(start="2026-01-01", end="2026-01-10")
    one.rate(TODAY)
    assert unbilled(session) == [("01 Jan", "-103.23"), ("01 Feb", "-300")]
    one.save(end="2026-12-31")
    one.rate(date(2026, 2, 1))
    assert unbilled(session) == [("01 Jan", "100")]


def test_what_was_split_again_follows_too(session: TenantSession, one: Agreement) -> None:
    split(session, "200", "0.25")
    mark_billed(session, Charge.net == 75)
    one.save(terms={"quantity": "1", "rate": "400"})
    one.rate(MONTH)
    assert unbilled(session) == [("01 Jan", "325")]


def test_a_part_that_was_written_off_gives_nothing_back(
    session: TenantSession, one: Agreement
) -> None:
    write_off(session, CLERK, "Goodwill", Charge.net == 200)
    one.save(end="2026-01-10")
    one.rate(MONTH)
    assert states(session) == [("split", Decimal("96.77")), ("written_off", 200)]


def test_a_split_fee_of_which_all_is_billed_is_corrected_like_a_whole_one(
    session: TenantSession, one: Agreement
) -> None:
    mark_billed(session, Charge.state == "closed")
    one.save(end="2026-01-10")
    assert corrections(session) == [("01 Jan", "-203.23")]
    one.rate(TODAY)
    assert unbilled(session) == [("01 Jan", "-203.23")]
