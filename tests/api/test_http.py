"""What every answer has: its id, its headers; bodies have a limit; lists have pages."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.docs.description import FILE, described

from bordereau_api.app import build_app, create_app
from bordereau_api.rest.frame import HEADERS, Frame


def test_the_description_in_the_repository_is_that_of_the_code() -> None:
    kept, now = (json.loads(text) for text in (FILE.read_text(encoding="utf-8"), described()))
    assert kept["paths"].keys() == now["paths"].keys()
    assert kept == now, "write it anew: python -m tests.docs.description"


def test_no_schema_is_named_after_a_module_of_ours() -> None:
    """Two classes of one name would tell the callers where in our code they stand."""
    schemas = build_app().openapi()["components"]["schemas"]
    assert [name for name in schemas if "bordereau_api" in name] == []


def test_every_operation_is_described(operations: Any) -> None:
    paths = build_app().openapi()["paths"]
    described = [one for methods in paths.values() for one in methods.values()]
    assert len({one["operationId"] for one in described}) == len(described) == len(operations)
    for one in described:
        assert one["security"] == [{"HTTPBearer": []}], one["operationId"]
        assert "application/problem+json" in one["responses"]["default"]["content"]
        assert "422" not in one["responses"]
        assert one["description"]


@pytest.mark.parametrize("path", ["/health", "/ready", "/api/v1/openapi.json"])
def test_open_addresses_answer_without_a_key(http: Any, path: str) -> None:
    assert http.get(path).status_code == 200


def test_not_ready_without_a_database(house: Any) -> None:
    class Gone:
        def operator(self) -> Any:
            return house.database.__class__("postgresql://nobody@127.0.0.1:9/none", None).operator()

    app = create_app(house)
    app.state.house = type("Closed", (), {"database": Gone()})()
    answer = TestClient(app).get("/ready")
    assert (answer.status_code, answer.json()["code"]) == (503, "DATABASE_UNREACHABLE")


def test_every_answer_has_the_headers(client: Any, operations: Any) -> None:
    for one in operations:
        answer = client.call(one.method, one.path, key="")
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (one.id, name)
        assert answer.headers["x-request-id"] == answer.json()["request_id"]
        assert "strict-transport-security" not in answer.headers


def test_strict_transport_is_asked_for_where_the_transport_is_secure(house: Any) -> None:
    secure = TestClient(create_app(house), base_url="https://testserver")
    assert "max-age" in secure.get("/health").headers["strict-transport-security"]


def test_the_id_that_a_proxy_gave_is_kept_if_it_is_one(http: Any) -> None:
    given = http.get("/health", headers={"X-Request-Id": "abc-123"})
    assert given.headers["x-request-id"] == "abc-123"
    forged = http.get("/health", headers={"X-Request-Id": "a b"})
    assert forged.headers["x-request-id"].startswith("req_")


def test_a_body_that_is_too_long_is_refused(house: Any, client: Any) -> None:
    small = TestClient(Frame(create_app(house), body_bytes=100))
    headers = {"Authorization": f"Bearer {client.key}", "Content-Type": "application/json"}
    announced = small.post("/api/v1/batches", content=b" " * 101, headers=headers)
    assert (announced.status_code, announced.json()["code"]) == (413, "BODY_TOO_LONG")
    streamed = small.post("/api/v1/batches", content=iter([b" " * 60, b" " * 60]), headers=headers)
    assert streamed.status_code == 413, streamed.text


def test_an_error_of_ours_tells_nothing_but_its_id(house: Any) -> None:
    app = create_app(house)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret")

    answer = TestClient(app).get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "UNFORESEEN")
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


def test_lists_come_in_pages_that_lead_on(client: Any) -> None:
    for number in range(7):
        client.post("/batches", {"name": f"{number}"}, status=201)
    seen, path = [], "/batches?limit=3&state=selecting"
    while path:
        answer = client.call("GET", path)
        page = answer.json()
        seen += [one["name"] for one in page["data"]]
        links = answer.headers.get("link", "")
        assert bool(links) == page["has_more"] == bool(page["next_cursor"])
        path = links.split(">")[0].removeprefix("</api/v1") if links else ""
        client.post("/batches", {"name": "new"}, status=201)
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]
