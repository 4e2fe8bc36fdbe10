"""The whole way by API: from files to numbered invoices that are on their way."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from bordereau.imports import KINDS


def test_files_become_a_batch_of_numbered_invoices(client: Any, samples: Path) -> None:
    for kind in KINDS:
        report = client.upload(kind, (samples / f"{kind}.csv").read_bytes())
        assert report["kind"] == kind
    for administration in client.get("/administrations")["data"]:
        assert administration["id"].startswith("adm_")
    rated = client.post("/charges/rate", {})
    assert rated["created"] > 0
    assert client.post("/charges/rate", {})["created"] == 0

    batch = client.post("/batches", {"name": "October"}, status=201)
    path = f"/batches/{batch['id']}"
    owners = client.get(f"{path}/owners")["data"]
    assert {"white", "black", "lock"} >= {one["box"] for one in owners}
    first = next(one for one in owners if one["ready_items"])
    items = client.get(f"{path}/owners/{first['id']}/charges")["data"]
    assert len(items) == first["items"]
    fewer = client.post(f"{path}/choices", {"ticked": False, "owners": [first["id"]]})
    assert fewer["charges"] == batch["totals"]["charges"] - first["ready_items"]
    same = client.post(f"{path}/choices", {"ticked": True, "all": True})
    assert {**batch["totals"], "version": 3} == same

    run = client.post(f"{path}/run")
    assert (run["state"], run["totals"]["currencies"]) == ("run", same["currencies"])
    drafts = client.post(f"{path}/generate", {"preview_hash": run["preview_hash"]})
    assert drafts["state"] == "generated"
    done = client.post(f"{path}/finalise", {"destinations": []})
    assert (done["state"], done["done"]) == ("done", run["totals"]["invoices"])
    assert client.post(f"{path}/finalise") == done
    (euro,) = done["result"]["totals"]
    (expected,) = run["totals"]["currencies"]
    assert Decimal(euro["amount"]) == Decimal(expected["total"]["amount"])

    orders = client.get(f"/output-orders?batch={batch['id']}")["data"]
    assert orders
    progress = client.get(f"/output-orders/{orders[0]['id']}")["progress"]
    assert progress["total"] > 0
    deliveries = client.get(f"/deliveries?order={orders[0]['id']}")["data"]
    assert {one["order"] for one in deliveries} == {orders[0]["id"]}
    causes = client.get("/inbox")["data"]
    assert {one["code"] for one in causes} <= {"MODE_UNAVAILABLE", "NO_METHOD"}
