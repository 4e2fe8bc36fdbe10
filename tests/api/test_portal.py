"""The portal over HTTP: a link shows issued invoices, and changes nothing anywhere."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bordereau.portal import Scope
from bordereau.portal.scope import sign
from bordereau.values.ids import parse_id

pytestmark = pytest.mark.row("B63")


def in_days(number: int) -> str:
    return (datetime.now(UTC) + timedelta(days=number)).isoformat()


def link_to(account: Any, **owner: str) -> str:
    body = owner | {"expires_at": in_days(30)}
    return str(account.post("/portal/links", body, status=201)["text"])


@pytest.fixture
def link(world: Any) -> str:
    """A link to the invoices of the world's customer."""
    return link_to(world.account, customer=world.ids["customer_id"])


def test_a_link_opens_list_document_and_pdf(world: Any, link: str) -> None:
    invoice = world.ids["invoice_id"]
    inside = world.account.get(f"/invoices/{invoice}")
    (listed,) = world.account.get("/portal/invoices", key=link)["data"]
    shown = ("id", "kind", "number", "issue_date", "due_date", "net", "tax", "total")
    assert listed == {name: inside[name] for name in shown}
    document = world.account.call("GET", f"/portal/invoices/{invoice}", key=link)
    kept = world.account.call("GET", f"/invoices/{invoice}/document")
    assert (document.status_code, document.content) == (200, kept.content)
    assert document.headers["repr-digest"] == kept.headers["repr-digest"]
    pdf = world.account.call("GET", f"/portal/invoices/{invoice}/pdf", key=link)
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.content.startswith(b"%PDF-")


def test_the_list_comes_in_pages(client: Any) -> None:
    with client.session() as session:
        books = client.books(session)
        seller, tax, customer = books.administration(), books.tax_code(), books.customer()
    line = {"name": "Audit", "unit_price": "100", "tax_code": f"tax_{tax.id.hex}"}
    body = {"customer": f"cus_{customer.id.hex}", "administration": f"adm_{seller.id.hex}"}
    made = []
    for number in range(3):
        headers = {"Idempotency-Key": f"invoice {number}"}
        wanted = body | {"lines": [line]}
        made.append(client.post("/invoices", wanted, status=201, headers=headers)["id"])
    client.post("/invoices/issue", {"invoices": made[:-1]})
    link = link_to(client, customer=body["customer"])
    first = client.call("GET", "/portal/invoices?limit=1", key=link)
    assert [one["id"] for one in first.json()["data"]] == [made[1]]
    path = first.headers["link"].split(">")[0].removeprefix("</api/v1")
    last = client.get(path, key=link)
    assert [one["id"] for one in last["data"]] == [made[0]]
    assert last["next_cursor"] is None


def test_what_the_link_does_not_show_is_not_found(world: Any, link: str) -> None:
    account, invoice = world.account, world.ids["invoice_id"]
    with account.session() as session:
        other = account.books(session).customer()
    elsewhere = link_to(account, customer=f"cus_{other.id.hex}")
    assert account.get("/portal/invoices", key=elsewhere)["data"] == []
    for key, hidden in ((elsewhere, invoice), (link, world.proposal), (link, "inv_1")):
        for path in (f"/portal/invoices/{hidden}", f"/portal/invoices/{hidden}/pdf"):
            answer = account.call("GET", path, key=key)
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND"), path


def test_a_link_of_another_account_does_not_show_the_invoice(world: Any, stranger: Any) -> None:
    with stranger.session() as session:
        customer = stranger.books(session).customer()
    link = link_to(stranger, customer=f"cus_{customer.id.hex}")
    assert stranger.get("/portal/invoices", key=link)["data"] == []
    invoice = world.ids["invoice_id"]
    for path in (f"/portal/invoices/{invoice}", f"/portal/invoices/{invoice}/pdf"):
        assert stranger.call("GET", path, key=link).status_code == 404


def test_a_changed_or_expired_link_answers_401(world: Any, link: str) -> None:
    owner, house = parse_id("cus", world.ids["customer_id"]), world.account.house
    yesterday = datetime.now(UTC) - timedelta(days=1)
    expired = sign(Scope(world.account.tenant_id, "c", owner, yesterday), house.keys)
    changed = link[:-1] + ("0" if link[-1] != "0" else "1")
    for key, said in ((changed, "This link is not valid."), (expired, "This link has expired.")):
        for path in ("", f"/{world.ids['invoice_id']}", f"/{world.ids['invoice_id']}/pdf"):
            answer = world.account.call("GET", f"/portal/invoices{path}", key=key)
            assert (answer.status_code, answer.json()["detail"]) == (401, said)


def test_nothing_can_be_changed_with_a_link(world: Any, link: str) -> None:
    paths = ("", f"/{world.ids['invoice_id']}", f"/{world.ids['invoice_id']}/pdf")
    for path in paths:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = world.account.call(method, f"/portal/invoices{path}", key=link, json={})
            assert answer.status_code == 405, (method, path)


def test_a_link_opens_no_other_route(world: Any, link: str, operations: Any) -> None:
    for one in operations:
        if not one.by_link:
            answer = world.account.call(one.method, one.path, key=link, json={})
            assert answer.status_code == 401, one.id


def test_a_repeated_request_makes_no_second_link_and_shows_none(world: Any) -> None:
    body = {"project": world.ids["project_id"], "expires_at": in_days(1)}
    headers = {"Idempotency-Key": "link"}
    answers = [
        world.account.post("/portal/links", body, status=201, headers=headers) for _ in range(2)
    ]
    assert answers[0]["text"].startswith(f"bdp_{world.account.tenant_id}_p_")
    assert answers[1] == {}
    subject = world.ids["project_id"]
    events = world.account.get(f"/audit-events?subject={subject}")["data"]
    assert [one["action"] for one in events] == ["portal.link"]


@pytest.mark.parametrize(
    ("end", "code"),
    [("2020-01-01T00:00:00Z", "LINK_TERM"), ("9999-12-31T23:59:59-01:00", "LINK_TERM")],
)
def test_a_link_that_ends_too_early_or_too_late_is_refused(world: Any, end: str, code: str) -> None:
    body = {"customer": world.ids["customer_id"], "expires_at": end}
    answer = world.account.call("POST", "/portal/links", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == "/expires_at"
