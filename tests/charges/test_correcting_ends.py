"""A contract that ends sooner or later than what was billed of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from tests.charges.corrected import FEE, Agreement, corrections, unbilled
from tests.fixtures.books import Books
from tests.fixtures.shop import amounts
from tests.fixtures.statements import Counting

from bordereau.charges import (
    Charge,
    ContractRecord,
    DeviceRecord,
    delete_charge,
    is_ready,
    mark_billed,
    rate,
    release,
    reserve,
    save_contracts,
    save_devices,
)
from bordereau.errors import Refused
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId

DAILY = FEE | {"prorate": "daily"}
TODAY = date(2026, 11, 21)


@pytest.mark.row("A10")
def test_a_contract_that_runs_on_is_billed_the_rest_of_a_period_that_was_billed_cut_short(
    books: Books, session: TenantSession
) -> None:
    fee = {**DAILY, "terms": {"quantity": "1", "rate": "900"}, "billing_period": "Quarterly"}
    one = Agreement(books, session, **fee, start="2025-11-30", end="2026-04-15")
    one.bill(date(2026, 5, 1))
    one.save(end="2027-04-14")
    assert corrections(session) == [("28 Feb", "435.16")]  # 44 of the 91 days
    one.rate(date(2026, 9, 1))
    assert unbilled(session) == [("28 Feb", "435.16"), ("30 May", "900"), ("30 Aug", "900")]


def test_a_rest_is_ready_when_its_period_is_over_and_carries_what_its_contract_says(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY, end="2026-03-10")
    one.bill(date(2026, 3, 1))
    one.save(end="2026-12-31")
    charge = session.scalars(select(Charge).where(Charge.kind == "adjustment")).one()
    contract = one.row
    assert (charge.contract_id, charge.tax_code_id) == (contract.id, contract.tax_code_id)
    assert (charge.period_start, charge.period_end) == (date(2026, 3, 1), date(2026, 4, 1))
    assert (charge.ready_on, charge.late, charge.currency) == (date(2026, 4, 1), True, "EUR")
    assert (charge.net, charge.unit_price, charge.quantity) == amounts("210 210 1")
    assert charge.holds == []
    assert session.scalars(select(Charge).where(is_ready(TODAY))).all() == [charge]
    with pytest.raises(Refused) as deleting:
        delete_charge(session, Actor.installation("clerk"), charge.id)
    assert deleting.value.code == "COMPUTED_CHARGE"  # it would not come back


@pytest.mark.row("A10")
def test_days_of_a_fee_in_advance_that_a_new_end_cuts_off_are_given_back(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY, timing="advance")
    one.bill(date(2026, 3, 1))
    one.save(end="2026-03-10")
    assert corrections(session) == [("01 Mar", "-210")]
    one.rate(TODAY)
    assert unbilled(session) == [("01 Mar", "-210")]
    assert session.scalars(select(Charge.net).where(is_ready(date(2026, 3, 5)))).all() == [
        Decimal(-210)
    ]


@pytest.mark.row("A10")
def test_without_proration_a_cut_period_costs_its_whole_fee_and_one_after_the_end_nothing(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **FEE)
    one.bill(date(2026, 4, 1))
    one.save(end="2026-02-10")
    assert corrections(session) == [("01 Mar", "-310"), ("01 Apr", "-310")]


def test_a_period_that_a_batch_has_reserved_is_corrected_like_one_that_is_billed(
    books: Books, session: TenantSession, new_batch: Any
) -> None:
    one = Agreement(books, session, **DAILY)
    one.rate(date(2026, 3, 1))
    reserve(session, new_batch(), Charge.period_start == date(2026, 3, 1))
    one.save(end="2026-03-10")
    assert corrections(session) == [("01 Mar", "-210")]


def test_saving_an_end_twice_or_taking_it_back_leaves_no_correction(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY)
    one.bill(date(2026, 3, 1))
    one.save(end="2026-03-10")
    assert one.save(end="2026-03-10").unchanged == 1
    assert corrections(session) == [("01 Mar", "-210")]
    one.save(end="2026-03-20")
    assert corrections(session) == [("01 Mar", "-110")]
    one.save(end="2026-12-31")
    assert corrections(session) == []


def test_what_a_billed_correction_left_out_becomes_a_further_one(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY)
    one.bill(date(2026, 3, 1))
    one.save(end="2026-03-10")
    mark_billed(session, Charge.kind == "adjustment")
    one.save(end="2026-12-31")
    assert corrections(session) == [("01 Mar", "-210"), ("01 Mar", "210")]


def test_a_new_price_never_changes_what_is_billed(books: Books, session: TenantSession) -> None:
    one = Agreement(books, session, **DAILY)
    one.bill(date(2026, 3, 1))
    one.save(terms={"quantity": "1", "rate": "620"})
    assert corrections(session) == []
    one.save(end="2026-03-10", terms={"quantity": "1", "rate": "930"})
    assert corrections(session) == [("01 Mar", "-210")]  # 21 days, at the price that was billed


@pytest.mark.parametrize(
    ("policy", "state"),
    [("bill_next", "closed"), ("adjust", "closed"), ("write_off", "written_off")],
)
def test_a_correction_follows_the_late_policy_of_its_contract(
    books: Books, session: TenantSession, policy: str, state: str
) -> None:
    one = Agreement(books, session, **DAILY, end="2026-03-10", late_policy=policy)
    one.bill(date(2026, 3, 1))
    one.save(end="2026-12-31")
    query = select(Charge.state, Charge.net).where(Charge.kind == "adjustment")
    assert [tuple(row) for row in session.execute(query)] == [(state, Decimal(210))]


def test_a_fee_that_is_not_billed_follows_its_contract_without_a_correction(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY)
    one.bill(date(2026, 2, 1))
    one.rate(date(2026, 4, 1))
    one.save(end="2026-03-10")
    one.rate(TODAY)
    assert corrections(session) == []
    assert unbilled(session) == [("01 Mar", "100")]


def test_a_period_that_was_withdrawn_and_comes_back_is_billed(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **FEE)
    one.rate(date(2026, 3, 1))
    mark_billed(session, Charge.period_start != date(2026, 2, 1))
    one.save(end="2026-01-31")
    one.rate(TODAY)
    assert unbilled(session) == [("01 Mar", "-310")]
    one.save(end="2026-12-31")
    one.rate(date(2026, 3, 1))
    assert unbilled(session) == [("01 Feb", "310")]


def test_a_fee_that_a_credit_gives_back_is_made_less_what_corrected_it(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **DAILY)
    one.bill(date(2026, 3, 1))
    one.save(end="2026-03-10")
    mark_billed(session, Charge.kind == "adjustment")
    release(session, Charge.net == 310, reopened=True)  # all of January, February and March
    one.rate(TODAY)
    assert unbilled(session) == [("01 Jan", "310"), ("01 Feb", "310"), ("01 Mar", "310")]
    release(session, Charge.kind == "adjustment", reopened=True)
    one.rate(TODAY)
    assert unbilled(session) == [("01 Jan", "310"), ("01 Feb", "310"), ("01 Mar", "100")]
    report = rate(session, until=TODAY)
    assert (report.created, report.changed, report.deleted) == (0, 0, 0)


def test_devices_that_were_billed_by_days_are_corrected_with_a_new_end(
    books: Books, session: TenantSession
) -> None:
    terms = {"rate_per_device": "31", "count_by": "PC", "device_count": "daily"}
    one = Agreement(books, session, type="RemoteMonitoring", terms=terms)
    device = {"code": "D", "contract": "K", "category": "PC", "added_on": "2026-01-01"}
    save_devices(session, {1: DeviceRecord.model_validate(device)})
    one.bill(date(2026, 2, 1))
    one.save(end="2026-01-10")
    assert corrections(session) == [("01 Jan", "-21"), ("01 Feb", "-31")]


def test_a_project_fee_is_the_same_however_long_its_contract_runs(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, type="ProjectOneTimeFee", terms={"total_amount": "900"})
    one.bill(date(2026, 3, 1))
    one.save(end="2026-03-10")
    assert corrections(session) == []


def test_many_ends_change_by_as_many_statements_as_one(
    database: Database, tenant_id: TenantId, counting: Counting
) -> None:
    sent: dict[int, int] = {}
    with database.tenant(tenant_id) as session:
        books = Books(session)
        one = Agreement(books, session, **DAILY, timing="advance")
        for number in (1, 40):
            values = [one.values | {"code": f"K{number}-{n}"} for n in range(number)]
            records = {n: ContractRecord.model_validate(v) for n, v in enumerate(values)}
            save_contracts(session, records)
            rate(session, until=date(2026, 3, 1))
            mark_billed(session, Charge.state == "closed")
            cut = {n: ContractRecord.model_validate(v | {"end": "2026-03-10"})
                   for n, v in enumerate(values)}  # fmt: skip
            with counting() as statements:
                assert save_contracts(session, cut).changed == number
            sent[number] = len(statements)
        assert len(corrections(session)) == 41
    assert sent[40] == sent[1]
