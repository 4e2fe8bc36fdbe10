"""Credit notes: what they take back, which charges are billable again, and what is left."""

import random
from datetime import date
from decimal import Decimal

import pytest
from tests.fixtures.shop import Shop, amounts
from tests.invoices.credited import credit, items, states

from bordereau.errors import Refused
from bordereau.invoices import (
    CreditWish,
    InvoiceInput,
    LineInput,
    Pick,
    credit_invoices,
    creditable,
    delete_invoice,
    document_of,
    edit_invoice,
    facts_of,
    issue,
    price_to_zero,
)
from bordereau.invoices.tables import Invoice


@pytest.mark.row("B61")
def test_a_whole_credit_settles_the_money_and_keeps_the_charges_billed(
    shop: Shop, invoice: Invoice
) -> None:
    note = credit(shop, invoice, reason="Wrong customer")
    assert (note.kind, note.state, note.original_id) == ("381", "draft", invoice.id)
    assert (note.net, note.tax, note.total) == amounts("150 30 180")
    issue(shop.session, [note.id])
    document = document_of(shop.session, note.id)
    assert [one.number for one in document.preceding] == [invoice.number]
    assert document.notes == ("Wrong customer",)
    assert document.number == "A2026-00001"
    assert states(shop) == ["billed", "billed"]
    assert facts_of(shop.session, [invoice.id])[invoice.id].left_to_credit == 0


@pytest.mark.row("B61")
def test_only_chosen_charges_are_billable_again_and_only_once_the_credit_is_issued(
    shop: Shop, invoice: Invoice
) -> None:
    note = credit(shop, invoice, picks=[Pick(items(shop, invoice)[Decimal(50)], reopen=True)])
    assert note.total == 60
    assert states(shop) == ["billed", "billed"]
    issue(shop.session, [note.id])
    assert states(shop) == ["closed", "billed"]
    (again,) = shop.issue(name="again")
    assert again.net == 50


@pytest.mark.row("A10")
def test_work_of_a_contract_billed_once_is_billable_again_when_credited(shop: Shop) -> None:
    project = shop.contract(type="ProjectHourlyRate", end=date(2026, 10, 31))
    shop.charge(project, "100", kind="time")
    shop.charge(project, "50", kind="time")
    (invoice,) = shop.issue()
    picked = Pick(items(shop, invoice)[Decimal(50)], reopen=True)
    issue(shop.session, [credit(shop, invoice, picks=[picked]).id])
    (again,) = shop.issue(name="again")
    assert again.net == 50


def test_a_partial_credit_never_reopens_and_never_exceeds_what_is_left(
    shop: Shop, invoice: Invoice
) -> None:
    item = items(shop, invoice)[Decimal(100)]
    with pytest.raises(Refused) as whole:
        credit(shop, invoice, picks=[Pick(item, Decimal(40), reopen=True)])
    assert whole.value.code == "REOPEN_NEEDS_WHOLE"
    first = credit(shop, invoice, picks=[Pick(item, Decimal(40))])
    assert (first.net, shop.lines(first)[0].quantity) == amounts("40 1")
    with pytest.raises(Refused) as too_large:
        credit(shop, invoice, picks=[Pick(item, Decimal(61))])
    assert too_large.value.code == "CREDIT_TOO_LARGE"
    rest = credit(shop, invoice, picks=[Pick(item)])
    assert rest.net == 60


def test_crediting_twice_is_refused_and_names_the_earlier_credit(
    shop: Shop, invoice: Invoice
) -> None:
    note = credit(shop, invoice)
    with pytest.raises(Refused) as drafted:
        credit(shop, invoice)
    assert drafted.value.code == "ALREADY_CREDITED"
    issue(shop.session, [note.id])
    with pytest.raises(Refused):
        credit(shop, invoice)
    assert creditable(shop.session, invoice.id).earlier == ["A2026-00001"]


