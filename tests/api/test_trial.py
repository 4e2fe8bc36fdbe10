"""An account in trial does everything but send e-mail, over HTTP and at the command line (A5)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.commands import Commands, Desk

CONNECTIONS: list[dict[str, Any]] = [
    {"kind": "renderer", "key": "pdf", "name": "Files"},
    {
        "kind": "delivery",
        "key": "email",
        "name": "Mail",
        "settings": {"host": "mail.example", "sender": "billing@example.com"},
    },
]
BY_MAIL = {"mode": "pdf_email"}
NOTHING = {"customers": False, "destinations": []}


@pytest.fixture
def trial(new_account: Callable[..., Any]) -> Any:
    """An account in trial that has everything it takes to mail."""
    account = new_account(plan="trial")
    for connection in CONNECTIONS:
        account.post("/connections", connection, status=201)
    with account.session() as session:
        books = account.books(session)
        contract = books.contract(
            books.customer(), books.administration(), tax_code_id=books.tax_code().id
        )
        books.charge(contract, "10")
    return account


def generated(account: Any) -> str:
    batch = account.post("/batches", {"name": "October"}, status=201)["id"]
    preview = account.post(f"/batches/{batch}/run")["preview_hash"]
    account.post(f"/batches/{batch}/generate", {"preview_hash": preview})
    return str(batch)


def nothing_was_sent(account: Any, batch: str) -> bool:
    (one,) = account.get(f"/invoices?batch={batch}")["data"]
    invoice = account.get(f"/invoices/{one['id']}")
    deliveries = account.get("/deliveries")["data"]
    return not any(one["state"] == "done" for one in deliveries) and invoice["facts"] == []


@pytest.mark.row("A5")
def test_an_order_by_mail_is_refused_in_trial_and_nothing_is_sent(trial: Any) -> None:
    batch = generated(trial)
    trial.post(f"/batches/{batch}/finalise", NOTHING)
    invoice = trial.get(f"/invoices?batch={batch}")["data"][0]["id"]
    for what in ({"batch": batch}, {"invoices": [invoice]}):
        for path in ("/output-orders", "/output-orders/plan"):
            refused = trial.call("POST", path, json={**what, "options": BY_MAIL})
            assert (refused.status_code, refused.json()["code"]) == (403, "NOT_ENTITLED")
    assert trial.get("/deliveries")["data"] == []
    assert nothing_was_sent(trial, batch)


@pytest.mark.row("A5")
def test_finalising_with_mail_is_refused_in_trial_before_any_number_is_taken(trial: Any) -> None:
    batch = generated(trial)
    refused = trial.call("POST", f"/batches/{batch}/finalise", json=BY_MAIL)
    assert (refused.status_code, refused.json()["code"]) == (403, "NOT_ENTITLED")
    assert trial.get(f"/batches/{batch}")["state"] == "generated"
    assert trial.get(f"/invoices?batch={batch}")["data"][0]["number"] is None


@pytest.mark.row("A5")
def test_a_customer_who_prefers_mail_waits_with_the_reason_in_trial(trial: Any) -> None:
    batch = generated(trial)
    trial.post(f"/batches/{batch}/finalise")
    (delivery,) = trial.get("/deliveries")["data"]
    assert (delivery["mode"], delivery["state"], delivery["code"]) == (
        "pdf_email",
        "attention",
        "NOT_ENTITLED",
    )
    assert nothing_was_sent(trial, batch)
    assert trial.get(f"/invoices?batch={batch}")["data"][0]["number"]


FILES = {
    "tax_codes.csv": "code,name,category,rate\nBE21,btw 21 %,S,21\n",
    "administrations.csv": "code,name,country,currency\nGENT,Netwerk BV,BE,EUR\n",
    "customers.csv": "code,name,country,email,administration,delivery_mode\n"
    "ADAM,Adam BV,BE,adam@adam.example,GENT,pdf_email\n",
    "contracts.csv": "code,name,customer,administration,type,start,billing_period,timing,taxable,"
    "tax_code,quantity,rate\n"
    "K-ADAM,Beheer,ADAM,GENT,RetainerFlatFee,2026-10-01,Monthly,arrears,yes,BE21,1,100\n",
}


@pytest.mark.row("A5")
def test_the_command_line_sends_no_mail_in_trial_either(commands: Commands, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    wanted = ("--name", "Netwerk", "--region", "BE", "--time-zone", "Europe/Brussels")
    assert commands.run("account", "open", "on-trial", *wanted, "--plan", "trial").code == 0
    desk = Desk(commands, "on-trial")
    desk.data("import", tmp_path)
    desk.data("rate", "--until", "2026-11-15")
    desk.data("connection", "add", "renderer", "pdf")
    mail = ("--set", "host=mail.example", "--set", "sender=billing@example.com")
    desk.data("connection", "add", "delivery", "email", *mail)
    batch = desk.data("batch", "create", "October", "--as-of", "2026-11-15")["id"]
    preview = desk.data("batch", "run", batch)["preview_hash"]
    desk.data("batch", "generate", batch, "--preview", preview)
    desk.data("batch", "finalise", batch)
    assert desk.data("batch", "show", batch)["deliveries"] == {"attention": 1}
