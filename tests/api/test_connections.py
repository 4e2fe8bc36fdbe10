"""Connections and plugins by API: offers with their forms, secrets that never come back."""

from typing import Any

SETTINGS: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": 9,
    "tls": "none",
    "sender": "bills@exemple.example",
    "username": "bills",
    "password": "s3cret-canary",
}
MAIL = {"kind": "delivery", "key": "email", "name": "Mail", "settings": SETTINGS}


def test_every_offer_has_a_form(client: Any) -> None:
    offers = client.get("/connection-offers")["data"]
    assert {("delivery", "email"), ("renderer", "pdf")} <= {(o["kind"], o["key"]) for o in offers}
    assert all(one["form"]["type"] == "object" for one in offers)


def test_a_plugin_that_is_off_offers_nothing(client: Any, stranger: Any) -> None:
    off = client.call("PATCH", "/plugins/email", json={"enabled": False})
    assert off.json()["enabled"] is False
    assert "email" not in {one["key"] for one in client.get("/connection-offers")["data"]}
    assert "email" in {one["key"] for one in stranger.get("/connection-offers")["data"]}
    assert client.call("PATCH", "/plugins/nothing", json={"enabled": True}).status_code == 404


def test_secrets_go_in_and_never_come_out(client: Any) -> None:
    made = client.call("POST", "/connections", json=MAIL)
    assert made.status_code == 201, made.text
    path = f"/connections/{made.json()['id']}"
    assert made.json()["secrets"] == ["password"]
    seen = client.call("GET", path)
    change = {"settings": SETTINGS | {"port": 10}}
    changed = client.call("PATCH", path, json=change, headers={"If-Match": seen.headers["etag"]})
    assert changed.json()["settings"]["port"] == 10
    for answer in (made, seen, changed, client.call("GET", "/connections"),
                   client.call("GET", "/audit-events")):  # fmt: skip
        assert "s3cret" not in answer.text
    stale = client.call("PATCH", path, json=change, headers={"If-Match": seen.headers["etag"]})
    assert stale.status_code == 412


def test_a_check_tells_the_problem_and_a_disabled_one_can_be_resumed(client: Any) -> None:
    made = client.post("/connections", MAIL, status=201)
    path = f"/connections/{made['id']}"
    assert client.post(f"{path}/check")["problem"]
    assert client.post(f"{path}/disable")["state"] == "disabled"
    assert client.post(f"{path}/resume") == {"count": 0}
    assert client.get(path)["state"] == "ok"
    assert client.call("DELETE", path).status_code == 204
    assert client.call("GET", path).status_code == 404