def test_a_deleted_credit_draft_gives_its_amount_back(shop: Shop, invoice: Invoice) -> None:
    delete_invoice(shop.session, credit(shop, invoice).id, actor=shop.clerk)
    assert credit(shop, invoice).total == 180


def test_an_amount_is_shared_out_over_the_lines(shop: Shop, invoice: Invoice) -> None:
    note = credit(shop, invoice, net=Decimal("10.01"))
    assert sorted(one.net for one in shop.lines(note)) == [Decimal("3.34"), Decimal("6.67")]
    with pytest.raises(Refused) as refusal:
        credit(shop, invoice, net=Decimal(140))
    assert refusal.value.code == "CREDIT_TOO_LARGE"


@pytest.mark.parametrize("seed", range(5))
def test_partial_credits_give_back_exactly_what_was_charged(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    contract = shop.contract()
    taxes = [shop.tax, shop.books.tax_code("5.5")]
    for _ in range(6):
        net = str(Decimal(chance.randint(1, 9999)) / 100)
        shop.charge(contract, net, tax_code=chance.choice(taxes).id)
    (invoice,) = shop.issue(line_level=chance.choice(["contract", "entry"]))
    while (left := creditable(shop.session, invoice.id)).net > 0:
        part = min(left.net, Decimal(chance.randint(1, 15000)) / 100)
        note = credit(shop, invoice, net=part)
        issue(shop.session, [note.id])
    assert (left.net, left.total) == amounts("0 0")
    assert facts_of(shop.session, [invoice.id])[invoice.id].left_to_credit == 0


def test_a_credit_draft_can_be_lowered_but_not_raised(shop: Shop, invoice: Invoice) -> None:
    note = credit(shop, invoice)

    def change(price: str) -> Invoice:
        lines = [
            LineInput(
                id=line.id,
                name=line.name,
                unit_price=Decimal(price) if line.name == "a" else line.unit_price,
                tax_code_id=line.tax_code_id,
            )
            for line in shop.lines(note)
        ]
        typed = InvoiceInput(lines=lines)
        return edit_invoice(shop.session, note.id, typed, version=note.version, actor=shop.clerk)

    assert change("30").total == 96
    with pytest.raises(Refused) as refusal:
        change("101")
    assert refusal.value.code == "CREDIT_TOO_LARGE"
    rest = credit(shop, invoice)
    assert rest.net == 70


def test_a_reopening_credit_cannot_be_lowered(shop: Shop, invoice: Invoice) -> None:
    note = credit(shop, invoice, reopen=True)
    lines = [
        LineInput(id=line.id, name=line.name, unit_price=Decimal(1), tax_code_id=line.tax_code_id)
        for line in shop.lines(note)
    ]
    with pytest.raises(Refused) as refusal:
        edit_invoice(
            shop.session,
            note.id,
            InvoiceInput(lines=lines),
            version=note.version,
            actor=shop.clerk,
        )
    assert refusal.value.code == "REOPEN_NEEDS_WHOLE"


@pytest.mark.row("B61")
def test_many_invoices_are_credited_with_a_result_for_each(shop: Shop) -> None:
    for _ in range(3):
        shop.charge(shop.contract())
    first, second, third = shop.issue()
    credit(shop, second)
    found = credit_invoices(
        shop.session,
        [first.id, second.id, third.id],
        CreditWish(),
        actor=shop.clerk,
    )
    assert [(one.done, one.code) for one in found] == [
        ("credited", ""),
        ("", "ALREADY_CREDITED"),
        ("credited", ""),
    ]


@pytest.mark.row("B29")
def test_price_zero_after_the_number_is_a_credit_of_that_line(shop: Shop, invoice: Invoice) -> None:
    line = next(one for one in shop.lines(invoice) if one.net == 50)
    note = price_to_zero(shop.session, invoice.id, line.id, actor=shop.clerk)
    issue(shop.session, [note.id])
    assert note.net == 50
    assert (note.kind, states(shop)) == ("381", ["billed", "billed"])
