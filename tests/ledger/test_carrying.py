"""Carrying forward what is not booked, and closing periods."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from tests.fixtures.shop import TODAY

from bordereau.errors import BordereauError, Forbidden, NotFound
from bordereau.invoices import document_of
from bordereau.invoices.tables import Invoice
from bordereau.ledger import (
    book_revenue,
    carried,
    carry_forward,
    close_until,
    parts_of,
    post_one,
    spread,
)
from bordereau.store import Database
from bordereau.tenancy import Actor, Right
from bordereau.values.ids import TenantId, uuid7

CLOSED, OPEN = date(2026, 11, 30), date(2026, 12, 1)


def code_of(act: Any, kind: type[BordereauError] = BordereauError) -> str:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def carry(ledger: Any) -> Any:
    session, seller = ledger.shop.session, ledger.shop.seller
    close_until(session, seller.id, CLOSED, actor=ledger.keeper)
    return carry_forward(session, seller.id, actor=ledger.keeper)


@pytest.mark.row("B65")
def test_an_unposted_invoice_moves_to_the_next_open_period_and_nothing_else_of_it(
    ledger: Any,
) -> None:
    session, invoice = ledger.shop.session, ledger.invoice()
    before = document_of(session, invoice.id)
    run = carry(ledger)
    session.refresh(invoice)
    assert document_of(session, invoice.id) == before
    assert (invoice.issue_date, invoice.number) == (TODAY, before.number)
    (moved,) = carried(session, run.id)
    assert (moved.number, moved.period, moved.moved_from) == (invoice.number, None, TODAY)
    assert (moved.amount, moved.moved_to) == (invoice.total, OPEN)
    assert post_one(session, invoice.id, actor=ledger.keeper).entry_date == OPEN
    (entry,) = ledger.entries()
    assert (entry.entry_date, entry.document_date) == (OPEN, TODAY)


@pytest.mark.row("B65")
def test_revenue_that_is_not_booked_moves_and_keeps_its_period_and_amount(
    ledger: Any, database: Database, tenant_id: TenantId
) -> None:
    session = ledger.shop.session
    line = ledger.line()
    made = spread(session, line.id, first=TODAY, last=OPEN, actor=ledger.keeper)
    run = carry(ledger)
    (moved,) = carried(session, run.id)
    assert (moved.period, moved.moved_to) == (date(2026, 11, 1), OPEN)
    assert moved.amount == 500
    parts = parts_of(session, made.id)
    assert [(part.period, part.entry_date) for part in parts] == [
        (date(2026, 11, 1), OPEN),
        (OPEN, OPEN),
    ]
    session.commit()
    done = book_revenue(database, tenant_id, until=OPEN, actor=ledger.keeper)
    assert (done.booked, done.closed) == (2, 0)


@pytest.mark.row("B65")
def test_posted_invoices_drafts_and_open_periods_stay(ledger: Any) -> None:
    shop = ledger.shop
    ledger.line()
    shop.charge(shop.contract())
    shop.generate()
    later = ledger.invoice()
    close_until(shop.session, shop.seller.id, date(2026, 10, 31), actor=ledger.keeper)
    run = carry_forward(shop.session, shop.seller.id, actor=ledger.keeper)
    assert (run.invoices, run.parts) == (0, 0)
    run = carry(ledger)
    assert [moved.invoice_id for moved in carried(shop.session, run.id)] == [later.id]


@pytest.mark.row("B65")
def test_carrying_again_moves_nothing_and_the_next_close_moves_on(ledger: Any) -> None:
    session, invoice = ledger.shop.session, ledger.invoice("-100")
    carry(ledger)
    assert carry(ledger).invoices == 0
    close_until(session, ledger.shop.seller.id, date(2026, 12, 31), actor=ledger.keeper)
    run = carry_forward(session, ledger.shop.seller.id, actor=ledger.keeper)
    (moved,) = carried(session, run.id)
    assert (moved.moved_from, moved.moved_to) == (OPEN, date(2027, 1, 1))
    assert (moved.invoice_id, moved.amount) == (invoice.id, -invoice.total)


@pytest.mark.row("B65")
def test_the_report_is_read_page_by_page(ledger: Any) -> None:
    made = [ledger.invoice().id for _ in range(5)]
    run = carry(ledger)
    first = carried(ledger.shop.session, run.id, limit=3)
    rest = carried(ledger.shop.session, run.id, after=first[-1].position, limit=3)
    assert [moved.invoice_id for moved in (*first, *rest)] == made


def test_only_one_administration_is_carried_forward(ledger: Any) -> None:
    invoice = ledger.invoice()
    other = ledger.shop.books.administration(closed_until=CLOSED)
    run = carry_forward(ledger.shop.session, other.id, actor=ledger.keeper)
    assert run.invoices == 0
    session = ledger.shop.session
    assert session.scalars(select(Invoice.id)).all() == [invoice.id]


def test_carrying_needs_the_right_an_administration_and_something_closed(
    ledger: Any, reader: Actor
) -> None:
    session, seller = ledger.shop.session, ledger.shop.seller
    nothing = lambda: carry_forward(session, seller.id, actor=ledger.keeper)  # noqa: E731 - called once
    assert code_of(nothing) == "NOTHING_CLOSED"
    code_of(lambda: carry_forward(session, uuid7(), actor=ledger.keeper), NotFound)
    code_of(lambda: carry_forward(session, seller.id, actor=reader), Forbidden)
    code_of(lambda: carried(session, uuid7()), NotFound)


def test_whoever_posts_may_close_but_only_an_administrator_opens_again(ledger: Any) -> None:
    session, seller = ledger.shop.session, ledger.shop.seller
    poster = Actor("poster@exemple.example", frozenset({Right.POST}))
    close_until(session, seller.id, CLOSED, actor=poster)
    code_of(lambda: close_until(session, seller.id, TODAY, actor=poster), Forbidden)
    close_until(session, seller.id, None, actor=ledger.keeper)
    assert seller.closed_until is None
    code_of(lambda: close_until(session, uuid7(), CLOSED, actor=poster), NotFound)
