"""Posting invoices and credit notes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from tests.fixtures.shop import TODAY

from bordereau.contract import Fact
from bordereau.errors import BordereauError, Conflict, Forbidden, NotFound, Refused
from bordereau.invoices import NewFact, facts_of, record_facts
from bordereau.invoices.rules.allowed import InvoiceAction, check
from bordereau.invoices.tables import Invoice
from bordereau.ledger import close_until, post, post_one, set_entry_date
from bordereau.tenancy import Actor
from bordereau.tenancy.tables import AuditEvent
from bordereau.values.ids import uuid7

ZERO = Decimal(0)


def money(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))


def refusal(call: Any, kind: type[BordereauError] = Refused) -> BordereauError:
    with pytest.raises(kind) as caught:
        call()
    return caught.value


@pytest.mark.row("B62")
def test_an_invoice_books_the_receivable_against_revenue_and_tax(ledger: Any) -> None:
    invoice = ledger.invoice("100")
    posted = post_one(ledger.shop.session, invoice.id, actor=ledger.keeper)
    (entry,) = ledger.entries()
    assert (entry.id, entry.number, entry.entry_date) == (posted.entry_id, "F2026-00001", TODAY)
    assert ledger.items() == [
        ("411000", *money("120.00", "0.00")),
        ("706000", *money("0.00", "100.00")),
        ("445710", *money("0.00", "20.00")),
    ]
    assert (entry.items[2].tax_category, entry.items[2].tax_rate) == ("S", 20)


@pytest.mark.row("B62")
def test_revenue_goes_to_the_account_of_the_line_then_the_work_type_then_the_seller(
    ledger: Any,
) -> None:
    shop = ledger.shop
    contract = shop.contract()
    hardware, support = (
        shop.books.work_type(account="707000"),
        shop.books.work_type(account=""),
    )
    shop.charge(contract, "10", work_type_id=hardware.id, description="Screen")
    shop.charge(contract, "20", work_type_id=support.id, description="Advice")
    shop.charge(contract, "30", description="Travel")
    (invoice,) = shop.issue()
    support.account = "706200"  # chosen after the invoice was made
    shop.session.flush()
    post_one(shop.session, invoice.id, actor=ledger.keeper)
    revenue = {account: credit for account, _, credit in ledger.items() if account[:2] == "70"}
    assert revenue == {"707000": 10, "706200": 20, "706000": 30}


@pytest.mark.row("B62")
@pytest.mark.parametrize(
    ("booking", "expected"),
    [
        ("debit", [("0.00", "120.00"), ("100.00", "0.00"), ("20.00", "0.00")]),
        ("negative_credit", [("-120.00", "0.00"), ("0.00", "-100.00"), ("0.00", "-20.00")]),
    ],
)
def test_a_credit_note_is_booked_as_the_administration_wants(
    ledger: Any, booking: str, expected: list[tuple[str, str]]
) -> None:
    ledger.shop.seller.credit_booking = booking
    note = ledger.invoice("-100")
    assert note.kind == "381"
    post_one(ledger.shop.session, note.id, actor=ledger.keeper)
    assert [item[1:] for item in ledger.items()] == [money(*pair) for pair in expected]


@pytest.mark.row("B62")
def test_the_entry_date_may_differ_from_the_invoice_date(ledger: Any) -> None:
    invoice = ledger.invoice()
    day = date(2026, 10, 31)
    post_one(ledger.shop.session, invoice.id, actor=ledger.keeper, entry_date=day)
    (entry,) = ledger.entries()
    assert (entry.entry_date, entry.document_date) == (day, TODAY)


def test_an_entry_date_that_was_set_before_is_used(ledger: Any) -> None:
    session, invoice = ledger.shop.session, ledger.invoice()
    for day in (date(2026, 12, 1), date(2026, 12, 31)):
        set_entry_date(session, [invoice.id], day, actor=ledger.keeper)
    assert post_one(session, invoice.id, actor=ledger.keeper).entry_date == date(2026, 12, 31)
    late = refusal(
        lambda: set_entry_date(session, [invoice.id], TODAY, actor=ledger.keeper), Conflict
    )
    assert late.code == "INVOICE_POSTED"


@pytest.mark.row("B62")
def test_a_posted_invoice_is_locked_for_good(ledger: Any) -> None:
    session, invoice = ledger.shop.session, ledger.invoice()
    check(facts_of(session, [invoice.id])[invoice.id], InvoiceAction.VOID)
    post_one(session, invoice.id, actor=ledger.keeper)
    found = refusal(lambda: check(facts_of(session, [invoice.id])[invoice.id], InvoiceAction.VOID))
    assert found.code == "INVOICE_POSTED"
    with pytest.raises(DBAPIError, match="INVOICE_POSTED"):
        session.execute(update(Invoice).values(state="voided"))


def test_an_invoice_is_posted_once(ledger: Any) -> None:
    invoice = ledger.invoice()
    ledger.invoice()
    post_one(ledger.shop.session, invoice.id, actor=ledger.keeper)
    again = refusal(
        lambda: post_one(ledger.shop.session, invoice.id, actor=ledger.keeper), Conflict
    )
    assert again.code == "INVOICE_POSTED"
    assert len(ledger.entries()) == 1


@pytest.mark.row("B62")
def test_what_another_service_posted_is_not_posted_again(ledger: Any) -> None:
    session, invoice = ledger.shop.session, ledger.invoice()
    fact = NewFact(invoice_id=invoice.id, kind=Fact.POSTED, reference="remote 7", actor="xero")
    record_facts(session, [fact])
    found = refusal(lambda: post_one(session, invoice.id, actor=ledger.keeper))
    assert (found.code, ledger.entries()) == ("INVOICE_POSTED", [])


@pytest.mark.row("B62")
@pytest.mark.parametrize(
    ("column", "details"),
    [
        ("receivable_account", {"account": "receivable"}),
        ("revenue_account", {"account": "revenue", "line": 1}),
        ("tax_account", {"account": "tax"}),
    ],
)
def test_a_missing_account_is_named(ledger: Any, column: str, details: dict[str, Any]) -> None:
    invoice = ledger.invoice()
    setattr(ledger.shop.seller, column, "")
    ledger.shop.session.flush()
    found = refusal(lambda: post_one(ledger.shop.session, invoice.id, actor=ledger.keeper))
    assert (found.code, found.details) == ("ACCOUNT_MISSING", details)
    assert ledger.entries() == []


def test_an_untaxed_invoice_needs_no_tax_account(ledger: Any) -> None:
    ledger.shop.seller.tax_account = ""
    invoice = ledger.invoice(taxable=False)
    post_one(ledger.shop.session, invoice.id, actor=ledger.keeper)
    assert [item[0] for item in ledger.items()] == ["411000", "706000"]


@pytest.mark.row("B62")
def test_a_closed_period_takes_no_entry(ledger: Any) -> None:
    session, invoice = ledger.shop.session, ledger.invoice()
    close_until(session, ledger.shop.seller.id, date(2026, 11, 30), actor=ledger.keeper)
    found = refusal(lambda: post_one(session, invoice.id, actor=ledger.keeper))
    assert found.code == "PERIOD_CLOSED"
    day = date(2026, 12, 1)
    assert post_one(session, invoice.id, actor=ledger.keeper, entry_date=day).entry_date == day


def test_only_numbered_invoices_are_posted(ledger: Any) -> None:
    shop = ledger.shop
    shop.charge(shop.contract())
    (draft,) = shop.invoices(shop.generate())
    found = refusal(lambda: post_one(shop.session, draft.id, actor=ledger.keeper))
    assert found.code == "INVOICE_UNNUMBERED"
    voided = ledger.invoice()
    shop.session.execute(update(Invoice).where(Invoice.id == voided.id).values(state="voided"))
    found = refusal(lambda: post_one(shop.session, voided.id, actor=ledger.keeper))
    assert found.code == "INVOICE_VOIDED"


def test_an_invoice_of_zero_is_posted_without_items(ledger: Any) -> None:
    invoice = ledger.invoice("0")
    post_one(ledger.shop.session, invoice.id, actor=ledger.keeper)
    ledger.shop.session.commit()
    (entry,) = ledger.entries()
    assert list(entry.items) == []


@pytest.mark.row("B62")
def test_one_refused_invoice_does_not_hold_up_the_others(ledger: Any) -> None:
    good, other = ledger.invoice(), ledger.invoice()
    post_one(ledger.shop.session, other.id, actor=ledger.keeper)
    unknown = uuid7()
    results = post(ledger.shop.session, [unknown, good.id, other.id, good.id], actor=ledger.keeper)
    assert [one.invoice_id for one in results] == [unknown, good.id, other.id]
    assert [one.refusal and one.refusal.code for one in results] == [
        "NOT_FOUND",
        None,
        "INVOICE_POSTED",
    ]
    assert results[1].number == good.number


def test_posting_needs_the_right_and_leaves_a_trail(ledger: Any, reader: Actor) -> None:
    session, invoice = ledger.shop.session, ledger.invoice()
    refusal(lambda: post_one(session, invoice.id, actor=reader), Forbidden)
    post_one(session, invoice.id, actor=ledger.keeper)
    session.flush()
    trail = session.scalars(select(AuditEvent).where(AuditEvent.action == "invoice.post")).one()
    assert (trail.actor, trail.subject) == (ledger.keeper.name, f"inv_{invoice.id.hex}")


def test_an_unknown_invoice_is_not_found(ledger: Any) -> None:
    refusal(lambda: post_one(ledger.shop.session, uuid7(), actor=ledger.keeper), NotFound)
