"""The way of a pro forma by API."""

from typing import Any

from bordereau.values.ids import public_id


def test_a_pro_forma_is_filled_postponed_resumed_and_billed_per_project(client: Any) -> None:
    with client.session() as session:
        books = client.books(session)
        seller, customer, tax = books.administration(), books.customer(), books.tax_code()
        for net in ("100", "50"):
            books.charge(books.project(customer, seller), net, tax_code=tax.id)
        other = books.charge(books.contract(customer, seller))
    stays_out = {"charge": public_id("chg", other.id), "code": "DRAFT_PROJECTS_ONLY"}
    named = client.post("/drafts/fill", {"charges": [stays_out["charge"]]})
    assert named == {"drafts": [], "taken": 0, "refused": [stays_out]}
    filled = client.post("/drafts/fill", {})
    (draft_id,) = filled["drafts"]
    assert filled["taken"] == 2
    path = f"/drafts/{draft_id}"
    past = client.call("POST", f"{path}/postpone", json={"until": "2020-01-01"})
    assert (past.status_code, past.json()["code"]) == (422, "DAY_NOT_AHEAD")
    assert client.post(f"{path}/postpone", {"until": "2100-01-01"})["state"] == "delayed"
    seen = client.post(f"{path}/resume")
    assert (seen["state"], seen["delayed_until"]) == ("new", None)
    match = {"headers": {"If-Match": f'"{seen["version"]}"'}}
    assert client.post(f"{path}/release", **match)["state"] == "released"
    (done,) = client.post("/drafts/invoice", {"drafts": [draft_id], "collect": "project"})["data"]
    invoices = [client.get(f"/invoices/{one}") for one in done["invoices"]]
    assert sorted(one["total"]["amount"] for one in invoices) == ["120.00", "60.00"]
