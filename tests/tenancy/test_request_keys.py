"""A request that is sent twice is done once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bordereau.errors import Conflict
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Answer, claim, forget_requests, store_answer
from bordereau.values.ids import TenantId


def test_the_same_request_gets_the_stored_answer(session: TenantSession) -> None:
    assert claim(session, "k1", "POST /batches", b'{"name":"May"}') is None
    store_answer(session, "k1", 201, {"id": "bat_1"})
    again = claim(session, "k1", "POST /batches", b'{"name":"May"}')
    assert again == Answer(201, {"id": "bat_1"})


@pytest.mark.parametrize(
    ("route", "body"), [("POST /batches", b"other"), ("POST /invoices", b"body")]
)
def test_a_key_is_not_used_for_another_request(
    session: TenantSession, route: str, body: bytes
) -> None:
    claim(session, "k1", "POST /batches", b"body")
    store_answer(session, "k1", 201, {})
    with pytest.raises(Conflict) as refused:
        claim(session, "k1", route, body)
    assert refused.value.code == "IDEMPOTENCY_KEY_REUSED"


def test_work_that_was_undone_leaves_the_key_free(database: Database, tenant_id: TenantId) -> None:
    with TenantSession(database.engine, tenant_id) as session:
        claim(session, "k2", "POST /batches", b"")
        session.rollback()
        assert claim(session, "k2", "POST /batches", b"") is None


def test_two_requests_at_once_are_done_once(database: Database, tenant_id: TenantId) -> None:
    answers: list[Answer | None] = []
    with database.tenant(tenant_id) as session:
        assert claim(session, "k3", "POST /batches", b"") is None

        def second() -> None:
            with database.tenant(tenant_id) as other:
                answers.append(claim(other, "k3", "POST /batches", b""))

        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive(), "the second request waits for the first"
        store_answer(session, "k3", 200, {"done": True})
    thread.join(10)
    assert answers == [Answer(200, {"done": True})]


def test_old_requests_are_forgotten(session: TenantSession) -> None:
    claim(session, "k4", "POST /batches", b"")
    assert forget_requests(session, datetime.now(UTC) - timedelta(days=1)) == 0
    assert forget_requests(session, datetime.now(UTC) + timedelta(days=1)) == 1
