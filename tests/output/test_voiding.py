"""An invoice is voided while its output is ordered, waits or is booked: it is sent or void."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text

from bordereau.errors import Conflict, Refused
from bordereau.invoices import void_invoice
from bordereau.invoices.tables import Invoice
from bordereau.output import OutputOptions, order
from bordereau.output.tables import StoredDelivery


@pytest.fixture
def shop(quiet_works: Any, new_shop: Callable[[Any], Any]) -> Any:
    """A shop with a ledger, where nothing moves by itself."""
    shop = new_shop(quiet_works)
    shop.connect("destination", "ledger", automatic=True)
    return shop


@pytest.fixture
def beside() -> Iterator[Callable[..., Future[Any]]]:
    """A way to do something at the same time."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit


def void(shop: Any, id_: Any) -> None:
    with shop.session() as session:
        void_invoice(session, id_, reason="Mistake", actor=shop.actor)


def is_held_up(shop: Any) -> bool:
    """Whether somebody waits for a lock."""
    query = text(
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )
    with shop.works.database.operator() as session:
        return bool(session.scalar(query))


def test_an_order_waits_for_a_voiding_and_then_refuses(shop: Any, beside: Any) -> None:
    [id_] = shop.invoices(1)
    with shop.session() as session:
        void_invoice(session, id_, reason="Mistake", actor=shop.actor)
        ordering = beside(shop.order, [id_], customers=False)
        shop.wait(lambda: is_held_up(shop))
    with pytest.raises(Refused) as caught:
        ordering.result()
    assert caught.value.code == "NOT_ISSUED"
    assert shop.deliveries() == []


def test_a_voiding_waits_for_an_order_and_cancels_what_it_made(shop: Any, beside: Any) -> None:
    [id_] = shop.invoices(1)
    with shop.session() as session:
        order(
            session,
            shop.works.engine.enqueuer(),
            shop.works.desk.connections,
            title="October",
            actor=shop.actor,
            invoice_ids=[id_],
            options=OutputOptions(customers=False),
        )
        voiding = beside(void, shop, id_)
        shop.wait(lambda: is_held_up(shop))
    voiding.result()
    assert shop.states() == {("skipped", "CANCELLED"): 1}


def test_a_waiting_delivery_of_a_voided_invoice_is_cancelled_and_not_sent(shop: Any) -> None:
    kept, gone = shop.invoices(2)
    shop.order([kept, gone], customers=False)
    with shop.session() as session:
        session.get_one(Invoice, (shop.tenant_id, gone)).state = "voided"
    worker = shop.works.spawn()
    assert shop.settle() == {("done", ""): 1, ("skipped", "INVOICE_VOIDED"): 1}
    worker.terminate()
    assert worker.wait() == 0
    [row] = shop.deliveries(gone)
    assert (row.message, row.attempts) == ("The invoice was voided before it left.", 0)
    [done] = shop.deliveries(kept)
    assert shop.there("ledger") == {shop.name_of(done): 1}


def test_a_voiding_does_not_wait_for_a_delivery_that_is_being_booked(
    shop: Any, beside: Any
) -> None:
    [id_] = shop.invoices(1)
    shop.order([id_], customers=False)
    with shop.session() as booking:
        booking.execute(select(StoredDelivery.id).with_for_update())
        with pytest.raises(Conflict) as caught:
            beside(void, shop, id_).result(60)
        booking.execute(select(Invoice.id).with_for_update(key_share=True))
    assert caught.value.code == "INVOICE_ON_ITS_WAY"
    void(shop, id_)
    assert shop.states() == {("skipped", "CANCELLED"): 1}
