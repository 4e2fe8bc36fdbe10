"""The ledger by API: posting, entries, balances, revenue over months, carrying forward."""

import csv
from dataclasses import dataclass
from typing import Any

import pytest

from bordereau.values.ids import public_id

ACCOUNTS = {
    "receivable_account": "411000",
    "revenue_account": "706000",
    "tax_account": "445710",
    "suspense_account": "487000",
}


@dataclass
class Trade:
    """An account that sells, with its administration's id."""

    account: Any
    seller: Any
    tax: Any

    @property
    def administration(self) -> str:
        return public_id("adm", self.seller.id)

    def sell(self, *nets: str, **customer: str) -> list[Any]:
        """Issue an invoice for each amount and return them in their order."""
        with self.account.session() as session:
            books = self.account.books(session)
            for net in nets:
                buyer = books.customer(delivery_mode="", **customer)
                books.charge(books.contract(buyer, self.seller, tax_code_id=self.tax.id), net)
        batch = self.account.post("/batches", {"name": "billed"}, status=201)["id"]
        run = self.account.post(f"/batches/{batch}/run")
        path = f"/batches/{batch}"
        self.account.post(f"{path}/generate", {"preview_hash": run["preview_hash"]})
        self.account.post(f"{path}/finalise")
        found = self.account.get(f"/invoices?batch={batch}")["data"]
        return sorted(found, key=lambda one: str(one["number"]))


@pytest.fixture
def trade(client: Any) -> Trade:
    """An account with a seller that has accounts."""
    with client.session() as session:
        books = client.books(session)
        return Trade(client, books.administration(**ACCOUNTS), books.tax_code())


@pytest.mark.row("B62")
def test_an_invoice_is_posted_and_its_entry_is_read(trade: Trade) -> None:
    (invoice,) = trade.sell("100")
    path = f"/invoices/{invoice['id']}"
    posted = trade.account.post(f"{path}/post", {"entry_date": "2026-10-31"})
    assert (posted["number"], posted["code"]) == (invoice["number"], "")
    (entry,) = trade.account.get(f"/ledger/entries?invoice={invoice['id']}")["data"]
    assert (entry["id"], entry["entry_date"]) == (posted["entry"], "2026-10-31")
    assert entry["document_date"] == invoice["issue_date"]
    assert [(one["account"], one["debit"], one["credit"]) for one in entry["items"]] == [
        ("411000", "120.00", "0.00"),
        ("706000", "0.00", "100.00"),
        ("445710", "0.00", "20.00"),
    ]
    assert "posted" in {fact["kind"] for fact in trade.account.get(path)["facts"]}
    again = trade.account.call("POST", f"{path}/post")
    assert (again.status_code, again.json()["code"]) == (409, "INVOICE_POSTED")


@pytest.mark.row("B62")
def test_many_are_posted_by_a_filter_and_each_has_a_result(trade: Trade) -> None:
    invoices = trade.sell("100", "50", "25")
    first = trade.account.post("/ledger/postings", {"invoices": [invoices[0]["id"]]})
    assert (first["posted"], first["refused"]) == (1, 0)
    rest = trade.account.post("/ledger/postings", {"filter": {}})
    assert [one["invoice"] for one in rest["results"]] == [one["id"] for one in invoices[1:]]
    assert trade.account.post("/ledger/postings", {"filter": {}})["results"] == []
    named = trade.account.post("/ledger/postings", {"invoices": [invoices[0]["id"]]})
    assert [one["code"] for one in named["results"]] == ["INVOICE_POSTED"]


