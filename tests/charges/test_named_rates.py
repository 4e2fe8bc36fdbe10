"""A rate that work names stays on its contract until the work is settled."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.charges.block import CLERK, MONEY, TODAY, Work
from tests.charges.corrected import Agreement
from tests.fixtures.books import Books

from bordereau.catalog.tables import Contract, Customer
from bordereau.charges import Charge, ContractRecord, mark_billed, rate, revalue, save_contracts
from bordereau.store import TenantSession

NIGHT = {"additional_rates": {"Night": "150"}}
HOURLY: dict[str, Any] = {"type": "Hourly", "terms": {"primary_rate": "90"} | NIGHT}
BLOCK: dict[str, Any] = {"type": "BlockMoney", "terms": MONEY | NIGHT, "start": "2026-09-01"}


def with_night_work(
    books: Books, session: TenantSession, work: Work, values: dict[str, Any]
) -> Agreement:
    agreement = Agreement(books, session, **values)
    customer = session.get_one(Customer, (session.tenant_id, agreement.row.customer_id))
    work(books.ticket(customer, agreement.row), rate="Night")
    return agreement


def drop_night(session: TenantSession, agreement: Agreement) -> list[tuple[int, str]]:
    """Save the contract without its rate, and another one beside it."""
    terms = dict(agreement.values["terms"])
    del terms["additional_rates"]
    records = {
        1: ContractRecord.model_validate(agreement.values | {"terms": terms}),
        2: ContractRecord.model_validate(agreement.values | {"code": "GOOD"}),
    }
    saved = save_contracts(session, records)
    assert saved.created == 1
    return [(one.line, one.code) for one in saved.faults]


@pytest.mark.parametrize("values", [HOURLY, BLOCK])
@pytest.mark.parametrize("rated", [False, True])
def test_a_rate_that_unbilled_work_names_cannot_be_dropped(
    books: Books, session: TenantSession, work: Work, values: dict[str, Any], *, rated: bool
) -> None:
    agreement = with_night_work(books, session, work, values)
    if rated:
        rate(session, until=TODAY)
    assert drop_night(session, agreement) == [(1, "RATE_IN_USE")]
    assert rate(session, until=TODAY).contracts == (0 if values is HOURLY else 2)


def test_a_block_keeps_a_rate_until_its_statement_is_settled_and_others_until_work_is_billed(
    books: Books, session: TenantSession, work: Work
) -> None:
    agreement = with_night_work(books, session, work, BLOCK)
    rate(session, until=TODAY)
    mark_billed(session, Charge.period_start <= date(2026, 10, 1))
    assert drop_night(session, agreement) == [(1, "RATE_IN_USE")]
    rate(session, until=TODAY)
    session.execute(update(Contract).where(Contract.code == "GOOD").values(code="OTHER"))
    assert drop_night(session, agreement) == []
    assert rate(session, until=TODAY).contracts == 3


def test_a_billed_hour_does_not_keep_its_rate_on_an_hourly_contract(
    books: Books, session: TenantSession, work: Work
) -> None:
    agreement = with_night_work(books, session, work, HOURLY)
    mark_billed(session, Charge.kind == "time")
    assert drop_night(session, agreement) == []


def test_revaluing_tells_by_line_where_the_contract_has_no_such_rate_any_more(
    books: Books, session: TenantSession, work: Work
) -> None:
    agreement = with_night_work(books, session, work, HOURLY)
    session.execute(
        update(Contract)
        .where(Contract.id == agreement.row.id)
        .values(terms={"primary_rate": "100"})
    )
    customer = session.get_one(Customer, (session.tenant_id, agreement.row.customer_id))
    work(books.ticket(customer, agreement.row))
    results = revalue(session, CLERK, Charge.kind == "time")
    assert [one.code for one in results] == ["RATE_UNKNOWN", ""]
    prices = session.scalars(select(Charge.unit_price).order_by(Charge.source_key))
    assert list(prices) == [150, 100]
