"""The database refuses what follows from an answer: nothing is lost and nothing is sent again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from bordereau.output import attention, retry_failed
from bordereau.store.roles import plain_url

REFUSE = "raise exception 'no' using errcode = 'check_violation'"
CUT = "if nextval('{name}') <= 10 then perform pg_terminate_backend(pg_backend_pid()); end if"
TRIGGER = """
create sequence {name};
grant usage on sequence {name} to public;
create function {name}() returns trigger language plpgsql as $$
begin
  if new.tenant_id = {tenant} and {when} then {act}; end if;
  return new;
end $$;
create trigger {name} before insert on {table} for each row execute function {name}();
"""


@pytest.fixture
def spoil(shop: Any) -> Callable[..., Any]:
    """A way to let the database act on what is inserted for the shop, while a block lasts."""

    def connect() -> psycopg.Connection:
        url = str(shop.works.database.owner_url)
        return psycopg.connect(plain_url(url), autocommit=True)

    @contextmanager
    def spoilt(table: str, act: str, when: str = "true") -> Iterator[None]:
        name = f"spoil_{shop.tenant_id}"
        words = {"name": name, "tenant": shop.tenant_id, "table": table, "when": when}
        with connect() as connection:
            connection.execute(TRIGGER.format(act=act.format(name=name), **words))
        try:
            yield
        finally:
            with connect() as connection:
                connection.execute(f"drop function {name} cascade; drop sequence {name}")

    return spoilt


def retry(shop: Any) -> int:
    """Let a person try again what failed inside."""
    with shop.session() as session:
        tools = (session, shop.works.engine.enqueuer(), shop.works.desk.connections)
        return retry_failed(*tools, shop.actor, code="WORK_FAILED")


@pytest.mark.parametrize(("kind", "key"), [("destination", "ledger"), ("delivery", "post")])
def test_a_delivery_that_cannot_be_booked_holds_up_no_other_and_meets_a_person(
    shop: Any, spoil: Any, kind: str, key: str
) -> None:
    shop.connect(kind, key, automatic=True)
    ids = shop.invoices(4)
    with spoil("invoice_fact", REFUSE, f"new.reference = 'there/{shop.number(ids[1])}'"):
        shop.order(ids, customers=key == "post")
        assert shop.settle() == {("done", ""): 3, ("attention", "WORK_FAILED"): 1}
        [row] = shop.deliveries(ids[1])
        assert row.tries == shop.works.desk.pace.tries
        with shop.session() as session:
            [cause] = attention(session)
        assert cause.retry
        assert "IntegrityError" in cause.example
        assert "Try again" in cause.example
        calls = len(shop.calls(key))
        retry(shop)
        assert shop.settle() == {("done", ""): 3, ("attention", "WORK_FAILED"): 1}
    assert retry(shop) == 1
    assert shop.settle() == {("done", ""): 4}
    assert len(shop.calls(key)) == calls
    assert sorted(shop.there(key).values()) == [1] * 4
    assert shop.facts().total() == 4


def test_an_answer_is_booked_as_soon_as_the_database_takes_it(shop: Any, spoil: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    with spoil("invoice_fact", REFUSE):
        shop.order(shop.invoices(3), customers=False, destinations=[ledger])
        shop.wait(lambda: {row.tries for row in shop.deliveries()} == {2})
    assert shop.settle() == {("done", ""): 3}
    assert len(shop.calls("ledger")) == 1


def test_a_lost_connection_is_tried_again_for_as_long_as_it_takes(shop: Any, spoil: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    with spoil("invoice_fact", CUT):
        shop.order(shop.invoices(2), customers=False, destinations=[ledger])
        assert shop.settle() == {("done", ""): 2}
    assert {row.tries for row in shop.deliveries()} == {1}
    assert len(shop.calls("ledger")) == 1


def test_consignments_that_cannot_be_formed_meet_a_person(shop: Any, spoil: Any) -> None:
    shop.connect("delivery", "post")
    ids = shop.invoices(2)
    with spoil("consignment", REFUSE):
        shop.order(ids)
        assert shop.settle() == {("attention", "WORK_FAILED"): 2}
    assert retry(shop) == 2
    assert shop.settle() == {("done", ""): 2}
    assert sorted(shop.there("post").values()) == [1, 1]


def test_an_answer_with_characters_that_no_database_holds_is_kept(shop: Any) -> None:
    ledger = shop.connect("destination", "ledger", mood="garbled")
    [id_] = shop.invoices(1)
    shop.order([id_], customers=False, destinations=[ledger])
    assert shop.settle() == {("done", ""): 1}
    [row] = shop.deliveries()
    assert (row.message, row.reference) == ("thank you?", f"there/{shop.number(id_)}?")
    with shop.session() as session:
        assert session.scalar(text("select count(*) from delivery_attempt")) == 1
