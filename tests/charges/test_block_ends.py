"""A new end of a block changes what is billed of its fees, forward and back."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from tests.charges.block import HOURS, TODAY, Work, bill_september, block
from tests.charges.corrected import Agreement
from tests.fixtures.books import Books

from bordereau.charges import Charge, is_ready, mark_billed, preview_restatement, rate, release
from bordereau.errors import Conflict
from bordereau.store import TenantSession

BLOCK = {"type": "BlockHours", "terms": HOURS, "start": "2026-09-01", "timing": "advance"}
SEPTEMBER = date(2026, 9, 30)


def worth(session: TenantSession) -> Decimal:
    """All that is billed or waits for a batch."""
    session.expire_all()
    counts = Charge.state.in_(["billed", "closed", "reserved"])
    return session.scalar(select(func.sum(Charge.net)).where(counts)) or Decimal(0)


def bill_ready(session: TenantSession) -> None:
    mark_billed(session, is_ready(TODAY))


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize(
    ("proration", "end", "left"),
    [
        ("daily", "2026-11-10", "2333.33"),
        ("daily", "2026-10-31", "2000"),
        ("none", "2026-11-10", "3000"),
        ("none", "2026-09-30", "1000"),
        ("daily", "2026-09-15", "500"),
    ],
)
def test_a_block_that_ends_earlier_gives_back_the_fees_of_the_days_that_it_loses(
    books: Books, session: TenantSession, proration: str, end: str, left: str, *, settled: bool
) -> None:
    one = Agreement(books, session, **BLOCK, prorate=proration)
    one.rate(TODAY)
    bill_ready(session)
    if settled:
        one.rate(TODAY)
    one.save(end=end)
    assert worth(session) == Decimal(left)
    one.rate(TODAY)
    assert worth(session) == Decimal(left)
    bill_ready(session)
    one.rate(TODAY)
    assert worth(session) == Decimal(left)


@pytest.mark.parametrize("bills", [False, True])
def test_a_block_whose_end_goes_back_and_forth_costs_what_its_last_end_makes(
    books: Books, session: TenantSession, *, bills: bool
) -> None:
    one = Agreement(books, session, **BLOCK, prorate="daily")
    one.rate(TODAY)
    bill_ready(session)
    one.rate(TODAY)
    for end, left in [
        ("2026-09-15", 500),
        ("2026-12-31", 3000),
        ("2026-09-15", 500),
        ("2026-09-21", 700),
        ("2026-10-31", 2000),
    ]:
        one.save(end=end)
        one.rate(TODAY)
        assert worth(session) == left
        if bills:
            bill_ready(session)
            one.rate(TODAY)
            assert worth(session) == left


def test_a_cut_block_gives_back_what_was_billed_and_not_what_it_would_cost_now(
    books: Books, session: TenantSession
) -> None:
    one = Agreement(books, session, **BLOCK, prorate="daily")
    one.rate(TODAY)
    bill_ready(session)
    one.save(terms=HOURS | {"price_per_hour": "200"})
    one.save(end="2026-09-15")
    one.rate(TODAY)
    assert worth(session) == 500


def test_a_part_of_a_fee_that_a_credit_gave_back_is_billed_again(
    books: Books, session: TenantSession
) -> None:
    contract, _ = block(books, HOURS, end=date(2026, 9, 15), prorate="daily")
    rate(session, until=TODAY)
    bill_september(session)
    for end in (date(2026, 9, 21), SEPTEMBER):
        contract.end = end
        session.flush()
        rate(session, until=TODAY)
        bill_september(session)
    assert worth(session) == 1000
    release(session, Charge.source_key.contains("@2026-09-16:"), reopened=True)
    rate(session, until=TODAY)
    assert worth(session) == 1000


def test_a_part_of_overage_that_a_credit_gave_back_is_billed_again(
    books: Books, session: TenantSession, work: Work
) -> None:
    _, ticket = block(books, HOURS, end=SEPTEMBER)
    work(ticket, "2026-09-20T09:00", 12 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    for start in ("2026-09-05T09:00", "2026-09-04T09:00"):
        work(ticket, start, 60)
        bill_september(session)
    assert worth(session) == 1000 + 4 * 130
    release(session, Charge.source_key.endswith(":rest1"), reopened=True)
    rate(session, until=TODAY)
    assert worth(session) == 1000 + 4 * 130


def test_a_block_that_ended_before_a_settled_period_cannot_be_restated(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS, late_policy="adjust")
    work(ticket, "2026-10-05T09:00")
    rate(session, until=TODAY)
    bill_ready(session)
    rate(session, until=TODAY)
    contract.end = SEPTEMBER
    session.flush()
    with pytest.raises(Conflict) as refused:
        preview_restatement(session, contract.id)
    assert refused.value.code == "TERMS_CHANGED"
