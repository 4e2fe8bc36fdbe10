"""The part of a payment that goes to a blocked account (G account)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tests.fixtures.shop import Shop, amounts
from tests.invoices.typed import edit, kept

from bordereau.errors import Refused
from bordereau.invoices import LineInput, issue, replace_invoice
from bordereau.invoices.tables import Invoice


@pytest.fixture
def reverse(shop: Shop) -> UUID:
    """The reverse-charge code of a Dutch seller with a G account."""
    shop.seller.country, shop.seller.blocked_iban = "NL", "NL86INGB0002445588"
    return shop.books.tax_code("0", category="AE", exemption="Reverse charge").id


def bill(shop: Shop, reverse: UUID, *parts: tuple[str, str], **options: Any) -> Invoice:
    """Bill a customer who blocks 25 % of the wages for projects of these nets and percentages."""
    customer = shop.customer(name="Bouw BV", split_percent=Decimal(25))
    for net, percent in parts:
        project = shop.project(customer, wage_percent=Decimal(percent))
        shop.charge(project, net, tax_code=reverse, description=net)
    (draft,) = shop.invoices(shop.generate(source="projects", collect="customer", **options))
    return draft


def split(invoice: Invoice) -> tuple[Decimal, ...]:
    """Return wage total, blocked amount, balance and wage percentage."""
    found = invoice.payment_split or {}
    names = ("wage_total", "amount", "balance", "wage_percent")
    return tuple(Decimal(found[name]) for name in names)


@pytest.mark.row("B58")
def test_the_wages_of_several_projects_are_added_up_and_rounded_once(
    shop: Shop, reverse: UUID
) -> None:
    invoice = bill(shop, reverse, ("123456.78", "40"), ("98765.43", "35"))
    assert split(invoice) == amounts("83950.61 20987.65 201234.56 37.7778")
    assert (invoice.net, invoice.total) == amounts("222222.21 222222.21")


@pytest.mark.row("B58")
def test_the_wages_of_each_project_follow_an_edited_line(shop: Shop, reverse: UUID) -> None:
    invoice = bill(shop, reverse, ("1000", "40"), ("500", "10"))
    lines = [
        kept(one, **({"unit_price": Decimal(100)} if one.name == "500" else {}))
        for one in shop.lines(invoice)
    ]
    assert split(edit(shop, invoice, lines=lines))[:3] == amounts("410 102.5 997.5")


@pytest.mark.row("B58")
def test_what_no_project_stands_behind_has_the_mean_wage_percentage(
    shop: Shop, reverse: UUID
) -> None:
    invoice = bill(shop, reverse, ("1000", "40"), ("1000", "10"))
    lines = [kept(one) for one in shop.lines(invoice)]
    typed = LineInput(name="Extra", unit_price=Decimal(100), tax_code_id=reverse)
    assert split(edit(shop, invoice, lines=[*lines, typed])) == amounts("525 131.25 1968.75 25")


@pytest.mark.row("B58")
def test_the_copy_of_a_replaced_invoice_keeps_its_split_and_changes_in_proportion(
    shop: Shop, reverse: UUID
) -> None:
    invoice = bill(shop, reverse, ("123456.78", "40"), ("98765.43", "35"))
    before = split(invoice)
    issue(shop.session, [invoice.id])
    _, copy = replace_invoice(shop.session, invoice.id, reason="Address", actor=shop.clerk)
    assert split(edit(shop, copy, lines=[kept(one) for one in shop.lines(copy)])) == before
    (first, _) = shop.lines(copy)
    assert split(edit(shop, copy, lines=[kept(first)]))[0] == round(
        first.net * before[0] / invoice.net, 2
    )


@pytest.mark.row("B58")
def test_wages_that_exceed_the_invoice_are_refused_and_name_the_customer(
    shop: Shop, reverse: UUID
) -> None:
    with pytest.raises(Refused, match="Bouw BV") as refusal:
        bill(shop, reverse, ("1000", "40"), ("-900", "0"))
    assert refusal.value.code == "G_ACCOUNT_WAGE"
    assert refusal.value.hint


@pytest.mark.row("B58")
def test_an_invoice_that_turns_into_a_credit_note_splits_what_is_given_back(
    shop: Shop, reverse: UUID
) -> None:
    invoice = bill(shop, reverse, ("-1000", "40"), ("-500", "10"))
    assert (invoice.kind, invoice.total) == ("381", Decimal(1500))
    assert split(invoice)[:3] == amounts("450 112.5 1387.5")
