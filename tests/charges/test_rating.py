"""Fees of contracts, period by period, however often they are rated."""

from datetime import date

import pytest
from sqlalchemy import func, select
from tests.charges.rated import RETAINER, TODAY, contract, fees
from tests.fixtures.books import Books
from tests.fixtures.shop import amounts

from bordereau.charges import Charge, ContractRecord, mark_billed, rate, release, save_contracts
from bordereau.charges.rating.writing import RatingReport
from bordereau.store import TenantSession


@pytest.mark.row("A10")
def test_a_retainer_costs_quantity_times_rate_in_every_period(
    books: Books, session: TenantSession
) -> None:
    contract(books, **RETAINER)
    report = rate(session, until=TODAY)
    assert report == RatingReport(contracts=1, created=3)
    assert fees(session) == [
        (date(2026, 9, 1), date(2026, 10, 1), 150),
        (date(2026, 10, 1), date(2026, 11, 1), 150),
        (date(2026, 11, 1), date(2026, 12, 1), 150),
    ]


@pytest.mark.row("A10")
@pytest.mark.parametrize(("prorate", "october"), [("none", 150), ("daily", 234)])
def test_a_fee_that_changes_inside_a_period_is_prorated_as_the_contract_says(
    books: Books, session: TenantSession, prorate: str, october: int
) -> None:
    change = {"valid_from": "2026-10-18", "quantity": "12", "rate": "28"}
    terms = {"quantity": "10", "rate": "15", "changes": [change]}
    contract(books, **RETAINER | {"terms": terms, "prorate": prorate})
    rate(session, until=TODAY)
    assert [net for _, _, net in fees(session)] == [150, october, 336]
    query = select(Charge.quantity, Charge.unit_price).order_by(Charge.period_start)
    shown = [tuple(map(int, row)) for row in session.execute(query)]
    assert shown == [(10, 15), (10, 15) if prorate == "none" else (1, 234), (12, 28)]


@pytest.mark.row("A2")
def test_periods_are_counted_from_the_start_and_never_chained(
    books: Books, session: TenantSession
) -> None:
    contract(books, **RETAINER | {"start": date(2026, 1, 31)})
    rate(session, until=date(2026, 4, 30))
    starts = [start.isoformat() for start, _, _ in fees(session)]
    assert starts == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


@pytest.mark.row("A23")
def test_a_fee_in_advance_is_ready_on_the_first_day(books: Books, session: TenantSession) -> None:
    contract(books, timing="advance", **RETAINER)
    rate(session, until=TODAY)
    assert all(start == ready for start, ready, _ in fees(session))


def test_a_cut_period_costs_its_days_where_the_contract_says_so(
    books: Books, session: TenantSession
) -> None:
    terms = {"quantity": "1", "rate": "310"}
    contract(books, **RETAINER | {"terms": terms, "end": date(2026, 10, 10), "prorate": "daily"})
    rate(session, until=TODAY)
    assert [net for _, _, net in fees(session)] == [310, 100]
    charge = session.scalars(select(Charge).where(Charge.net == 100)).one()
    assert (charge.quantity, charge.unit_price) == amounts("1 100")


def test_rating_again_changes_nothing(books: Books, session: TenantSession) -> None:
    contract(books, **RETAINER)
    rate(session, until=TODAY)
    assert rate(session, until=TODAY) == RatingReport(contracts=1, unchanged=3)


def test_only_the_contracts_that_were_asked_for_are_rated(
    books: Books, session: TenantSession
) -> None:
    wanted, other = contract(books, **RETAINER), contract(books, **RETAINER)
    contract(books, active=False, **RETAINER)
    assert rate(session, until=TODAY, contract_ids=[wanted.id]).created == 3
    assert rate(session, until=TODAY).created == 3
    assert session.scalar(select(func.count()).where(Charge.contract_id == other.id)) == 3


def test_a_new_price_holds_for_what_is_not_billed(books: Books, session: TenantSession) -> None:
    customer, administration = books.customer(), books.administration()
    values = {
        "code": "K1",
        "name": "Workplaces",
        "customer": customer.code,
        "administration": administration.code,
        "taxable": False,
        **RETAINER,
    }
    save_contracts(session, {1: ContractRecord.model_validate(values)})
    rate(session, until=TODAY)
    mark_billed(session, Charge.period_start == date(2026, 9, 1))
    dearer = values | {"terms": {"quantity": "10", "rate": "16.5"}}
    assert save_contracts(session, {1: ContractRecord.model_validate(dearer)}).changed == 1
    rate(session, until=TODAY)
    assert [net for _, _, net in fees(session)] == [150, 165, 165]


@pytest.mark.parametrize("change", [{"start": "2026-08-01"}, {"billing_period": "Quarterly"}])
def test_a_contract_with_invoices_keeps_its_periods(
    books: Books, session: TenantSession, change: dict[str, str]
) -> None:
    customer, administration = books.customer(), books.administration()
    values = {
        "code": "K1",
        "name": "Workplaces",
        "customer": customer.code,
        "administration": administration.code,
        "taxable": False,
        **RETAINER,
    }
    save_contracts(session, {1: ContractRecord.model_validate(values)})
    rate(session, until=TODAY)
    changed = {7: ContractRecord.model_validate(values | change)}
    billed = Charge.period_start == date(2026, 9, 1)
    mark_billed(session, billed)
    [fault] = save_contracts(session, changed).faults
    assert (fault.line, fault.code) == (7, "RECORD_BILLED")
    release(session, billed)
    assert save_contracts(session, changed).changed == 1
    rate(session, until=TODAY)
    starts = [start for start, _, _ in fees(session)]
    unbilled = session.scalars(select(Charge.state).where(Charge.state == "closed")).all()
    assert len(unbilled) == (4 if "start" in change else 1)
    assert starts[0] == (date(2026, 8, 1) if "start" in change else date(2026, 9, 1))


def test_a_contract_that_ends_sooner_loses_its_unbilled_periods(
    books: Books, session: TenantSession
) -> None:
    row = contract(books, **RETAINER)
    rate(session, until=TODAY)
    row.end = date(2026, 10, 31)
    session.flush()
    assert rate(session, until=TODAY).deleted == 1
    assert len(fees(session)) == 2


def test_rating_up_to_an_earlier_day_keeps_the_fees_that_were_rated(
    books: Books, session: TenantSession
) -> None:
    row = contract(books, **RETAINER)
    rate(session, until=TODAY)
    assert rate(session, until=date(2026, 9, 1)) == RatingReport(contracts=1, unchanged=3)
    row.end = date(2026, 10, 31)
    session.flush()
    assert rate(session, until=date(2026, 9, 1)).deleted == 1


def test_the_currency_is_that_of_the_customer_else_of_the_administration(
    books: Books, session: TenantSession
) -> None:
    administration = books.administration(currency="CHF")
    for customer in (books.customer(currency="USD"), books.customer(currency=None)):
        books.contract(customer, administration, **RETAINER)
    rate(session, until=date(2026, 9, 1))
    assert sorted(session.scalars(select(Charge.currency))) == ["CHF", "USD"]
