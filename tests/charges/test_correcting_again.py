"""Corrections after corrections: what was billed, credited, split or written off counts once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.charges.corrected import DEVICES, FEE, Agreement, corrections, unbilled
from tests.fixtures.books import Books

from bordereau.catalog.tables import Customer
from bordereau.charges import (
    Charge,
    DeviceRecord,
    mark_billed,
    release,
    save_devices,
    split_charge,
)
from bordereau.store import TenantSession
from bordereau.tenancy import Actor

CLERK = Actor.installation("clerk")
DAILY = FEE | {"prorate": "daily"}
TODAY = date(2026, 11, 21)
MARCH = Charge.period_start == date(2026, 3, 1)
IS_CORRECTION = Charge.kind == "adjustment"


def charged(session: TenantSession) -> Decimal:
    """What customers pay in the end, billed or about to be."""
    states = ["billed", "reserved", "closed"]
    return session.scalar(select(func.sum(Charge.net)).where(Charge.state.in_(states))) or Decimal(
        0
    )


def device(session: TenantSession, **values: Any) -> None:
    values = {"contract": "K", "category": "PC", "added_on": "2026-01-01"} | values
    save_devices(session, {1: DeviceRecord.model_validate({"code": "D", **values})})


def test_a_period_that_costs_nothing_is_given_back_once_if_its_fee_is_credited_too(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **FEE)
    one.bill(date(2026, 3, 1))
    one.save(end="2026-02-10")
    mark_billed(session, IS_CORRECTION)
    release(session, MARCH & (Charge.kind == "fee"), reopened=True)
    one.rate(TODAY)
    assert unbilled(session) == [("01 Mar", "310")]
    release(session, IS_CORRECTION, reopened=True)
    one.rate(TODAY)
    assert unbilled(session) == []
    assert charged(session) == 620


def test_devices_that_left_are_given_back_once_if_their_charge_is_credited_too(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DEVICES)
    device(session)
    one.bill(date(2026, 3, 1))
    device(session, removed_on="2026-03-01")
    mark_billed(session, IS_CORRECTION)
    release(session, MARCH & (Charge.kind == "devices"), reopened=True)
    one.rate(date(2026, 3, 1))
    assert charged(session) == 14


def test_a_correction_that_was_split_is_followed_by_a_further_one(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY, end="2026-03-10")
    one.bill(date(2026, 3, 1))
    one.save(end="2026-03-25")
    correction = session.scalars(select(Charge).where(IS_CORRECTION)).one()
    split_charge(session, CLERK, correction.id, Decimal("0.4"))
    session.flush()
    one.save(end="2026-12-31")
    assert charged(session) == 930


def test_a_correction_has_currency_and_tax_of_what_it_corrects(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY, timing="advance")
    one.bill(date(2026, 3, 1))
    tax = one.row.tax_code_id
    customer = session.scalars(select(Customer).where(Customer.id == one.row.customer_id)).one()
    customer.currency = "JPY"
    session.flush()
    one.save(taxable=False, tax_code=None)
    one.save(end="2026-03-10", terms={"quantity": "1", "rate": "31"})
    found = select(Charge.net, Charge.currency, Charge.tax_code_id).where(IS_CORRECTION)
    assert [tuple(row) for row in session.execute(found)] == [(Decimal(-210), "EUR", tax)]


def test_late_charges_that_are_written_off_still_give_back_what_was_billed_too_much(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY, timing="advance", late_policy="write_off")
    one.bill(date(2026, 3, 1))
    one.save(end="2026-03-10")
    assert unbilled(session) == [("01 Mar", "-210")]
    assert charged(session) == 720
    one.save(end="2026-12-31")
    assert charged(session) == 930


def test_what_was_written_off_is_not_given_back(books: Books, session: TenantSession) -> None:
    one = Agreement(books, session, **DAILY, late_policy="write_off", end="2026-03-20")
    one.bill(date(2026, 3, 1))
    one.save(end="2026-12-31")  # 110 that nobody pays
    one.save(end="2026-03-20")
    assert unbilled(session) == []
    assert charged(session) == 820
    one.save(end="2026-12-31")
    one.save(end="2026-03-10")
    assert unbilled(session) == [("01 Mar", "-100")]
    assert charged(session) == 720


@pytest.mark.parametrize(
    ("end", "left"), [("2026-02-28", 620), ("2026-03-10", 720), ("2026-03-31", 930)]
)
def test_a_new_end_gives_days_back_at_the_price_that_was_billed(
    books: Books, session: TenantSession, end: str, left: int
) -> None:
    one = Agreement(books, session, **DAILY)
    one.bill(date(2026, 3, 1))
    one.save(terms={"quantity": "1", "rate": "930"})
    one.save(end=end)
    assert charged(session) == left


def test_a_device_that_left_is_given_back_at_the_price_that_was_billed(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DEVICES)
    device(session)
    one.bill(date(2026, 3, 1))
    one.save(terms={"rate_per_device": "70", "count_by": "PC"})
    device(session, removed_on="2026-03-01")
    assert charged(session) == 14


def test_days_that_were_billed_with_a_whole_fee_are_not_billed_again(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **FEE, end="2026-03-10")
    one.bill(date(2026, 3, 1))
    one.save(prorate="daily", end="2026-12-31")
    one.rate(date(2026, 3, 1))
    assert charged(session) == 930


def test_a_period_that_was_given_back_at_an_old_price_comes_back_as_it_was_billed(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY)
    one.bill(date(2026, 3, 1))
    one.save(terms={"quantity": "1", "rate": "930"})
    one.save(end="2026-03-10")
    one.save(end="2026-12-31")
    assert corrections(session) == []
