"""The same request twice is safe: one effect, the same answer; another body is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bordereau.batches.tables import Batch
from bordereau.tenancy.tables import RequestKey
from bordereau_api.upkeep import Forgetting

BATCH = {"name": "October"}


def send(account: Any, path: str, body: Any, key: str) -> Any:
    return account.call("POST", path, json=body, headers={"Idempotency-Key": key})


def test_the_same_key_and_body_give_the_same_answer(client: Any) -> None:
    first, second = (send(client, "/batches", BATCH, "one") for _ in range(2))
    assert (first.status_code, first.json()) == (201, second.json())
    assert second.status_code == 201
    assert second.headers["etag"] == first.headers["etag"]
    assert len(client.get("/batches")["data"]) == 1


@pytest.mark.parametrize(
    ("path", "body"), [("/batches", {"name": "November"}), ("/charges/rate", BATCH)]
)
def test_the_same_key_with_another_body_or_route_is_refused(
    client: Any, path: str, body: Any
) -> None:
    send(client, "/batches", BATCH, "one")
    answer = send(client, path, body if path == "/batches" else {}, "one")
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(client.get("/batches")["data"]) == 1


def test_another_key_is_another_request(client: Any) -> None:
    ids = {send(client, "/batches", BATCH, key).json()["id"] for key in ("one", "two")}
    assert len(ids) == 2


def test_accounts_do_not_share_keys(client: Any, stranger: Any) -> None:
    ids = {send(one, "/batches", BATCH, "one").json()["id"] for one in (client, stranger)}
    assert len(ids) == 2


def test_nobody_gets_the_answer_of_another_user(client: Any) -> None:
    send(client, "/batches", BATCH, "one")
    other = client.key_of("batch")
    headers = {"Idempotency-Key": "one"}
    answer = client.call("POST", "/batches", json=BATCH, headers=headers, key=other)
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("path", ["/batches", "/customers", "/users"])
def test_eight_at_once_have_one_effect(client: Any, path: str) -> None:
    bodies = {
        "/batches": BATCH,
        "/customers": {"code": "C1", "name": "One", "country": "FR"},
        "/users": {"email": "one@users.example", "name": "One"},
    }
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(client, path, bodies[path], "one"), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json() == answers[0].json() for answer in answers)
    made = [one for one in client.get(path)["data"] if one["name"] == bodies[path]["name"]]
    assert len(made) == 1


def test_work_in_several_transactions_can_be_repeated_too(client: Any) -> None:
    csv = "code,name,country\nA,A,FR\n"
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "file"}
    answers = [
        client.call("POST", "/imports/customers", content=csv, headers=headers) for _ in range(2)
    ]
    assert answers[0].json()["created"] == 1
    assert answers[1].json() == answers[0].json()
    other = client.call("POST", "/imports/customers", content=csv + "B,B,FR\n", headers=headers)
    assert other.status_code == 422
    assert len(client.get("/customers")["data"]) == 1


def test_a_refused_request_leaves_its_key_free(client: Any) -> None:
    assert send(client, "/batches", {"source": "moon"}, "one").status_code == 422
    assert send(client, "/batches", BATCH, "one").status_code == 201


def test_a_secret_is_told_once_and_stored_nowhere(client: Any) -> None:
    user = client.get("/users")["data"][0]["id"]
    body = {"user_id": user, "name": "script"}
    first, second = (send(client, "/api-keys", body, "one").json() for _ in range(2))
    assert first["id"] == second["id"]
    assert first["text"].startswith("bdr_")
    assert "text" not in second
    with client.session() as session:
        stored = str(session.scalars(select(RequestKey.body)).all())
    assert first["text"] not in stored


@pytest.mark.parametrize("key", ["x" * 256, "tab\tbed"])
def test_a_key_that_cannot_be_kept_is_refused(client: Any, key: str) -> None:
    answer = send(client, "/batches", BATCH, key)
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_INVALID")
    with client.session() as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 0


def test_answers_are_kept_for_two_days_and_then_forgotten(client: Any, house: Any) -> None:
    send(client, "/batches", BATCH, "one")
    now = datetime.now(UTC)
    for hours, batches in ((47, 1), (49, 2)):
        Forgetting(house.database).run(now + timedelta(hours=hours))
        assert send(client, "/batches", BATCH, "one").status_code == 201
        assert len(client.get("/batches")["data"]) == batches
