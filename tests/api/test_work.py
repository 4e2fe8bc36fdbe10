"""Charges and drafts by API: approve and report ready, write off, split; pro forma to invoice."""

from typing import Any

import pytest

from bordereau.values.ids import public_id


@pytest.fixture
def lines(client: Any) -> list[str]:
    """Three open cost lines of 100 of a project that asks for approval."""
    with client.session() as session:
        books = client.books(session)
        seller, tax = books.administration(), books.tax_code("20")
        work_type = books.work_type(tax_code_id=tax.id)
        project = books.project(books.customer(), seller, approval_required=True)
        charges = [
            books.charge(project, "100", state="open", quantity=4, work_type_id=work_type.id)
            for _ in range(3)
        ]
        return [public_id("chg", one.id) for one in charges]


@pytest.mark.row("B9")
def test_lines_are_approved_by_name_or_by_filter(client: Any, lines: list[str]) -> None:
    first = client.post("/charges/approve", {"charges": lines[:1]})
    assert [(one["id"], one["state"]) for one in first["lines"]] == [(lines[0], "approved")]
    rest = client.post("/charges/approve", {"filter": {"state": ["open"]}})
    assert (rest["done"], rest["refused"]) == (2, 0)
    again = client.post("/charges/approve", {"charges": lines})
    assert {one["code"] for one in again["lines"]} == {"TRANSITION_REFUSED"}
    ready = client.post("/charges/report-ready", {"filter": {"kind": ["materials"]}})
    assert ready["done"] == 3
    assert client.get("/charges?ready=true")["data"]


@pytest.mark.row("B10")
def test_closing_what_is_not_approved_needs_both_rights(client: Any, lines: list[str]) -> None:
    body, only = {"charges": lines[:1]}, client.key_of("report_ready")
    refused = client.post("/charges/report-ready", body, key=only)
    assert [one["code"] for one in refused["lines"]] == ["NOT_APPROVED"]
    both = client.key_of("report_ready", "approve")
    assert client.post("/charges/report-ready", body, key=both)["done"] == 1


def test_a_charge_says_why_it_cannot_be_billed(client: Any, lines: list[str]) -> None:
    codes = {one["code"] for one in client.get(f"/charges/{lines[0]}")["against"]}
    assert "NOT_APPROVED" in codes


def test_lines_are_written_off_reopened_delayed_and_split(client: Any, lines: list[str]) -> None:
    client.post("/charges/report-ready", {"charges": lines})
    off = client.post("/charges/write-off", {"charges": lines[:1], "reason": "goodwill"})
    assert off["lines"][0]["state"] == "written_off"
    assert client.post("/charges/reopen", {"charges": lines[:1]})["lines"][0]["state"] == "closed"
    client.post("/charges/delay", {"charges": lines[:1], "until": "2030-01-01"})
    assert client.get(f"/charges/{lines[0]}")["delayed_until"] == "2030-01-01"
    assert client.post("/charges/resume", {"charges": lines[:1]})["done"] == 1
    parts = client.post(f"/charges/{lines[1]}/split", {"quantity": "1"})
    amounts = [parts[name]["net"]["amount"] for name in ("first", "second")]
    assert amounts == ["25.00", "75.00"]
    assert client.call("DELETE", f"/charges/{lines[2]}").json()["code"] == "RECORD_LOCKED"


@pytest.mark.row("B13", "B14")
def test_a_draft_is_filled_changed_released_and_invoiced(client: Any, lines: list[str]) -> None:
    client.post("/charges/report-ready", {"charges": lines})
    filled = client.post("/drafts/fill", {"charges": lines})
    (draft,) = filled["drafts"]
    path, body = f"/drafts/{draft}", {"drafts": [draft]}
    early = client.call("POST", "/drafts/invoice", json=body)
    assert early.json()["code"] == "DRAFT_NOT_RELEASED"
    found = client.call("GET", path)
    line = found.json()["lines"][0]["id"]
    seen = {"If-Match": found.headers["etag"]}
    changed = client.call("PATCH", f"{path}/lines/{line}", json={"method": "delay"}, headers=seen)
    assert changed.json()["lines"][0]["method"] == "delay"
    late = client.call("POST", f"{path}/release", headers=seen)
    assert (late.status_code, late.json()["code"]) == (412, "CHANGED_MEANWHILE")
    released = client.call("POST", f"{path}/release", headers={"If-Match": changed.headers["etag"]})
    assert released.json()["state"] == "released"
    (done,) = client.post("/drafts/invoice", body)["data"]
    (invoice,) = done["invoices"]
    assert client.get(f"/invoices/{invoice}")["net"]["amount"] == "200.00"
    assert client.get(f"/drafts/{done['successor']}")["lines"][0]["charge"] in lines


@pytest.mark.row("B15", "B31")
@pytest.mark.parametrize("finalise", ["on_generate", "explicit"])
def test_a_released_draft_is_numbered_at_once_where_its_administration_wants_it(
    client: Any, finalise: str
) -> None:
    with client.session() as session:
        books = client.books(session)
        seller, tax = books.administration(finalise=finalise), books.tax_code("20")
        project = books.project(books.customer(), seller)
        books.charge(project, "100", work_type_id=books.work_type(tax_code_id=tax.id).id)
    (draft,) = client.post("/drafts/fill", {})["drafts"]
    seen = {"If-Match": client.call("GET", f"/drafts/{draft}").headers["etag"]}
    client.post(f"/drafts/{draft}/release", headers=seen)
    (done,) = client.post("/drafts/invoice", {"drafts": [draft]})["data"]
    invoice = client.get(f"/invoices/{done['invoices'][0]}")
    assert bool(invoice["number"]) == (finalise == "on_generate")
    assert invoice["state"] == ("issued" if finalise == "on_generate" else "draft")


def test_records_are_saved_as_json_with_a_fault_for_each_bad_one(client: Any) -> None:
    good = {"code": "A", "name": "A", "country": "FR"}
    bad = good | {"code": "B", "country": "XX"}
    done = client.post("/records/customers", {"records": [good, bad, good]})
    assert (done["read"], done["created"]) == (3, 1)
    faults = [(one["line"], one["column"], one["code"]) for one in done["faults"]]
    assert faults == [(2, "country", "UNKNOWN_COUNTRY"), (3, "", "DUPLICATE_KEY")]


def test_what_was_read_can_be_sent_back_and_changes_nothing(client: Any, samples: Any) -> None:
    for kind in ("tax_codes", "work_types", "administrations", "customers", "contracts"):
        client.upload(kind, (samples / f"{kind}.csv").read_bytes())
    for path in ("tax-codes", "work-types", "administrations", "customers", "contracts"):
        for one in client.get(f"/{path}")["data"]:
            id_ = one.pop("id")
            answer = client.call("POST", f"/{path}", json=one)
            assert (answer.status_code, answer.json()) == (200, one | {"id": id_}), path


@pytest.mark.row("A57")
def test_resolving_a_ticket_frees_its_work(client: Any) -> None:
    with client.session() as session:
        books = client.books(session)
        customer = books.customer()
        contract = books.contract(customer, books.administration())
        ticket = books.ticket(customer, contract, status="Open")
        charge = books.charge(contract, "10", ticket_id=ticket.id, holds=["TICKET_OPEN"])
        ids = public_id("tkt", ticket.id), public_id("chg", charge.id)
    assert [one["code"] for one in client.get(f"/charges/{ids[1]}")["against"]] == ["TICKET_OPEN"]
    assert client.post(f"/tickets/{ids[0]}/resolve")["status"] == "Resolved"
    assert client.get(f"/charges/{ids[1]}")["against"] == []
