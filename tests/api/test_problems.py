"""Errors: a stable code, what happened, what to do, and which field it is about."""

import json
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bordereau_api.rest.error_handlers import install

CUSTOMER = {"code": "C1", "name": "One", "country": "FR"}


@pytest.mark.parametrize(
    ("path", "body", "pointer", "code"),
    [
        ("/customers", CUSTOMER | {"country": "XX"}, "/country", "UNKNOWN_COUNTRY"),
        ("/customers", CUSTOMER | {"administration": "NO"}, "/administration",
         "UNKNOWN_ADMINISTRATION"),
        ("/customers", {"code": "C1", "country": "FR"}, "/name", "MISSING"),
        ("/customers", CUSTOMER | {"colour": "red"}, "/colour", "EXTRA_FORBIDDEN"),
        ("/batches", {"source": "moon"}, "/source", "SOURCE_UNKNOWN"),
        ("/batches", {"as_of": "yesterday"}, "/as_of", "DATE_FROM_DATETIME_PARSING"),
        ("/batches", {"administrations": ["adm_1"]}, "/administrations/0", "VALUE_ERROR"),
        ("/users", {"email": "a@b.example", "name": "A", "roles": ["king"]}, "/roles",
         "ROLE_UNKNOWN"),
        ("/connections", {"kind": "delivery", "key": "email", "settings": {"port": "x"}},
         "/settings/host", "SETTINGS_INVALID"),
        ("/output-orders", {}, "", "CHOOSE_ONE"),
    ],
)  # fmt: skip
def test_bad_input_is_named_with_its_field(
    client: Any, path: str, body: Any, pointer: str, code: str
) -> None:
    answer = client.call("POST", path, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = {(one["pointer"], one["code"]) for one in answer.json()["errors"]}
    assert (pointer, code) in found, answer.json()


NOBODY = "0" * 32


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/batches", {"administrations": ["adm_{}"]}, "administration adm_{}"),
        ("/charges/rate", {"contracts": ["ctr_{}"]}, "contract ctr_{}"),
        ("/drafts/fill", {"charges": ["chg_{}"]}, "charge chg_{}"),
        ("/drafts/fill", {"customers": ["cus_{}"]}, "customer cus_{}"),
        ("/ledger/postings", {"invoices": ["inv_{}"]}, "invoice inv_{}"),
        ("/tickets/tkt_{}/reopen", {}, "ticket tkt_{}"),
    ],
)
def test_what_does_not_exist_is_named_by_the_id_that_was_sent(
    client: Any, path: str, body: Any, named: str
) -> None:
    sent = json.dumps(body).replace("{}", NOBODY) if body else "{}"
    headers = {"Content-Type": "application/json"}
    answer = client.call("POST", path.format(NOBODY), content=sent, headers=headers)
    assert answer.status_code == 404, answer.text
    assert answer.json()["detail"] == f"There is no {named.format(NOBODY)}."


def test_a_bad_parameter_is_named(client: Any) -> None:
    answer = client.call("GET", "/batches?limit=201")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["parameter"]) == (422, "limit")


@pytest.mark.parametrize("cursor", ["x", "e30", "WyIxIl0", "WzFd", "!!", "bnVsbA"])
def test_a_bad_cursor_is_refused(client: Any, cursor: str) -> None:
    for path in ("/batches", "/customers", "/charges", "/invoices"):
        answer = client.call("GET", f"{path}?cursor={cursor}")
        if path == "/customers" and answer.status_code == 200:
            continue  # any text is a place among codes
        assert (answer.status_code, answer.json()["code"]) == (422, "CURSOR_INVALID"), path


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800"])
def test_texts_that_no_database_keeps_are_refused(client: Any, text: str) -> None:
    body = json.dumps(CUSTOMER | {"street": text})
    headers = {"Content-Type": "application/json"}
    answer = client.call("POST", "/customers", content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    settings = json.dumps({"kind": "renderer", "key": "pdf", "settings": {text: text}})
    answer = client.call("POST", "/connections", content=settings, headers=headers)
    assert answer.status_code == 422, answer.text


def test_no_json_at_all_is_refused(client: Any) -> None:
    for body in ("{", "", "[]", "nul"):
        headers = {"Content-Type": "application/json"}
        answer = client.call("POST", "/batches", content=body, headers=headers)
        assert answer.status_code == 422, (body, answer.text)


def test_a_refusal_says_what_to_do(client: Any) -> None:
    batch = client.post("/batches", {"name": "empty"}, status=201)
    answer = client.call("POST", f"/batches/{batch['id']}/run").json()
    assert answer["code"] == "NOTHING_SELECTED"
    assert answer["hint"]
    assert answer["instance"] == f"/api/v1/batches/{batch['id']}/run"


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/batches/x/y/z", 404)])
def test_a_route_that_is_none_is_a_problem_too(client: Any, path: str, status: int) -> None:
    answer = client.call("GET", path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_method_that_is_none_is_a_problem_too(client: Any) -> None:
    answer = client.call("DELETE", "/batches")
    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")


def test_changes_name_the_version_that_was_seen(client: Any) -> None:
    batch = client.post("/batches", {"name": "one"}, status=201)
    path = f"/batches/{batch['id']}"
    seen = client.call("GET", path).headers["etag"]
    blind = client.call("PATCH", path, json={"name": "two"})
    assert (blind.status_code, blind.json()["code"]) == (428, "PRECONDITION_REQUIRED")
    done = client.call("PATCH", path, json={"name": "two"}, headers={"If-Match": seen})
    assert (done.status_code, done.json()["name"]) == (200, "two")
    late = client.call("PATCH", path, json={"name": "three"}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "CHANGED_MEANWHILE")
    now = done.headers["etag"]
    assert client.call("PATCH", path, json={"name": "three"}, headers={"If-Match": now}).is_success


def test_a_clash_that_the_driver_tells_of_while_copying_rows_is_a_conflict() -> None:
    app = FastAPI()
    install(app)

    @app.post("/rows")
    def copy_rows() -> None:
        raise psycopg.errors.UniqueViolation("duplicate key")  # as a COPY does

    answer = TestClient(app).post("/rows")
    assert (answer.status_code, answer.json()["code"]) == (409, "CLASH")
