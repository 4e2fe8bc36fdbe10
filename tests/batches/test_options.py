"""The options of a batch: changed before the run, and beside its proposed invoices."""

from datetime import date

import pytest
from tests.fixtures.shop import TODAY, Shop

from bordereau.batches import Options, change_options, generate, totals
from bordereau.errors import Conflict, Invalid


@pytest.mark.row("A39")
def test_one_invoice_per_customer_can_be_chosen_after_the_run(shop: Shop) -> None:
    customer = shop.customer()
    for _ in range(2):
        shop.charge(shop.contract(customer), "10")
    batch = shop.run()
    before = batch.preview_hash
    assert [one.net for one in shop.invoices(batch)] == [10, 10]
    change_options(shop.session, batch, Options(collect="customer"), actor=shop.clerk)
    assert [one.net for one in shop.invoices(batch)] == [20]
    assert (batch.state, batch.preview_hash != before) == ("run", True)
    assert totals(shop.session, batch).invoices == 1
    with pytest.raises(Conflict, match="no longer what the preview showed"):
        generate(shop.session, batch, before, actor=shop.clerk)
    generate(shop.session, batch, batch.preview_hash, actor=shop.clerk)
    assert [one.state for one in shop.invoices(batch)] == ["draft"]


@pytest.mark.row("A40", "B19")
def test_line_grouping_and_compressing_can_be_chosen_after_the_run(shop: Shop) -> None:
    customer = shop.customer()
    contract = shop.contract(customer, name="Support")
    ticket = shop.books.ticket(customer, contract, title="Printer")
    for net in ("10", "20"):
        shop.charge(contract, net, ticket_id=ticket.id)
    shop.charge(contract, "5", description="Cable")
    batch = shop.run()

    def names() -> list[str]:
        (invoice,) = shop.invoices(batch)
        assert invoice.net == 35
        return sorted(one.name for one in shop.lines(invoice))

    assert names() == ["Cable", "Something useful", "Something useful"]
    for options, expected in (
        (Options(line_level="ticket"), ["Cable", "Printer"]),
        (Options(line_level="contract"), ["Support"]),
        (Options(line_level="entry", compress=True), ["Support"]),
    ):
        change_options(shop.session, batch, options, actor=shop.clerk)
        assert names() == expected


@pytest.mark.row("B32")
def test_the_invoice_date_can_be_changed_after_the_run_and_taken_back(shop: Shop) -> None:
    shop.charge(shop.contract())
    batch = shop.run(invoice_date=date(2026, 11, 1))
    change_options(shop.session, batch, Options(name="Other"), actor=shop.clerk)
    assert batch.invoice_date == date(2026, 11, 1)
    change_options(shop.session, batch, Options(invoice_date=None), actor=shop.clerk)
    assert batch.invoice_date is None
    assert [one.issue_date for one in shop.invoices(batch)] == [TODAY]


def test_a_new_name_alone_leaves_the_preview_as_it_is(shop: Shop) -> None:
    shop.charge(shop.contract())
    batch = shop.run()
    before = [one.id for one in shop.invoices(batch)]
    change_options(shop.session, batch, Options(name=" Other "), actor=shop.clerk)
    assert (batch.name, [one.id for one in shop.invoices(batch)]) == ("Other", before)


@pytest.mark.row("A36")
def test_the_name_of_a_batch_that_was_run_cannot_be_taken_away(shop: Shop) -> None:
    shop.charge(shop.contract())
    batch = shop.run()
    with pytest.raises(Invalid) as refusal:
        change_options(shop.session, batch, Options(name=" "), actor=shop.clerk)
    assert (refusal.value.code, refusal.value.where) == ("BATCH_NAME_MISSING", "name")


def test_options_are_fixed_once_the_batch_is_generated(shop: Shop) -> None:
    shop.charge(shop.contract())
    batch = shop.generate()
    with pytest.raises(Conflict) as refusal:
        change_options(shop.session, batch, Options(collect="customer"), actor=shop.clerk)
    assert refusal.value.code == "BATCH_GENERATED"


def test_the_name_of_a_batch_has_a_length_that_fits_a_page(shop: Shop) -> None:
    assert shop.open(name="x" * 200).name == "x" * 200
    with pytest.raises(Invalid) as refusal:
        shop.open(name="x" * 201)
    assert (refusal.value.code, refusal.value.where) == ("NAME_TOO_LONG", "name")
