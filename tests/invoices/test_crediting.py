"""Credit notes, voiding, and the register of numbers."""

import random
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop, amounts

from bordereau.batches import totals
from bordereau.charges import Charge
from bordereau.contract import Fact
from bordereau.errors import Conflict, Invalid, Refused
from bordereau.invoices import (
    CreditWish,
    InvoiceInput,
    LineInput,
    NewFact,
    Pick,
    credit_invoice,
    credit_invoices,
    creditable,
    delete_invoice,
    delete_invoices,
    document_of,
    edit_invoice,
    facts_of,
    issue,
    number_register,
    price_to_zero,
    record_facts,
    replace_invoice,
    void_invoice,
)
from bordereau.invoices.tables import Allocation, Invoice, Series


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    """An issued invoice of two lines, 100.00 and 50.00 before tax."""
    contract = shop.contract()
    shop.charge(contract, "100", description="a")
    shop.charge(contract, "50", description="b")
    return shop.issue()[0]


def credit(shop: Shop, invoice: Invoice, **wish: Any) -> Invoice:
    return credit_invoice(shop.session, invoice.id, CreditWish(**wish), actor=shop.clerk)


def items(shop: Shop, invoice: Invoice) -> dict[Decimal, UUID]:
    rows = shop.session.execute(
        select(Allocation.amount, Allocation.id).where(Allocation.invoice_id == invoice.id)
    )
    return {row.amount: row.id for row in rows}


def states(shop: Shop) -> list[str]:
    found = shop.session.scalars(
        select(Charge).order_by(Charge.net), execution_options={"populate_existing": True}
    )
    return [one.state for one in found]


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


@pytest.mark.row("B21")
def test_changing_an_issued_invoice_makes_a_credit_and_a_new_draft(
    shop: Shop, invoice: Invoice
) -> None:
    note, copy = replace_invoice(shop.session, invoice.id, reason="typo", actor=shop.clerk)
    assert (note.original_id, note.total) == (invoice.id, copy.total)
    assert (copy.state, copy.origin, copy.number) == ("draft", "ad_hoc", None)
    assert [one.name for one in shop.lines(copy)] == [one.name for one in shop.lines(invoice)]
    assert totals(shop.session, shop.open()).charges == 0


@pytest.mark.row("B29")
def test_an_unused_number_can_be_voided_and_its_charges_are_billable_again(
    shop: Shop, invoice: Invoice
) -> None:
    with pytest.raises(Invalid):
        void_invoice(shop.session, invoice.id, reason=" ", actor=shop.clerk)
    void_invoice(shop.session, invoice.id, reason="typed twice", actor=shop.clerk)
    shop.session.refresh(invoice)
    assert (invoice.state, invoice.number) == ("voided", "F2026-00001")
    assert states(shop) == ["closed", "closed"]
    assert document_of(shop.session, invoice.id).number == invoice.number


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (Fact.PRINTED, "INVOICE_DELIVERED"),
        (Fact.FILED, "INVOICE_DELIVERED"),
        (Fact.EMAILED, "INVOICE_DELIVERED"),
        (Fact.EINVOICED, "INVOICE_DELIVERED"),
        (Fact.EXPORTED, "INVOICE_EXPORTED"),
        (Fact.POSTED, "INVOICE_POSTED"),
        (Fact.PAID, "INVOICE_PAID"),
    ],
)
def test_anything_that_was_done_stands_against_voiding(
    shop: Shop, invoice: Invoice, fact: Fact, code: str
) -> None:
    record_facts(shop.session, [NewFact(invoice_id=invoice.id, kind=fact, amount=Decimal(1))])
    with pytest.raises(Refused) as refusal:
        void_invoice(shop.session, invoice.id, reason="x", actor=shop.clerk)
    assert refusal.value.code == code


def test_a_credit_in_writing_stands_against_voiding(shop: Shop, invoice: Invoice) -> None:
    credit(shop, invoice)
    with pytest.raises(Conflict) as refusal:
        void_invoice(shop.session, invoice.id, reason="x", actor=shop.clerk)
    assert refusal.value.code == "CREDIT_DRAFTED"


@pytest.mark.row("B29", "B61")
def test_deleting_collectively_deletes_drafts_voids_unused_numbers_and_refuses_the_rest(
    shop: Shop,
) -> None:
    for _ in range(2):
        shop.charge(shop.contract())
    unused, used = shop.issue()
    record_facts(shop.session, [NewFact(invoice_id=used.id, kind=Fact.EMAILED)])
    shop.charge(shop.contract())
    (draft,) = shop.invoices(shop.generate(name="draft"))
    with pytest.raises(Refused) as refusal:
        delete_invoice(shop.session, used.id, actor=shop.clerk)
    assert refusal.value.code == "INVOICE_NUMBERED"
    found = delete_invoices(
        shop.session, [unused.id, used.id, draft.id], reason="test run", actor=shop.clerk
    )
    assert [(one.done, one.code) for one in found] == [
        ("voided", ""),
        ("", "INVOICE_DELIVERED"),
        ("deleted", ""),
    ]


@pytest.mark.row("B61")
def test_the_register_says_what_became_of_every_number(shop: Shop) -> None:
    for _ in range(4):
        shop.charge(shop.contract())
    voided, whole, part, plain = shop.issue()
    void_invoice(shop.session, voided.id, reason="typed twice", actor=shop.clerk)
    for note in (credit(shop, whole), credit(shop, part, net=Decimal(1)), credit(shop, plain)):
        if note.original_id != plain.id:
            issue(shop.session, [note.id])
    series = shop.session.scalars(select(Series.id).where(Series.kind == "380")).one()
    found = number_register(shop.session, series)
    assert [(one.number, one.fate) for one in found] == [
        ("F2026-00001", "voided"),
        ("F2026-00002", "credited"),
        ("F2026-00003", "partly_credited"),
        ("F2026-00004", "issued"),
    ]
    assert (found[0].reason, found[0].actor) == ("typed twice", shop.clerk.name)
    assert found[1].credited_by == ("A2026-00001",)
    assert [one.sequence for one in number_register(shop.session, series, after=3)] == [4]
