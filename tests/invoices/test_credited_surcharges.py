"""The surcharge of an item goes back with it."""

from decimal import Decimal

import pytest
from tests.fixtures.shop import Shop, amounts
from tests.invoices.credited import credit, give_back, left, pick
from tests.invoices.typed import edit, kept

from bordereau.charges import Charge
from bordereau.contract import LineType
from bordereau.invoices import Pick, price_to_zero
from bordereau.invoices.tables import Invoice


def surcharged(shop: Shop, *nets: str, percent: str = "5") -> tuple[Invoice, list[Charge]]:
    """Issue a project invoice whose lines carry a surcharge."""
    work = shop.books.work_type(code="OVH", name="Overhead", tax_code_id=shop.tax.id)
    shop.seller.surcharge_work_type_id = work.id
    project = shop.project()
    charges = [shop.charge(project, net, surcharge_percent=Decimal(percent)) for net in nets]
    (invoice,) = shop.issue(source="projects")
    return invoice, charges


@pytest.mark.row("B29", "B51", "B61")
def test_an_item_that_is_billed_again_takes_its_surcharge_back_first(shop: Shop) -> None:
    invoice, (first, second) = surcharged(shop, "100", "200")
    assert invoice.net == 315
    note = give_back(shop, invoice, picks=[pick(shop, first, reopen=True)])
    assert [(one.type, one.net) for one in shop.lines(note)] == [
        (LineType.ITEM, Decimal(100)),
        (LineType.SURCHARGE, Decimal(5)),
    ]
    (again,) = shop.issue(source="projects", name="again")
    assert again.net == 105
    assert give_back(shop, invoice, picks=[pick(shop, second)]).net == 210
    assert left(shop, invoice) == amounts("0 0")


@pytest.mark.row("B51", "B61")
def test_surcharges_of_several_credits_sum_to_the_surcharge_line(shop: Shop) -> None:
    invoice, charges = surcharged(shop, "0.10", "0.10", "0.10")
    assert shop.lines(invoice)[-1].net == Decimal("0.02")
    for charge in charges:
        give_back(shop, invoice, picks=[pick(shop, charge)])
    assert left(shop, invoice) == amounts("0 0")


@pytest.mark.row("B51", "B61")
def test_a_surcharge_line_that_was_picked_itself_is_credited_as_picked(shop: Shop) -> None:
    invoice, (first, _) = surcharged(shop, "100", "200")
    surcharge = shop.lines(invoice)[-1]
    note = give_back(shop, invoice, picks=[pick(shop, first), Pick(surcharge.id, Decimal(2))])
    assert note.net == 102
    assert give_back(shop, invoice).net == 213


@pytest.mark.row("B29", "B51")
def test_price_zero_takes_the_surcharge_of_the_line_along_before_and_after_the_number(
    shop: Shop,
) -> None:
    invoice, _ = surcharged(shop, "100", "200")
    line = shop.lines(invoice)[0]
    assert price_to_zero(shop.session, invoice.id, line.id, actor=shop.clerk).net == 105
    shop.charge(shop.project(), "100", surcharge_percent=Decimal(5))
    (draft,) = shop.invoices(shop.generate(source="projects", name="draft"))
    line = shop.lines(draft)[0]
    assert price_to_zero(shop.session, draft.id, line.id, actor=shop.clerk).net == 0


@pytest.mark.row("B51", "B61")
def test_the_surcharge_goes_back_as_it_was_charged_whatever_the_charge_says_now(
    shop: Shop,
) -> None:
    invoice, (first, second) = surcharged(shop, "100", "200")
    give_back(shop, invoice, picks=[pick(shop, first, reopen=True)])
    first.surcharge_percent = Decimal(50)
    shop.session.flush()
    assert give_back(shop, invoice, picks=[pick(shop, second, "100")]).net == 105
    assert left(shop, invoice) == amounts("105 126")


def nets(shop: Shop, note: Invoice) -> list[Decimal]:
    return [one.net for one in shop.lines(note)]


@pytest.mark.row("B51", "B61")
def test_the_surcharge_on_a_credit_note_follows_the_item_that_is_lowered(shop: Shop) -> None:
    invoice, (first, _) = surcharged(shop, "100", "200")
    note = credit(shop, invoice, picks=[pick(shop, first)])
    for price, expected in (("50", "50 2.5"), ("0", "0 0"), ("100", "100 5")):
        line, surcharge = shop.lines(note)
        edit(shop, note, lines=[kept(line, unit_price=Decimal(price)), kept(surcharge)])
        assert nets(shop, note) == [*amounts(expected)]
    price_to_zero(shop.session, note.id, shop.lines(note)[0].id, actor=shop.clerk)
    assert nets(shop, note) == [*amounts("0 0")]


@pytest.mark.row("B51", "B61")
def test_a_surcharge_that_was_picked_or_typed_does_not_follow_a_lowered_item(shop: Shop) -> None:
    invoice, (first, _) = surcharged(shop, "100", "200")
    own = Pick(shop.lines(invoice)[-1].id, Decimal(2))
    picked = credit(shop, invoice, picks=[pick(shop, first), own])
    line, surcharge = shop.lines(picked)
    edit(shop, picked, lines=[kept(line, unit_price=Decimal(50)), kept(surcharge)])
    assert nets(shop, picked) == [*amounts("50 2")]
    line, surcharge = shop.lines(picked)
    typed = kept(surcharge, unit_price=Decimal(1))
    edit(shop, picked, lines=[kept(line, unit_price=Decimal(40)), typed])
    assert nets(shop, picked) == [*amounts("40 1")]