@pytest.mark.parametrize("body", [{}, {"invoices": [], "filter": None}])
def test_posting_names_invoices_or_a_filter(client: Any, body: Any) -> None:
    answer = client.call("POST", "/ledger/postings", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "CHOOSE_ONE"


def test_entries_come_in_pages(trade: Trade) -> None:
    trade.sell("1", "2", "3")
    trade.account.post("/ledger/postings", {"filter": {}})
    seen, cursor = [], ""
    while cursor is not None:
        page = trade.account.get(f"/ledger/entries?limit=2&cursor={cursor}")
        seen += [one["id"] for one in page["data"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 3


def test_the_journal_is_a_file_that_no_spreadsheet_executes(trade: Trade) -> None:
    trade.sell("100", code="=1+1")
    trade.account.post("/ledger/postings", {"filter": {}})
    answer = trade.account.call("GET", "/ledger/journal")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [row["account"] for row in rows] == ["411000", "706000", "445710"]
    assert [row["debit"] for row in rows] == ["120.00", "0.00", "0.00"]
    assert {row["customer"] for row in rows} == {"'=1+1"}


def test_the_trial_balance_sums_to_zero(trade: Trade) -> None:
    trade.sell("100", "-30")
    trade.account.post("/ledger/postings", {"filter": {}})
    found = trade.account.get(f"/administrations/{trade.administration}/trial-balance")["data"]
    assert {one["account"]: one["closing"] for one in found} == {
        "411000": "84.00",
        "445710": "-14.00",
        "706000": "-70.00",
    }


@pytest.mark.row("B64")
def test_revenue_is_spread_changed_and_booked(trade: Trade) -> None:
    (invoice,) = trade.sell("1000")
    account = trade.account
    account.post(f"/invoices/{invoice['id']}/post", {"entry_date": "2026-11-20"})
    line = account.get(f"/invoices/{invoice['id']}")["lines"][0]["id"]
    months = {"first": "2026-11-01", "last": "2027-01-31"}
    made = account.post(f"/invoice-lines/{line}/spread", months, status=201)
    assert [part["amount"]["amount"] for part in made["parts"]] == ["333.33", "333.33", "333.34"]
    changes = [
        {"period": "2026-11-01", "amount": "300"},
        {"period": "2026-12-01", "amount": "366.66"},
    ]
    account.post(f"/spreads/{made['id']}/parts", {"amounts": changes})
    done = account.post("/ledger/revenue-bookings", {"until": "2026-12-31"})
    assert done == {"booked": 2, "closed": 0}
    found = account.get(f"/spreads/{made['id']}")
    assert [part["booked"] for part in found["parts"]] == [True, True, False]
    assert account.get(f"/invoices/{invoice['id']}/spreads")["data"] == [found]
    entries = account.get(f"/ledger/entries?spread={made['id']}")["data"]
    assert [one["kind"] for one in entries] == ["revenue", "suspense", "revenue"]
    wrong = {"amounts": [{"period": "2027-01-01", "amount": "1"}]}
    answer = account.call("POST", f"/spreads/{made['id']}/parts", json=wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "DISTRIBUTION_SUM")


@pytest.mark.row("B65")
def test_what_is_not_posted_is_carried_forward(trade: Trade) -> None:
    invoices = trade.sell("100", "50")
    account, path = trade.account, f"/administrations/{trade.administration}"
    ids = [one["id"] for one in invoices]
    day = {"invoices": ids, "entry_date": "2026-10-15"}
    assert account.post("/ledger/entry-dates", day) == {"count": 2}
    closed = account.call("PUT", f"{path}/closed-until", json={"closed_until": "2026-10-31"})
    assert closed.json() == {"closed_until": "2026-10-31"}
    refused = account.post("/ledger/postings", {"filter": {}})["results"]
    assert {one["code"] for one in refused} == {"PERIOD_CLOSED"}
    run = account.post(f"{path}/carry-forward", status=201)
    assert (run["invoices"], run["moved_to"]) == (2, "2026-11-01")
    assert account.get(f"/carry-forwards/{run['id']}") == run
    first = account.get(f"/carry-forwards/{run['id']}/moved?limit=1")
    rest = account.get(f"/carry-forwards/{run['id']}/moved?cursor={first['next_cursor']}")
    moved = [*first["data"], *rest["data"]]
    assert [one["invoice"] for one in moved] == ids
    assert {(one["moved_from"], one["moved_to"]) for one in moved} == {("2026-10-15", "2026-11-01")}
    posted = account.post("/ledger/postings", {"filter": {}})["results"]
    assert {one["entry_date"] for one in posted} == {"2026-11-01"}


def test_opening_a_period_again_needs_the_right_to_administer(trade: Trade) -> None:
    path = f"/administrations/{trade.administration}/closed-until"
    key = trade.account.key_of("post")
    for day, status in (("2026-10-31", 200), ("2026-09-30", 403), (None, 403)):
        answer = trade.account.call("PUT", path, key=key, json={"closed_until": day})
        assert answer.status_code == status, answer.text
