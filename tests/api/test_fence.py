"""No route lets an account see or touch another one's things: always 404, and nothing changes."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import literal_column, select

from bordereau.store import Base, load_tables
from bordereau.values.ids import public_id

# What a request needs besides the id in its address; without it, it would fail for that reason.
BODIES: dict[str, Any] = {
    "patch_user": {"active": False},
    "patch_connection": {"name": "Mine"},
    "patch_batch": {"name": "Mine"},
    "choose_in_batch": {"ticked": False, "all": True},
    "split_charge": {"quantity": "0.5"},
    "postpone_draft": {"until": "2027-01-01"},
    "patch_draft_line": {"reason": "mine"},
    "patch_invoice": {"notes": ["mine"]},
    "credit_invoice": {},
    "replace_invoice": {"reason": "mine"},
    "void_invoice": {"reason": "mine"},
    "create_payment": {"amount": {"amount": "1.00", "currency": "EUR"}},
    "generate_batch": {"preview_hash": "0" * 64},
    "set_invoice_status": {"status": "paid", "reason": "I say so"},
    "put_series": {"pattern": "X{seq}"},
    "resolve_delivery": {"decision": "arrived"},
    "close_periods": {"closed_until": "2026-10-31"},
    "spread_line": {"first": "2026-11-01", "last": "2026-12-01"},
    "change_spread": {"amounts": []},
}
NO_TENANT = {"name", "kind"}  # a plugin of the installation, a kind of file or document


def test_every_address_of_another_account_is_not_found(
    world: Any, stranger: Any, operations: Any
) -> None:
    with stranger.session() as session:
        work_type = public_id("wtp", stranger.books(session).work_type().id)
    before = fingerprint(world.account)
    for one in operations:
        if one.by_link or not set(one.parameters) - NO_TENANT:
            continue
        path = fill(one.path, world.ids)
        body = BODIES.get(one.id)
        if one.id == "add_draft_line":  # with a work type of one's own
            body = {"method": "invoice_plus", "name": "x", "amount": "1", "work_type": work_type}
        headers = {"If-Match": "*", "Idempotency-Key": one.id}
        answer = stranger.call(one.method, path, json=body, headers=headers)
        assert answer.status_code == 404, (one.id, answer.text)
        assert answer.json()["code"] == "NOT_FOUND", one.id
    assert fingerprint(world.account) == before


def test_the_owner_reads_all_of_these_addresses(world: Any, operations: Any) -> None:
    for one in operations:
        if one.method == "GET" and not one.by_link and set(one.parameters) - NO_TENANT:
            answer = world.account.call("GET", fill(one.path, world.ids))
            expected = 422 if one.id == "get_restatement" else 200  # the contract is no block
            assert answer.status_code == expected, (one.id, answer.text)


def test_an_address_that_is_no_id_is_not_found(client: Any, operations: Any) -> None:
    for wrong in ("1", "inv_", "xyz_" + "0" * 32, "inv_" + "g" * 32, "%00"):
        for one in operations:
            if one.method == "GET" and not one.by_link and set(one.parameters) - NO_TENANT:
                path = re.sub(r"\{[a-z_]+\}", wrong, one.path)
                assert client.call("GET", path).status_code == 404, (one.id, wrong)


def test_ids_of_another_account_in_a_body_are_not_found(world: Any, stranger: Any) -> None:
    own = stranger.post("/batches", {"name": "mine"}, status=201)["id"]
    before, mine = fingerprint(world.account), fingerprint(stranger)
    for path, body in bodies_with(world.ids, own):
        headers = {"Idempotency-Key": f"{path} {body}"}
        answer = stranger.call("POST", path, json=body, headers=headers)
        assert answer.status_code == 404, (path, body, answer.text)
    assert fingerprint(world.account) == before
    assert fingerprint(stranger) == mine


def bodies_with(ids: dict[str, str], own: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "/api-keys", {"user_id": ids["user_id"], "name": "theirs"}
    yield "/charges/rate", {"contracts": [ids["contract_id"]]}
    yield "/batches", {"name": "x", "administrations": [ids["administration_id"]]}
    for ticked in (True, False):
        yield f"/batches/{own}/choices", {"ticked": ticked, "owners": [ids["contract_id"]]}
        yield f"/batches/{own}/choices", {"ticked": ticked, "charges": [ids["charge_id"]]}
    yield f"/batches/{own}/finalise", {"destinations": [ids["connection_id"]]}
    yield f"/batches/{own}/finalise", {"mode": "pdf_email", "layout": ids["layout_id"]}
    for path in ("/output-orders", "/output-orders/plan"):
        yield path, {"batch": ids["batch_id"]}
        yield path, {"invoices": [ids["invoice_id"]]}
    day = {"entry_date": "2026-12-01"}
    yield "/ledger/postings", {"invoices": [ids["invoice_id"]]}
    for name in ("administration", "customer", "batch"):
        yield "/ledger/postings", {"filter": {name: ids[f"{name}_id"]}}
    yield "/ledger/entry-dates", {"invoices": [ids["invoice_id"]]} | day
    yield (
        "/ledger/revenue-bookings",
        {"until": "2030-01-01"} | {"administration": ids["administration_id"]},
    )
    yield "/drafts/fill", {"charges": [ids["charge_id"]]}
    yield "/drafts/fill", {"customers": [ids["customer_id"]]}
    yield "/drafts/fill", {"administrations": [ids["administration_id"]]}
    yield "/drafts/invoice", {"drafts": [ids["draft_id"]]}
    for act in ("approve", "undo-approval", "report-ready", "cancel-reporting", "reopen", "resume"):
        yield f"/charges/{act}", {"charges": [ids["charge_id"]]}
        yield f"/charges/{act}", {"filter": {"contract": ids["contract_id"]}}
    yield "/charges/write-off", {"charges": [ids["charge_id"]], "reason": "mine"}
    yield "/charges/delay", {"charges": [ids["charge_id"]], "until": "2027-01-01"}
    yield "/charges/revalue", {"charges": [ids["charge_id"]], "unit_price": "1"}
    line = {"name": "x", "unit_price": "1", "tax_code": ids["tax_code_id"]}
    yield "/invoices", {"customer": ids["customer_id"], "lines": [line]}
    yield "/invoices/issue", {"invoices": [ids["invoice_id"]]}
    yield "/invoices/credit", {"invoices": [ids["invoice_id"]]}
    yield "/invoices/delete", {"invoices": [ids["invoice_id"]], "reason": "mine"}
    yield "/deliveries/retry", {"order": ids["order_id"]}
    yield "/deliveries/retry", {"connection": ids["connection_id"]}
    yield "/deliveries/retry", {"deliveries": [ids["delivery_id"]]}
    yield "/deliveries/cancel", {"deliveries": [ids["delivery_id"]]}
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for name in ("customer", "project"):
        yield "/portal/links", {name: ids[f"{name}_id"], "expires_at": tomorrow}


def test_filters_by_things_of_another_account_find_nothing(world: Any, stranger: Any) -> None:
    for path, name in (
        ("/invoices", "batch"), ("/invoices", "customer"), ("/charges", "contract"),
        ("/deliveries", "order"), ("/output-orders", "batch"), ("/tickets", "customer"),
        ("/ledger/entries", "invoice"), ("/ledger/entries", "administration"),
    ):  # fmt: skip
        assert world.account.get(f"{path}?{name}={world.ids[f'{name}_id']}")["data"], path
        assert stranger.get(f"{path}?{name}={world.ids[f'{name}_id']}")["data"] == []


def test_a_cursor_of_another_account_shows_only_own_rows(world: Any, stranger: Any) -> None:
    cursor = world.account.get("/batches?limit=1")["next_cursor"]
    assert stranger.get(f"/batches?cursor={cursor}")["data"] == []


@pytest.mark.parametrize("path", ["/batches/{batch_id}", "/batches/{batch_id}/owners"])
def test_a_key_with_another_account_written_into_it_is_refused(
    world: Any, stranger: Any, path: str
) -> None:
    forged = re.sub(r"_\d+_", f"_{world.account.tenant_id}_", stranger.key, count=1)
    answer = stranger.call("GET", fill(path, world.ids), key=forged)
    assert answer.status_code == 401


def fill(path: str, ids: dict[str, str]) -> str:
    named = {"name": "pdf", "kind": "380"}
    return re.sub(r"\{([a-z_]+)\}", lambda found: (ids | named)[found[1]], path)


def fingerprint(account: Any) -> dict[str, str]:
    """Hash every row of an account, but for when its keys were last used."""
    load_tables()
    found = {}
    with account.session() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in {"api_key", "request_key"}:
                continue
            row: Any = literal_column(f"{table.name}::text")
            rows = session.scalars(select(row).select_from(table))
            found[table.name] = hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
    return found
