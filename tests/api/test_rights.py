"""Who may call what: every route is in this table, and the table is true."""

from typing import Any

import pytest

from bordereau.tenancy import Right

# What a link of the portal opens, and no key.
BY_LINK = {"list_shared_invoices", "get_shared_invoice", "get_shared_invoice_pdf"}
# Operations by the right they need; None: every key may call it, and the rooms decide.
MATRIX: dict[str | None, set[str]] = {
    None: {"whoami", "import_records", "save_records"},
    "read": {
        "get_account", "list_plugins", "list_connection_offers", "list_connections",
        "get_connection", "list_administrations", "get_administration", "list_customers",
        "get_customer", "list_tax_codes", "get_tax_code", "list_work_types", "get_work_type",
        "list_contracts", "get_contract", "list_projects", "get_project", "list_tickets",
        "get_ticket", "list_charges", "get_charge", "read_rating", "get_block", "get_restatement",
        "list_batches", "read_batch", "list_batch_owners", "list_batch_charges",
        "read_finalisation", "list_drafts", "read_draft", "list_invoices", "get_invoice",
        "get_invoice_document", "get_invoice_file", "get_creditable", "list_series",
        "list_numbers", "check_series", "list_delivery_modes", "plan_output",
        "list_output_orders", "get_output_order", "list_deliveries", "get_delivery", "read_inbox",
        "list_ledger_entries", "export_journal", "read_trial_balance", "list_spreads", "get_spread",
        "read_carry_forward", "list_moved",
    },
    "change_catalog": {
        "save_customer", "save_tax_code", "save_work_type", "save_contract", "save_project",
        "save_ticket", "resolve_ticket", "reopen_ticket",
    },
    "record": {"rate_contracts", "start_rating", "remove_charge"},
    "approve": {"approve_charges"},
    "undo_approval": {"undo_approval"},
    "report_ready": {"report_ready"},
    "cancel_reporting": {"cancel_reporting"},
    "write_off": {
        "write_off_charges", "reopen_charges", "delay_charges", "resume_charges", "split_charge",
    },
    "revalue": {"revalue_charges", "restate_block"},
    "batch": {
        "create_batch", "patch_batch", "remove_batch", "choose_in_batch", "run_batch",
        "take_run_back", "renew_preview", "remove_batch_invoice", "generate_batch",
        "invoice_drafts",
    },
    "draft": {
        "fill_drafts", "release_draft", "postpone_draft", "resume_draft", "remove_draft",
        "add_draft_line", "patch_draft_line", "delete_draft_line",
    },
    "edit_invoice": {
        "create_invoice", "patch_invoice", "delete_invoice", "replace_invoice",
        "price_line_to_zero",
    },
    "finalise": {"finalise_batch", "issue_invoices"},
    "credit": {"credit_invoice", "credit_invoices", "void_invoice", "delete_invoices"},
    "deliver": {
        "create_output_order", "retry_output_order", "cancel_output_order", "resolve_delivery",
        "dismiss_delivery", "retry_deliveries", "cancel_deliveries",
    },
    "share": {"create_portal_link"},
    "post": {
        "post_invoice", "post_invoices", "set_entry_dates", "close_periods", "spread_line",
        "change_spread", "book_spread_revenue", "carry_administration_forward",
    },
    "change_status": {"set_invoice_status", "create_payment"},
    "administer": {
        "patch_account", "list_audit_events", "list_users", "create_user", "get_user",
        "patch_user", "list_api_keys", "create_api_key", "delete_api_key", "patch_plugin",
        "create_connection", "patch_connection", "delete_connection", "check_connection",
        "disable_connection", "resume_connection", "save_administration", "put_series",
    },
}  # fmt: skip


def test_every_route_is_in_the_table(operations: Any) -> None:
    said: dict[str | None, set[str]] = {}
    for one in operations:
        if not one.by_link:
            said.setdefault(one.right, set()).add(one.id)
    assert said == MATRIX
    assert {one.id for one in operations if one.by_link} == BY_LINK


def test_no_key_opens_what_a_link_opens(client: Any, operations: Any) -> None:
    for one in operations:
        if one.by_link:
            assert one.method == "GET"
            assert client.call("GET", one.path).status_code == 401, one.id


def test_without_a_key_every_route_answers_401(client: Any, operations: Any) -> None:
    for one in operations:
        for key in ("", "bdr_1_00_00", client.key[:-1] + "0" * (client.key[-1] != "0") + "1"):
            answer = client.call(one.method, one.path, key=key)
            assert answer.status_code == 401, (one.id, answer.text)
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize("right", sorted(one for one in MATRIX if one))
def test_every_other_right_does_not_open_a_route(client: Any, operations: Any, right: str) -> None:
    key = client.key_of(*set(Right) - {right})
    for one in operations:
        if one.right == right:
            answer = client.call(one.method, one.path, key=key, json={})
            assert (answer.status_code, answer.json()["code"]) == (403, "RIGHT_MISSING"), one.id
            assert answer.json()["details"] == {"right": right}


@pytest.mark.parametrize("right", sorted(one for one in MATRIX if one))
def test_the_right_alone_opens_its_routes(client: Any, operations: Any, right: str) -> None:
    key = client.key_of(right)
    for one in operations:
        if one.right == right:
            answer = client.call(one.method, one.path, key=key, json={})
            assert answer.status_code not in {401, 403, 500}, (one.id, answer.text)


def test_what_may_be_imported_depends_on_the_kind(client: Any) -> None:
    csv, headers = "code,name,country\nA,A,FR\n", {"Content-Type": "text/csv"}
    for right, kind, other in (
        ("change_catalog", "customers", "administrations"),
        ("administer", "administrations", "customers"),
        ("record", "products", "customers"),
    ):
        key = client.key_of(right)
        path = f"/imports/{kind}"
        done = client.call("POST", path, key=key, content=csv, headers=headers)
        assert done.status_code == 200, done.text
        path = f"/imports/{other}"
        refused = client.call("POST", path, key=key, content=csv, headers=headers)
        assert refused.status_code == 403


def test_a_key_of_somebody_who_was_shut_out_opens_nothing(client: Any) -> None:
    key = client.key_of("read")
    me = client.get("/me", key=key)
    client.call("PATCH", f"/users/{me['user_id']}", json={"active": False})
    assert client.call("GET", "/me", key=key).status_code == 401


def test_a_revoked_key_opens_nothing(client: Any) -> None:
    user = client.post(
        "/users", {"email": "bo@users.example", "name": "Bo", "roles": ["reader"]}, status=201
    )
    made = client.post("/api-keys", {"user_id": user["id"], "name": "script"}, status=201)
    assert client.get("/me", key=made["text"])["rights"] == ["read"]
    assert client.call("DELETE", f"/api-keys/{made['id']}").status_code == 204
    assert client.call("GET", "/me", key=made["text"]).status_code == 401
