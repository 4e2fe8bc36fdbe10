"""The page of a batch over HTTP: what is listed, filtered, ticked and locked there."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from bordereau.values.ids import public_id, uuid7

LATER = date(2199, 1, 1)
SEPTEMBER = {"period_start": date(2026, 9, 1), "period_end": date(2026, 10, 1)}
HALLOWEEN = {"worked_on": date(2026, 10, 31)}
ITEMS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "hourly": [
        ("time", "30", {"minutes": 20, **HALLOWEEN}),
        ("product", "20", HALLOWEEN),
        ("expense", "5", HALLOWEEN),
    ],
    "fee": [("fee", "200", SEPTEMBER)],
    "locked": [("time", "7", {"minutes": 5, "ready_on": LATER})],
}


@dataclass
class Sold:
    """Ids of what was sold: contracts by name, and their charges."""

    contracts: dict[str, str]
    charges: dict[str, str]
    customers: dict[str, str]


@pytest.fixture
def sold(client: Any) -> Sold:
    """An hourly contract with a time entry, a product and an expense; a fee; and one locked."""
    found = Sold({}, {}, {})
    fee = {"type": "RetainerFlatFee", "taxable": False, "billing_period": "Monthly"}
    kinds: list[tuple[str, dict[str, Any]]] = [("hourly", {}), ("fee", fee), ("locked", {})]
    with client.session() as session:
        books = client.books(session)
        seller, tax = books.administration(), books.tax_code()
        for name, values in kinds:
            customer = books.customer(name=f"Customer of {name}")
            contract = books.contract(customer, seller, tax_code_id=tax.id, name=name, **values)
            found.contracts[name] = public_id("ctr", contract.id)
            found.customers[name] = public_id("cus", customer.id)
            for kind, net, more in ITEMS[name]:
                charge = books.charge(contract, net, kind=kind, **more)
                found.charges[kind if name != "locked" else name] = public_id("chg", charge.id)
    return found


@pytest.fixture
def batch(client: Any, sold: Sold) -> str:
    """The address of a new batch over what was sold."""
    return str("/batches/" + client.post("/batches", {"name": "October"}, status=201)["id"])


def names(client: Any, batch: str, query: str = "") -> list[str]:
    return [one["name"] for one in client.get(f"{batch}/owners?{query}")["data"]]


def billable(totals: Any) -> list[tuple[str, str]]:
    return [(one["currency"], one["billable"]["amount"]) for one in totals["currencies"]]


@pytest.mark.row("A25", "A26", "A27", "A28", "A29")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type=RetainerFlatFee", ["fee"]),
        ("type=RetainerFlatFee&type=Hourly", ["fee", "hourly", "locked"]),
        ("taxable=true", ["hourly", "locked"]),
        ("taxable=false", ["fee"]),
        ("customer={fee}", ["fee"]),
        ("billing_period=Monthly", ["fee"]),
        ("period_from=2026-10-20", ["hourly"]),
        ("period_to=2026-09-30", ["fee"]),
        ("at_least=100", ["fee"]),
        ("at_most=100", ["hourly", "locked"]),
        ("not_zero=true&at_least=6&at_most=60", ["hourly", "locked"]),
    ],
)
@pytest.mark.parametrize("is_run", [False, True])
def test_filters_change_what_is_shown_and_never_what_is_selected(
    client: Any, sold: Sold, batch: str, query: str, expected: list[str], *, is_run: bool
) -> None:
    if is_run:
        client.post(f"{batch}/run")
    assert names(client, batch, query.format(**sold.customers)) == expected
    assert billable(client.get(batch)["totals"]) == [("EUR", "255.00")]


@pytest.mark.row("A25", "A28")
@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ("type=hourly", "TYPE_UNKNOWN", "type"),
        ("billing_period=Sometimes", "BILLING_PERIOD_UNKNOWN", "billing_period"),
        ("period_from=2026-10-02&period_to=2026-10-01", "RANGE_REVERSED", "period_from"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused_with_what_is_possible(
    client: Any, batch: str, query: str, code: str, parameter: str
) -> None:
    refused = client.call("GET", f"{batch}/owners?{query}")
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["hint"]
    assert parameter in refused.text


def test_batches_of_an_unknown_state_are_refused_with_what_is_possible(client: Any) -> None:
    refused = client.call("GET", "/batches?state=open")
    assert (refused.status_code, refused.json()["code"]) == (422, "STATE_UNKNOWN")
    assert "selecting, run, generated, finalised, deleted" in refused.json()["hint"]


@pytest.mark.row("A24", "A34", "A12", "A56")
@pytest.mark.parametrize("kind", ["time", "product", "expense"])
def test_each_item_can_be_ticked_and_unticked_by_itself(
    client: Any, sold: Sold, batch: str, kind: str
) -> None:
    path = f"{batch}/owners/{sold.contracts['hourly']}/charges"

    def look() -> tuple[set[str], Any, Any]:
        items = client.get(path)["data"]
        (owner,) = client.get(f"{batch}/owners?customer={sold.customers['hourly']}")["data"]
        (balance,) = owner["balances"]
        chosen = {one["kind"] for one in items if one["selected"]}
        return chosen, owner["ticked"], balance["selected_balance"]["amount"]

    everything = {"time", "product", "expense"}
    nets = {"time": 30, "product": 20, "expense": 5}
    without = client.post(f"{batch}/choices", {"ticked": False, "charges": [sold.charges[kind]]})
    assert billable(without) == [("EUR", f"{255 - nets[kind]}.00")]
    assert look() == (everything - {kind}, None, f"{55 - nets[kind]}.00")
    client.post(f"{batch}/choices", {"ticked": False, "owners": [sold.contracts["hourly"]]})
    alone = client.post(f"{batch}/choices", {"ticked": True, "charges": [sold.charges[kind]]})
    assert billable(alone) == [("EUR", f"{200 + nets[kind]}.00")]
    assert look() == ({kind}, None, f"{nets[kind]}.00")


@pytest.mark.row("A24", "A34")
def test_an_item_that_was_left_out_waits_for_the_next_batch(
    client: Any, sold: Sold, batch: str
) -> None:
    client.post(f"{batch}/choices", {"ticked": False, "charges": [sold.charges["product"]]})
    run = client.post(f"{batch}/run")
    assert billable(run["totals"]) == [("EUR", "235.00")]
    client.post(f"{batch}/generate", {"preview_hash": run["preview_hash"]})
    client.post(f"{batch}/finalise", {"customers": False, "destinations": []})
    following = client.post("/batches", {"name": "next"}, status=201)
    assert billable(following["totals"]) == [("EUR", "20.00")]


@pytest.mark.row("A22")
def test_a_padlock_cannot_be_ticked_by_any_route_and_run_passes_it_over(
    client: Any, sold: Sold, batch: str
) -> None:
    (owner,) = client.get(f"{batch}/owners?customer={sold.customers['locked']}")["data"]
    assert (owner["box"], owner["ticked"], owner["codes"]) == ("lock", False, ["PERIOD_OPEN"])
    assert owner["next_ready_on"] == LATER.isoformat()
    (balance,) = owner["balances"]
    assert (balance["total_balance"]["amount"], balance["ready_balance"]["amount"]) == (
        "7.00",
        "0.00",
    )
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"owners": [sold.contracts["locked"]]}, "OWNER_LOCKED"),
        ({"charges": [sold.charges["locked"]]}, "CHARGE_NOT_READY"),
    ]
    for what, code in refusals:
        refused = client.call("POST", f"{batch}/choices", json={"ticked": True, **what})
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    alone = {"customer": [sold.customers["locked"]]}
    for wish in ({"all": True}, {"matching": alone}):
        chosen = client.post(f"{batch}/choices", {"ticked": True, **wish})
        assert billable(chosen) == [("EUR", "255.00")]
    assert billable(client.post(f"{batch}/run")["totals"]) == [("EUR", "255.00")]
    states = {one["id"]: one["state"] for one in client.get("/charges")["data"]}
    assert states[sold.charges["locked"]] == "closed"


@pytest.mark.row("A22")
def test_a_batch_of_nothing_but_padlocks_cannot_be_run(client: Any, sold: Sold, batch: str) -> None:
    client.post(f"{batch}/choices", {"ticked": False, "all": True})
    refused = client.call("POST", f"{batch}/run")
    assert (refused.status_code, refused.json()["code"]) == (409, "NOTHING_SELECTED")


@pytest.mark.row("B9", "B16", "A32")
def test_everything_that_a_filter_shows_can_be_ticked_or_cleared_at_once(
    client: Any, sold: Sold, batch: str
) -> None:
    fees = {"type": ["RetainerFlatFee"]}
    cleared = client.post(f"{batch}/choices", {"ticked": False, "matching": fees})
    assert billable(cleared) == [("EUR", "55.00")]
    client.post(f"{batch}/choices", {"ticked": False, "matching": {}})
    ticked = client.post(f"{batch}/choices", {"ticked": True, "matching": fees})
    assert billable(ticked) == [("EUR", "200.00")]
    for body in (
        {"ticked": True, "matching": {"types": ["Hourly"]}},
        {"ticked": True, "matching": fees, "all": True},
        {"ticked": True},
    ):
        assert client.call("POST", f"{batch}/choices", json=body).status_code == 422


@pytest.mark.row("A6", "A11", "A12")
def test_a_contract_with_work_in_two_currencies_shows_two_balances(
    client: Any, sold: Sold, batch: str
) -> None:
    with client.session() as session:
        books = client.books(session)
        contract = books.contract(books.customer(name="Z"), books.administration(), name="both")
        for currency in ("EUR", "JPY"):
            books.charge(contract, "90", currency=currency)
    (owner,) = client.get(f"{batch}/owners?at_least=90&at_most=90")["data"]
    assert [(one["currency"], one["total_balance"]) for one in owner["balances"]] == [
        ("EUR", {"amount": "90.00", "currency": "EUR"}),
        ("JPY", {"amount": "90", "currency": "JPY"}),
    ]


@pytest.mark.row("A39", "A40")
def test_who_shares_an_invoice_is_chosen_beside_the_proposed_ones(
    client: Any, sold: Sold, batch: str
) -> None:
    run = client.post(f"{batch}/run")
    answer = client.call(
        "PATCH",
        batch,
        json={"collect": "customer", "line_level": "contract"},
        headers={"If-Match": f'"{run["version"]}"'},
    )
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["state"], changed["collect"]) == ("run", "customer")
    assert changed["preview_hash"] != run["preview_hash"]
    lines = [
        len(client.get(f"/invoices/{one['id']}")["lines"])
        for one in client.get(f"/invoices?batch={batch.removeprefix('/batches/')}")["data"]
    ]
    assert lines == [1, 1]


@pytest.mark.row("B32")
def test_the_date_of_the_invoices_can_be_taken_back(client: Any, batch: str) -> None:
    def patch(**body: Any) -> Any:
        answer = client.call("PATCH", batch, json=body, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert patch(invoice_date="2026-11-02")["invoice_date"] == "2026-11-02"
    assert patch(name="Other")["invoice_date"] == "2026-11-02"
    assert patch(invoice_date=None)["invoice_date"] is None


def test_the_name_of_a_batch_has_a_length(client: Any) -> None:
    refused = client.call("POST", "/batches", json={"name": "x" * 201})
    assert (refused.status_code, refused.json()["code"]) == (422, "NAME_TOO_LONG")


@pytest.mark.parametrize(("what", "prefix"), [("owners", "ctr_"), ("charges", "chg_")])
def test_what_is_not_there_is_named_as_people_know_it(
    client: Any, batch: str, what: str, prefix: str
) -> None:
    unknown = prefix + uuid7().hex
    body = {"ticked": False, what: [unknown]}
    refused = client.call("POST", f"{batch}/choices", json=body)
    assert (refused.status_code, refused.json()["code"]) == (404, "NOT_FOUND")
    assert refused.json()["detail"].endswith(f" {unknown}.")


def test_an_unknown_administration_is_named_as_people_know_it(client: Any) -> None:
    unknown = f"adm_{uuid7().hex}"
    refused = client.call("POST", "/batches", json={"administrations": [unknown]})
    assert refused.status_code == 404
    assert refused.json()["detail"] == f"There is no administration {unknown}."


@pytest.mark.row("B66")
def test_participants_are_listed_ticked_and_billed_by_customer(client: Any) -> None:
    with client.session() as session:
        books = client.books(session)
        tax, customer = books.tax_code(), books.customer(name="School")
        project = books.project(customer, books.administration())
        kind = {"kind": "participant", "project_id": None, "tax_code": tax.id}
        charge = books.charge(project, "245", **kind)
        books.charge(project, "100", **kind)
        school, seat = public_id("cus", customer.id), public_id("chg", charge.id)
    made = client.post("/batches", {"name": "Courses", "source": "participants"}, status=201)
    path = f"/batches/{made['id']}"
    (owner,) = client.get(f"{path}/owners")["data"]
    assert (owner["id"], owner["customer"], owner["name"]) == (school, school, "School")
    assert len(client.get(f"{path}/owners/{school}/charges")["data"]) == 2
    cleared = client.post(f"{path}/choices", {"ticked": False, "owners": [school]})
    assert cleared["charges"] == 0
    chosen = client.post(f"{path}/choices", {"ticked": True, "charges": [seat]})
    assert billable(chosen) == [("EUR", "245.00")]
    assert billable(client.post(f"{path}/run")["totals"]) == [("EUR", "245.00")]
