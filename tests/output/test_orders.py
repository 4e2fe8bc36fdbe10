"""Orders: what leaves by which channel, and what is refused or waits with a reason."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bordereau.errors import Forbidden, Invalid, NotFound, Refused
from bordereau.output import planned_deliveries, preview
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import uuid7


def code_of(caught: Any) -> str:
    return str(caught.value.code)


@pytest.mark.row("B42", "A51", "B39")
def test_a_preferred_email_reaches_the_customer_and_shows_as_sent(shop: Any) -> None:
    shop.connect("delivery", "post")
    ids = shop.invoices(3)
    ordered = shop.order(ids)
    assert (ordered.created, ordered.found) == (3, 0)
    assert shop.settle() == {("done", ""): 3}
    assert sorted(shop.there("post").values()) == [1, 1, 1]
    assert shop.facts() == {"emailed": 3}
    assert shop.statuses() == {"sent": 3}


@pytest.mark.row("A46", "A50")
def test_an_export_goes_in_consignments_as_large_as_the_channel_takes(shop: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    ids = shop.invoices(25)
    shop.order(ids, customers=False, destinations=[ledger])
    assert shop.settle() == {("done", ""): 25}
    assert sorted(len(call["items"]) for call in shop.calls("ledger")) == [5, 10, 10]
    assert shop.statuses() == {"exported": 25}


@pytest.mark.row("A47")
def test_automatic_destinations_get_every_order_and_others_only_when_chosen(shop: Any) -> None:
    automatic = shop.connect("destination", "ledger", automatic=True)
    by_hand = shop.connect("destination", "ledger")
    ids = shop.invoices(1)
    shop.order(ids, customers=False)
    assert {row.connection_id for row in shop.deliveries()} == {automatic}
    shop.order(ids, customers=False, destinations=[by_hand])
    assert {row.connection_id for row in shop.deliveries()} == {automatic, by_hand}
    assert shop.settle() == {("done", ""): 2}


@pytest.mark.row("A48")
def test_a_destination_that_is_not_connected_is_refused(shop: Any) -> None:
    ids = shop.invoices(1)
    with pytest.raises(Refused) as caught:
        shop.order(ids, destinations=[uuid7()])
    assert code_of(caught) == "DESTINATION_UNAVAILABLE"
    assert shop.deliveries() == []


@pytest.mark.row("B38", "B40")
def test_an_alternative_sends_all_in_one_mode_whatever_customers_prefer(shop: Any) -> None:
    shop.connect("delivery", "post")
    shop.connect("delivery", "printer")
    ids = shop.invoices(2) + shop.invoices(1, delivery_mode="print")
    shop.order(ids, mode="print")
    assert shop.settle() == {("done", ""): 3}
    assert shop.facts() == {"printed": 3}
    assert shop.there("post") == {}
    assert shop.statuses() == {"draft": 3}


@pytest.mark.row("B41")
def test_print_and_email_have_each_their_own_result(shop: Any) -> None:
    shop.connect("delivery", "post", mood="hostile")
    shop.connect("delivery", "printer")
    shop.order(shop.invoices(1, delivery_mode="print_pdf_email"))
    assert shop.settle() == {("done", ""): 1, ("rejected", "REJECTED"): 1}
    assert shop.facts() == {"printed": 1}


@pytest.mark.row("B46")
def test_saving_in_the_folder_can_be_added_to_any_mode(shop: Any) -> None:
    shop.connect("delivery", "printer")
    shop.connect("delivery", "cabinet")
    ids = shop.invoices(1, delivery_mode="print")
    shop.order(ids, save_in_folder=True)
    by_wish = shop.invoices(1, delivery_mode="print", save_in_folder=True)
    shop.order(by_wish)
    assert shop.settle() == {("done", ""): 4}
    assert shop.facts() == {"printed": 2, "filed": 2}


def test_a_mode_without_its_channel_is_refused(shop: Any) -> None:
    shop.connect("delivery", "printer")
    ids = shop.invoices(1)
    for wish in ({"mode": "print_pdf_email"}, {"mode": "fax"}, {"save_in_folder": True}):
        with pytest.raises(Refused) as caught:
            shop.order(ids, **wish)
        assert code_of(caught) == "MODE_UNAVAILABLE"
        assert caught.value.details["possible"] == ["print"]
    assert shop.deliveries() == []


@pytest.mark.row("B43")
def test_a_mode_is_possible_only_if_its_files_can_be_made(shop: Any) -> None:
    shop.connect("delivery", "post")
    with pytest.raises(Refused) as caught:
        shop.order(shop.invoices(1), mode="einvoice_pdf_email")
    assert code_of(caught) == "MODE_UNAVAILABLE"


@pytest.mark.row("B43", "B50")
def test_e_invoice_and_pdf_leave_in_one_mail_with_two_attachments(shop: Any) -> None:
    shop.connect("renderer", "seal")
    shop.connect("delivery", "post")
    shop.order(shop.invoices(2), mode="einvoice_pdf_email")
    assert shop.settle() == {("done", ""): 2}
    lines = shop.lines("post")
    assert [line["media"] for line in lines] == [["application/xml", "text/plain"]] * 2
    assert shop.facts() == {"emailed": 2, "einvoiced": 2}


def test_a_preferred_mode_without_its_channel_waits_for_a_person(shop: Any) -> None:
    shop.order(shop.invoices(2))
    assert shop.states() == {("attention", "MODE_UNAVAILABLE"): 2}


def test_a_customer_without_a_method_is_never_a_silent_success(shop: Any) -> None:
    shop.connect("delivery", "printer")
    ids = shop.invoices(2, delivery_mode="")
    shop.order(ids)
    assert shop.states() == {("attention", "NO_METHOD"): 2}
    again = shop.order(ids)
    assert (again.created, again.found) == (0, 2)
    shop.order(ids, mode="print")
    assert shop.settle() == {("done", ""): 2}


def test_a_customer_without_an_address_waits_and_others_go(shop: Any) -> None:
    shop.connect("delivery", "post")
    ids = shop.invoices(1, email="") + shop.invoices(1)
    shop.order(ids)
    assert shop.settle() == {("attention", "NO_EMAIL"): 1, ("done", ""): 1}


@pytest.mark.row("A5")
def test_a_tenant_in_trial_sends_no_email_but_everything_else(shop: Any) -> None:
    shop.subscribe("trial")
    shop.connect("delivery", "post")
    shop.connect("delivery", "printer")
    ids = shop.invoices(1, delivery_mode="print_pdf_email")
    for mode in ("pdf_email", "print_pdf_email"):
        with pytest.raises(Forbidden) as caught:
            shop.order(ids, mode=mode)
        assert code_of(caught) == "NOT_ENTITLED"
    assert shop.deliveries() == []
    shop.order(ids)
    assert shop.settle() == {("attention", "NOT_ENTITLED"): 1, ("done", ""): 1}
    assert shop.facts() == {"printed": 1}
    assert shop.there("post") == {}


def test_a_zero_total_is_not_exported_unless_the_connection_allows_it(shop: Any) -> None:
    ledger = shop.connect("destination", "ledger")
    ids = shop.invoices(1, total="0")
    shop.order(ids, customers=False, destinations=[ledger])
    assert shop.states() == {("skipped", "ZERO_TOTAL"): 1}
    assert shop.there("ledger") == {}
    open_minded = shop.connect("destination", "ledger", zero_totals=True)
    shop.order(ids, customers=False, destinations=[open_minded])
    assert shop.settle() == {("skipped", "ZERO_TOTAL"): 1, ("done", ""): 1}


def test_a_second_click_finds_the_first(shop: Any) -> None:
    shop.connect("delivery", "post")
    ids = shop.invoices(5)
    first = shop.order(ids)
    second = shop.order(ids)
    assert second.order_id == first.order_id
    assert (second.created, second.found) == (0, 5)
    assert shop.settle() == {("done", ""): 5}
    assert shop.order(ids).created == 0
    assert set(shop.there("post").values()) == {1}


def test_clicks_at_the_same_time_make_each_delivery_once(shop: Any) -> None:
    shop.connect("delivery", "post")
    ids = shop.invoices(30)
    with ThreadPoolExecutor(4) as pool:
        made = [done.created for done in pool.map(lambda _: shop.order(ids), range(4))]
    assert sum(made) == 30
    assert shop.settle() == {("done", ""): 30}
    assert sorted(shop.there("post").values()) == [1] * 30


def test_asking_again_makes_a_new_delivery_beside_the_old(shop: Any) -> None:
    shop.connect("delivery", "post")
    ids = shop.invoices(1)
    shop.order(ids)
    shop.settle()
    assert shop.order(ids, again=True).created == 1
    assert shop.settle() == {("done", ""): 2}
    assert [row.generation for row in shop.deliveries()] == [1, 2]
    keys = {call["key"] for call in shop.calls("post")}
    assert len(keys) == 2


@pytest.mark.row("B44")
def test_another_layout_is_chosen_only_with_an_alternative(shop: Any) -> None:
    shop.connect("delivery", "post")
    layout = shop.layout("Sober")
    ids = shop.invoices(1)
    with pytest.raises(Invalid) as caught:
        shop.order(ids, layout_id=layout)
    assert code_of(caught) == "LAYOUT_WITHOUT_MODE"
    with pytest.raises(NotFound):
        shop.order(ids, mode="pdf_email", layout_id=uuid7())
    shop.order(ids, mode="pdf_email", layout_id=layout)
    shop.settle()
    assert [file.content.decode().split()[-2] for file in shop.files()] == ["Sober"]


def test_only_numbered_invoices_of_the_own_tenant_are_sent(shop: Any, new_shop: Any) -> None:
    with pytest.raises(Refused) as caught:
        shop.order([shop.draft()])
    assert code_of(caught) == "NOT_ISSUED"
    with pytest.raises(Refused) as caught:
        shop.order([])
    assert code_of(caught) == "NOTHING_TO_SEND"
    stranger = new_shop(shop.works)
    with pytest.raises(NotFound):
        shop.order(stranger.invoices(1))


def test_ordering_needs_the_right_to_deliver(shop: Any) -> None:
    shop.actor = Actor("reader@example.com", frozenset({"read"}))
    ids = shop.invoices(1)
    with pytest.raises(Forbidden) as caught:
        shop.order(ids)
    assert code_of(caught) == "RIGHT_MISSING"


@pytest.mark.row("B49")
def test_the_overview_is_what_an_order_makes_and_a_preview_sends_nothing(shop: Any) -> None:
    shop.connect("delivery", "post")
    ids = shop.invoices(1) + shop.invoices(1, delivery_mode="")
    session: TenantSession
    with shop.session() as session:
        planned = planned_deliveries(session, shop.works.desk.connections, invoice_ids=ids)
    assert [(each.mode, each.code) for each in planned] == [("pdf_email", ""), ("", "NO_METHOD")]
    shown = preview(shop.works.desk, shop.tenant_id, planned[0])
    assert shown.content.decode().startswith(shop.number(ids[0]))
    with pytest.raises(Refused) as caught:
        preview(shop.works.desk, shop.tenant_id, planned[1])
    assert code_of(caught) == "NO_PREVIEW"
    assert (shop.deliveries(), shop.there("post")) == ([], {})
    shop.order(ids)
    made = {(row.invoice_id, row.connection_id, row.code) for row in shop.deliveries()}
    assert made == {(each.invoice_id, each.connection_id, each.code) for each in planned}
