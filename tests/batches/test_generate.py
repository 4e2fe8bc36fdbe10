"""Generate: what was shown is what is made, or nothing is."""

from decimal import Decimal

import pytest
from tests.fixtures.shop import Shop

from bordereau.batches import delete_batch, generate, preview_again, remove_invoice, totals
from bordereau.errors import Conflict, NotFound, Refused
from bordereau.invoices import issue
from bordereau.values.ids import public_id


@pytest.mark.row("A42", "B34")
def test_generate_turns_proposals_into_drafts_and_bills_their_charges(shop: Shop) -> None:
    charge = shop.charge(shop.contract())
    batch = shop.run()
    before = shop.invoices(batch)
    batch = generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    (invoice,) = shop.invoices(batch)
    assert invoice.id == before[0].id
    assert (invoice.state, invoice.status, invoice.number) == ("draft", "draft", None)
    assert (batch.state, shop.state(charge)) == ("generated", "billed")
    assert totals(shop.session, batch).tickets == 0


@pytest.mark.row("A3")
def test_only_a_batch_that_was_run_can_be_generated(shop: Shop) -> None:
    with pytest.raises(Conflict) as refusal:
        generate(shop.session, shop.open(), "", actor=shop.clerk)
    assert refusal.value.code == "BATCH_SELECTING"


@pytest.mark.row("A3")
def test_generating_twice_makes_no_second_set(shop: Shop) -> None:
    shop.charge(shop.contract())
    batch = shop.generate()
    again = generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    assert (again.id, len(shop.invoices())) == (batch.id, 1)


def test_a_change_since_the_preview_stops_generation_and_is_named(shop: Shop) -> None:
    customer = shop.customer(name="Old name", buyer_reference="R1")
    shop.charge(shop.contract(customer), "100")
    shop.charge(shop.contract(), "50")
    batch = shop.run()
    customer.name = "New name"
    shop.tax.rate = Decimal(21)
    shop.session.flush()
    with pytest.raises(Conflict) as refusal:
        generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    assert refusal.value.code == "PREVIEW_CHANGED"
    found = refusal.value.details["differences"]
    mine = {
        one["field"]: (one["old"], one["new"]) for one in found if one["customer"] == "New name"
    }
    assert mine["buyer.name"] == ("Old name", "New name")
    assert mine["total"] == ("120.00", "121.00")
    assert mine["lines.1.tax.3"] == ("20", "21")
    assert {one["customer"] for one in found} >= {"New name"}
    assert [one.state for one in shop.invoices(batch)] == ["proposed", "proposed"]


def test_the_new_preview_can_be_accepted(shop: Shop) -> None:
    shop.charge(shop.contract(), "100")
    batch = shop.run()
    shown = batch.preview_hash
    shop.tax.rate = Decimal(10)
    shop.session.flush()
    batch = preview_again(shop.session, batch, actor=shop.clerk)
    assert batch.preview_hash != shown
    with pytest.raises(Conflict, match="no longer what the preview showed"):
        generate(shop.session, batch, shown, actor=shop.clerk)
    generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    assert [one.total for one in shop.invoices(batch)] == [110]


def test_the_hash_of_a_preview_does_not_depend_on_when_it_was_made(shop: Shop) -> None:
    shop.charge(shop.contract(), "100")
    batch = shop.run()
    first = batch.preview_hash
    assert preview_again(shop.session, batch, actor=shop.clerk).preview_hash == first


def test_a_batch_whose_invoices_were_all_removed_makes_nothing(shop: Shop) -> None:
    shop.charge(shop.contract())
    batch = shop.run()
    remove_invoice(shop.session, batch, shop.invoices(batch)[0].id, actor=shop.clerk)
    with pytest.raises(Refused) as refusal:
        generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    assert refusal.value.code == "NOTHING_SELECTED"


@pytest.mark.row("A42")
def test_a_contract_switched_off_after_the_run_stops_generation_and_is_named(shop: Shop) -> None:
    off, on = shop.contract(shop.customer(name="Off")), shop.contract()
    charge, other = shop.charge(off, "100"), shop.charge(on, "50")
    batch = shop.run()
    off.active = False
    shop.session.flush()
    with pytest.raises(Conflict) as refusal:
        generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    details = refusal.value.details
    assert refusal.value.code == "PREVIEW_CHANGED"
    assert details["charges"] == {public_id("chg", charge.id): ["CONTRACT_INACTIVE"]}
    (gone,) = details["differences"]
    assert (gone["customer"], gone["field"], gone["old"], gone["new"]) == (
        "Off",
        "invoice",
        "120.00",
        None,
    )
    batch = preview_again(shop.session, batch, actor=shop.clerk)
    assert [shop.state(one) for one in (charge, other)] == ["closed", "reserved"]
    assert charge.holds == ["CONTRACT_INACTIVE"]
    generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    assert [one.net for one in shop.invoices(batch)] == [50]


@pytest.mark.row("A38", "B29")
def test_an_invoice_can_leave_the_batch_until_it_has_a_number(shop: Shop) -> None:
    charge = shop.charge(shop.contract())
    numbered = shop.charge(shop.contract())
    batch = shop.generate()
    invoices = {one.contract_id: one.id for one in shop.invoices(batch)}
    issue(shop.session, [invoices[numbered.contract_id]])
    remove_invoice(shop.session, batch, invoices[charge.contract_id], actor=shop.clerk)
    assert shop.state(charge) == "closed"
    with pytest.raises(Conflict) as refusal:
        remove_invoice(shop.session, batch, invoices[numbered.contract_id], actor=shop.clerk)
    assert refusal.value.code == "INVOICE_NUMBERED"
    assert shop.state(numbered) == "billed"


@pytest.mark.parametrize("until", ["open", "run", "generate"])
def test_deleting_a_batch_releases_everything(shop: Shop, until: str) -> None:
    charge = shop.charge(shop.contract())
    batch = getattr(shop, until)()
    delete_batch(shop.session, batch, actor=shop.clerk)
    assert (shop.state(charge), shop.invoices()) == ("closed", [])
    with pytest.raises(NotFound):
        delete_batch(shop.session, batch, actor=shop.clerk)
    assert totals(shop.session, shop.open()).charges == 1


def test_a_batch_with_a_number_in_it_cannot_be_deleted(shop: Shop) -> None:
    shop.charge(shop.contract())
    charge = shop.charge(shop.contract())
    batch = shop.generate()
    issue(shop.session, [shop.invoices(batch)[0].id])
    with pytest.raises(Conflict) as refusal:
        delete_batch(shop.session, batch, actor=shop.clerk)
    assert refusal.value.code == "INVOICE_NUMBERED"
    assert shop.state(charge) == "billed"
