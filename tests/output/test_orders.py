"""From an order to the far side, with a worker in a process of its own."""

from typing import Any

import pytest


@pytest.mark.row("B42", "A51")
def test_a_pdf_by_email_reaches_the_customer_and_shows_as_sent(shop: Any) -> None:
    shop.connect("delivery", "post")
    ids = shop.invoices(3)
    ordered = shop.order(ids)
    assert (ordered.created, ordered.found) == (3, 0)
    assert shop.settle() == {("done", ""): 3}
    assert sorted(shop.there("post").values()) == [1, 1, 1]
    assert shop.facts() == {"emailed": 3}
    assert shop.statuses() == {"sent": 3}


@pytest.mark.row("A46", "A50")
def test_an_export_goes_in_batches_of_the_channel(shop: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    ids = shop.invoices(25)
    shop.order(ids, customers=False, destinations=[ledger])
    assert shop.settle() == {("done", ""): 25}
    assert sorted(len(call["items"]) for call in shop.calls("ledger")) == [5, 10, 10]
    assert shop.statuses() == {"exported": 25}
