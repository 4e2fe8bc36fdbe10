"""What is rated and not billed follows contracts, devices and readings without another rating."""

from datetime import date
from typing import Any

from sqlalchemy import select
from tests.charges.corrected import DEVICES, FEE, Agreement, corrections, unbilled
from tests.fixtures.books import Books

from bordereau.charges import Charge, DeviceRecord, mark_billed, rate, release, save_devices
from bordereau.store import TenantSession

DAILY = FEE | {"prorate": "daily"}
TODAY = date(2026, 11, 21)


def device(session: TenantSession, code: str, **values: Any) -> None:
    values = {"contract": "K", "category": "PC", "added_on": "2026-01-01"} | values
    saved = save_devices(session, {1: DeviceRecord.model_validate({"code": code, **values})})
    assert saved.faults == []


def test_a_fee_that_waits_for_a_batch_is_billed_as_its_contract_is_now(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY)
    one.rate(date(2026, 1, 1))
    one.save(end="2026-01-10")
    mark_billed(session, Charge.state == "closed")  # no rating in between
    report = rate(session, until=TODAY)
    assert (report.created, report.changed, report.deleted) == (0, 0, 0)
    assert [str(net.normalize()) for net in session.scalars(select(Charge.net))] == ["1E+2"]


def test_devices_that_wait_for_a_batch_are_counted_at_once(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DEVICES)
    device(session, "D1")
    one.rate(date(2026, 2, 1))
    device(session, "D2", added_on="2026-02-01")
    assert unbilled(session) == [("01 Jan", "7"), ("01 Feb", "14")]
    device(session, "D1", removed_on="2026-01-01")
    assert unbilled(session) == [("01 Feb", "7")]


def test_saving_a_contract_charges_no_period_that_no_rating_has_reached(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY)
    one.save(name="Better care")
    assert unbilled(session) == []
    one.rate(date(2026, 2, 1))
    one.save(terms={"quantity": "1", "rate": "620"})
    assert unbilled(session) == [("01 Jan", "620"), ("01 Feb", "620")]
    one.save(active=False, end="2026-01-10")
    assert unbilled(session) == [("01 Jan", "620"), ("01 Feb", "620")]  # held as inactive
    one.save(active=True)
    assert unbilled(session) == [("01 Jan", "200")]


def test_corrections_go_with_the_periods_of_a_contract_that_starts_otherwise(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY)
    one.bill(date(2026, 2, 1))
    one.save(end="2026-01-10")
    release(session, Charge.kind == "fee", reopened=True)
    assert corrections(session) == [("01 Jan", "-210"), ("01 Feb", "-310")]
    one.save(start="2026-03-01", end="2026-12-31")
    one.rate(date(2026, 3, 1))
    assert unbilled(session) == [("01 Mar", "310")]


def test_corrections_go_with_the_periods_of_a_contract_that_becomes_another_type(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY)
    one.bill(date(2026, 2, 1))
    one.save(end="2026-01-10")
    release(session, Charge.kind == "fee", reopened=True)
    one.save(type="Hourly", terms={"primary_rate": "90"}, prorate="none")
    one.rate(TODAY)
    assert unbilled(session) == []
