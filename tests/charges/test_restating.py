"""Settled periods are restated with late work, and the difference is billed."""

from datetime import date

import pytest
from sqlalchemy import select
from tests.charges.block import (
    CLERK,
    HOURS,
    TODAY,
    NewBatch,
    Work,
    bill_september,
    block,
    nets,
    statements,
)
from tests.fixtures.books import Books
from tests.fixtures.shop import amounts

from bordereau.catalog.tables import Contract
from bordereau.charges import (
    Charge,
    apply_restatement,
    is_ready,
    mark_billed,
    preview_restatement,
    rate,
    reasons,
    reserve,
)
from bordereau.charges.tables import BlockPeriod
from bordereau.errors import Conflict, Forbidden, Invalid, NotFound
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import uuid7


def adjusting(books: Books, session: TenantSession, work: Work) -> tuple[Contract, Charge]:
    contract, ticket = block(books, HOURS | {"commit_rollover": True}, late_policy="adjust")
    work(ticket, "2026-09-10T09:00", 6 * 60)
    work(ticket, "2026-10-10T09:00", 14 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    mark_billed(session, Charge.period_start == date(2026, 10, 1))
    late = work(ticket, "2026-09-05T09:00", 3 * 60)
    rate(session, until=TODAY)
    return contract, late


def test_a_restatement_is_shown_then_billed_as_one_adjustment(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, late = adjusting(books, session, work)
    assert [one.code for one in reasons(late, TODAY)] == ["NOT_RESTATED"]
    shown = preview_restatement(session, contract.id)
    assert [(one.old.overage, one.new.overage) for one in shown.changes] == [
        amounts("0 0"),
        amounts("0 180"),
    ]
    assert shown.difference == 390
    assert nets(session, "adjustment") == []
    assert apply_restatement(session, CLERK, contract.id) == shown
    [(start, net)] = nets(session, "adjustment")
    assert (start, net) == (date(2026, 9, 1), 390)
    session.expire_all()
    assert (late.state, late.net, late.quantity) == ("closed", *amounts("0 3"))
    revisions = session.execute(
        select(BlockPeriod.period_start, BlockPeriod.revision, BlockPeriod.created_by).order_by(
            BlockPeriod.period_start, BlockPeriod.revision
        )
    ).all()
    assert [tuple(row) for row in revisions][:4] == [
        (date(2026, 9, 1), 1, ""),
        (date(2026, 9, 1), 2, "clerk"),
        (date(2026, 10, 1), 1, ""),
        (date(2026, 10, 1), 2, "clerk"),
    ]
    assert preview_restatement(session, contract.id).changes == ()
    report = rate(session, until=TODAY)
    assert (report.created, report.deleted) == (0, 0)


def test_a_restatement_needs_the_terms_of_the_day_and_the_right(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, _ = adjusting(books, session, work)
    with pytest.raises(Forbidden):
        apply_restatement(session, Actor("reader", frozenset({"read"})), contract.id)
    contract.terms = HOURS | {"hours_included": "2"}
    session.flush()
    with pytest.raises(Conflict) as refused:
        preview_restatement(session, contract.id)
    assert refused.value.code == "TERMS_CHANGED"
    with pytest.raises(NotFound):
        preview_restatement(session, uuid7())
    other = books.contract(books.customer(), books.administration())
    with pytest.raises(Invalid):
        preview_restatement(session, other.id)


def test_after_a_restatement_open_periods_begin_with_what_is_left(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, ticket = block(books, HOURS | {"commit_rollover": True}, late_policy="adjust")
    work(ticket, "2026-09-10T09:00", 6 * 60)
    rate(session, until=TODAY)
    bill_september(session)
    work(ticket, "2026-09-05T09:00", 3 * 60)
    assert [one[0] for one in statements(session, contract)] == [0, 240, 840]
    apply_restatement(session, CLERK, contract.id)
    assert [one[0] for one in statements(session, contract)] == [0, 60, 660]


def test_a_restatement_leaves_alone_what_was_billed(
    books: Books, session: TenantSession, work: Work
) -> None:
    contract, late = adjusting(books, session, work)
    apply_restatement(session, CLERK, contract.id)
    mark_billed(session, Charge.contract_id == contract.id)
    assert apply_restatement(session, CLERK, contract.id).changes == ()
    session.refresh(late)
    assert late.state == "billed"


def test_a_restatement_waits_while_a_batch_reserves_work_of_the_contract(
    books: Books, session: TenantSession, work: Work, new_batch: NewBatch
) -> None:
    contract, _ = adjusting(books, session, work)
    assert reserve(session, new_batch(), is_ready(date(2026, 12, 1))) == 1
    with pytest.raises(Conflict) as refused:
        apply_restatement(session, CLERK, contract.id)
    assert refused.value.code == "CONTRACT_RESERVED"
