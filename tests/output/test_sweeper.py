"""The sweeper: what stands still without work goes on or meets a person."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from bordereau.connections.tables import Connection
from bordereau.output import Sweeper, attention, progress
from bordereau.output.booking import Booking
from bordereau.output.tables import StoredConsignment, StoredDelivery
from bordereau.work import Standing, work_id


@pytest.fixture
def sweeper(shop: Any) -> Sweeper:
    return Sweeper(shop.works.desk, lambda: shop.works.engine)


def make_old(shop: Any) -> None:
    """Pretend that nothing moved for an hour."""
    with shop.session() as session:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        session.execute(update(StoredDelivery).values(changed_at=long_ago))


def lose_work(shop: Any, job: str, subject: UUID, attempt: int = 1) -> None:
    """Make the engine forget a piece of work, as a restored backup would."""
    works = shop.works
    name = work_id(job, shop.tenant_id, subject, attempt)
    with works.database.operator() as session:
        session.execute(
            text("delete from dbos.workflow_status where workflow_uuid = :name"), {"name": name}
        )
    assert works.engine.standing([name]) == {name: Standing.ABSENT}


@pytest.fixture
def stranded(new_works: Any, new_shop: Any) -> Any:
    """A shop without a worker whose order has lost its work."""
    shop = new_shop(new_works())
    shop.connect("renderer", "letter")
    shop.connect("delivery", "post")
    shop.order(shop.invoices(3))
    [chunk] = {row.chunk_id for row in shop.deliveries()}
    lose_work(shop, "render.v1", chunk)
    return shop


def test_deliveries_whose_work_is_gone_are_prepared_and_carried_again(stranded: Any) -> None:
    shop = stranded
    sweeper = Sweeper(shop.works.desk, lambda: shop.works.engine)
    assert sweeper.sweep(shop.tenant_id) == 0  # not old enough yet
    make_old(shop)
    assert sweeper.sweep(shop.tenant_id) == 1
    assert sweeper.sweep(shop.tenant_id) == 0
    shop.works.spawn()
    assert shop.settle() == {("done", ""): 3}
    assert sorted(shop.there("post").values()) == [1, 1, 1]


def test_a_lost_attempt_in_flight_is_looked_up_first(new_works: Any, new_shop: Any) -> None:
    shop = new_shop(new_works())
    ledger = shop.connect("destination", "ledger")
    shop.order(shop.invoices(4), customers=False, destinations=[ledger])
    assert shop.works.spawn(BORDEREAU_KILL_AT="after-call:1").wait(90) == -9
    with shop.session() as session:
        consignment = session.scalars(select(StoredConsignment.id)).one()
    lose_work(shop, "consign.v1", consignment)
    make_old(shop)
    assert Sweeper(shop.works.desk, lambda: shop.works.engine).sweep(shop.tenant_id) == 1
    shop.works.spawn()
    assert shop.settle() == {("done", ""): 4}
    assert {row.outcome for row in shop.deliveries()} == {"adopted"}
    assert sorted(shop.there("ledger").values()) == [1] * 4


@pytest.mark.parametrize(
    ("kind", "key", "after"),
    [("destination", "ledger", ("waiting", "")), ("delivery", "post", ("unknown", "UNKNOWN"))],
)
def test_work_that_breaks_off_for_good_leaves_a_doubt_and_no_guess(
    new_works: Any, new_shop: Any, kind: str, key: str, after: tuple[str, str]
) -> None:
    shop = new_shop(new_works())
    shop.connect("renderer", "letter")
    shop.connect(kind, key, automatic=True)
    shop.order(shop.invoices(1), customers=key == "post")
    assert shop.works.spawn(BORDEREAU_KILL_AT="after-intent:1").wait(90) == -9
    assert shop.states() == {("sending", ""): 1}
    with shop.session() as session:
        id_ = session.scalars(select(StoredConsignment.id)).one()
        enqueue = shop.works.engine.enqueuer()
        Booking(shop.works.desk).conclude(session, enqueue, id_, broken=True)
    assert shop.states() == {after: 1}
    [row] = shop.deliveries()
    assert (row.in_doubt, row.facts != []) == (True, True)
    with shop.session() as session:
        attempt = session.scalars(select(StoredConsignment.attempt)).one()
    work = work_id("consign.v1", shop.tenant_id, id_, attempt)
    assert shop.works.engine.standing([work]) == {work: Standing.ALIVE}
    assert attempt == (2 if key == "ledger" else 1)


def test_what_was_tried_too_often_meets_a_person(stranded: Any) -> None:
    shop = stranded
    make_old(shop)
    with shop.session() as session:
        session.execute(update(StoredDelivery).values(tries=shop.works.desk.pace.tries))
    sweeper = Sweeper(shop.works.desk, lambda: shop.works.engine)
    assert sweeper.sweep(shop.tenant_id) == 0
    assert shop.states() == {("attention", "WORK_FAILED"): 3}


def test_work_that_is_alive_is_left_alone(shop: Any, sweeper: Sweeper) -> None:
    ledger = shop.connect("destination", "ledger", mood="closed for the day")
    shop.order(shop.invoices(2), customers=False, destinations=[ledger])
    shop.wait(lambda: shop.connection(ledger).state == "paused")
    shop.wait(lambda: shop.states() == {("waiting", ""): 2})
    make_old(shop)
    assert sweeper.sweep(shop.tenant_id) == 0
    assert shop.states() == {("waiting", ""): 2}


def test_a_connection_that_has_rested_works_again(shop: Any, sweeper: Sweeper) -> None:
    rested, resting = (shop.connect("destination", "ledger") for _ in range(2))
    for id_, until in ((rested, -1), (resting, 1)):
        with shop.session() as session:
            session.execute(
                update(Connection)
                .where(Connection.id == id_)
                .values(state="paused", paused_until=datetime.now(UTC) + timedelta(hours=until))
            )
    sweeper.run(datetime.now(UTC))
    assert shop.connection(rested).state == "ok"
    assert shop.connection(resting).state == "paused"


def test_a_confirmation_that_never_comes_is_shown(shop: Any, sweeper: Sweeper) -> None:
    ledger = shop.connect("destination", "ledger", mood="slow answer")
    shop.order(shop.invoices(1), customers=False, destinations=[ledger])
    shop.wait(lambda: shop.states() == {("pending", ""): 1})
    sweeper.sweep(shop.tenant_id)
    assert shop.states() == {("pending", ""): 1}
    with shop.session() as session:
        long_ago = datetime.now(UTC) - timedelta(days=4)
        session.execute(update(StoredDelivery).values(changed_at=long_ago))
    sweeper.sweep(shop.tenant_id)
    assert shop.states() == {("attention", "PENDING_TOO_LONG"): 1}


def test_work_that_always_fails_before_it_begins_meets_a_person(stranded: Any) -> None:
    shop = stranded
    sweeper = Sweeper(shop.works.desk, lambda: shop.works.engine)
    chunk = shop.deliveries()[0].chunk_id
    make_old(shop)
    for attempt in range(2, shop.works.desk.pace.tries + 1):
        assert sweeper.sweep(shop.tenant_id) == 1
        lose_work(shop, "render.v1", chunk, attempt)
        make_old(shop)
    assert sweeper.sweep(shop.tenant_id) == 0
    assert shop.states() == {("attention", "WORK_FAILED"): 3}


def test_a_call_that_takes_too_long_is_reported_and_its_answer_still_counts(
    shop: Any, sweeper: Sweeper, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = shop.connect("destination", "ledger", mood="stuck")
    ordered = shop.order(shop.invoices(2), customers=False, destinations=[ledger])
    shop.wait(lambda: shop.states() == {("sending", ""): 2})
    sweeper.sweep(shop.tenant_id)
    assert shop.states() == {("sending", ""): 2}
    make_old(shop)
    for _ in range(2):
        assert sweeper.sweep(shop.tenant_id) == 0
    assert [line.levelname for line in caplog.records if "CALL_TOO_LONG" in line.message] == [
        "ERROR"
    ]
    with shop.session() as session:
        now = progress(session, order_id=ordered.order_id)
        [cause] = attention(session)
    assert (now.moving, now.overdue, now.stuck) == (2, 2, 0)
    assert (cause.code, cause.deliveries, cause.retry) == ("CALL_TOO_LONG", 2, False)
    (shop.folder / "go").touch()
    assert shop.settle() == {("done", ""): 2}
