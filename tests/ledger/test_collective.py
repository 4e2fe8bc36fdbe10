"""Posting many invoices by a filter, chunk by chunk, from several places at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event
from tests.fixtures.shop import TODAY

from bordereau.errors import Forbidden
from bordereau.ledger import InvoiceFilter, post, post_matching, post_one
from bordereau.store import Database
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collect the statements that are executed."""
    seen: list[str] = []

    def note(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def sell(ledger: Any, count: int, net: str = "100") -> list[Any]:
    for _ in range(count):
        ledger.shop.charge(ledger.shop.contract(), net)
    return list(ledger.shop.issue())


@pytest.mark.row("B62")
def test_every_invoice_of_a_filter_is_posted_with_a_result_each(
    ledger: Any, database: Database, tenant_id: TenantId
) -> None:
    session = ledger.shop.session
    made = sell(ledger, 5)
    post_one(session, made[1].id, actor=ledger.keeper)
    session.commit()
    results = post_matching(database, tenant_id, InvoiceFilter(), actor=ledger.keeper, chunk=2)
    assert [one.invoice_id for one in results] == [one.id for one in (made[0], *made[2:])]
    assert all(one.entry_id and one.refusal is None for one in results)
    assert len(ledger.entries()) == 5
    assert post_matching(database, tenant_id, InvoiceFilter(), actor=ledger.keeper) == ()


def test_refused_invoices_do_not_keep_the_loop_going(
    ledger: Any, database: Database, tenant_id: TenantId
) -> None:
    sell(ledger, 3)
    ledger.shop.seller.closed_until = TODAY
    ledger.shop.session.commit()
    results = post_matching(database, tenant_id, InvoiceFilter(), actor=ledger.keeper, chunk=1)
    assert [one.refusal and one.refusal.code for one in results] == ["PERIOD_CLOSED"] * 3


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"kind": "381"}, 1),
        ({"kind": "380"}, 2),
        ({"issued_until": date(2026, 11, 19)}, 0),
        ({"issued_from": TODAY, "issued_until": TODAY}, 3),
    ],
)
def test_the_filter_restricts_what_is_posted(
    ledger: Any, database: Database, tenant_id: TenantId, wanted: dict[str, Any], count: int
) -> None:
    sell(ledger, 2)
    sell(ledger, 1, "-5")
    ledger.shop.session.commit()
    results = post_matching(database, tenant_id, InvoiceFilter(**wanted), actor=ledger.keeper)
    assert len(results) == count


def test_the_filter_knows_customer_batch_and_administration(
    ledger: Any, database: Database, tenant_id: TenantId
) -> None:
    first, *_others = sell(ledger, 2)
    batch, seller = first.batch_id, ledger.shop.seller.id
    ledger.shop.session.commit()
    one = InvoiceFilter(customer_id=first.customer_id, batch_id=batch, administration_id=seller)
    results = post_matching(database, tenant_id, one, actor=ledger.keeper)
    assert [found.invoice_id for found in results] == [first.id]


def test_the_number_of_statements_does_not_depend_on_the_number_of_invoices(
    ledger: Any, database: Database
) -> None:
    counts = []
    for size in (1, 40):
        made = [one.id for one in sell(ledger, size)]
        with statements(database) as seen:
            results = post(ledger.shop.session, made, actor=ledger.keeper)
            ledger.shop.session.commit()
        assert all(one.entry_id for one in results)
        counts.append(len(seen))
    assert counts[0] == counts[1] < 25


@pytest.mark.row("B62")
def test_two_who_post_at_once_post_every_invoice_once(
    ledger: Any, database: Database, tenant_id: TenantId
) -> None:
    sell(ledger, 30)
    ledger.shop.session.commit()

    def everything(_number: int) -> int:
        found = post_matching(database, tenant_id, InvoiceFilter(), actor=ledger.keeper, chunk=7)
        return sum(one.entry_id is not None for one in found)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(everything, range(2))) == 30
    assert len(ledger.entries()) == 30


def test_posting_collectively_needs_the_right(
    database: Database, tenant_id: TenantId, reader: Actor
) -> None:
    with pytest.raises(Forbidden):
        post_matching(database, tenant_id, InvoiceFilter(), actor=reader)
