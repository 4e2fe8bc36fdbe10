"""The displayed status, what an invoice allows, and what refuses the rest."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bordereau.contract.facts import Fact, Status
from bordereau.errors import Refused
from bordereau.invoices.rules.allowed import InvoiceAction, allowed, check, verdict
from bordereau.invoices.rules.facts import Happening, InvoiceFacts
from bordereau.invoices.rules.status import (
    Mark,
    Override,
    derived_status,
    display_status,
    marks,
)

DRAFT = InvoiceFacts(total=Decimal(10))
ISSUED = replace(DRAFT, number="2026-00001")
EXPORTED = replace(ISSUED, happened={Fact.EXPORTED})
SENT = replace(ISSUED, happened={Fact.EXPORTED, Fact.EMAILED})
PAID = replace(SENT, paid_amount=Decimal(10))
REFUNDED = replace(PAID, credited_amount=Decimal(10), refunded_amount=Decimal(10))
EDIT, DELETE, VOID, CREDIT = InvoiceAction


@pytest.mark.row("A49")
def test_an_invoice_neither_sent_nor_exported_is_a_draft() -> None:
    assert derived_status(DRAFT) is Status.DRAFT
    assert derived_status(replace(ISSUED, happened={Fact.PRINTED, Fact.FILED})) is Status.DRAFT


def test_the_status_follows_the_facts() -> None:
    found = [derived_status(one) for one in (DRAFT, EXPORTED, SENT, PAID, REFUNDED)]
    assert found == [Status.DRAFT, Status.EXPORTED, Status.SENT, Status.PAID, Status.REFUNDED]


def test_a_file_that_nobody_confirmed_is_marked_so() -> None:
    assert marks(EXPORTED) == ()
    assert marks(replace(EXPORTED, export_unconfirmed=True)) == (Mark.UNCONFIRMED,)


def test_a_bounced_mail_is_not_sent() -> None:
    bounced = replace(SENT, bounced=True)
    assert derived_status(bounced) is Status.EXPORTED
    assert marks(bounced) == (Mark.BOUNCED,)


@pytest.mark.row("A52")
def test_a_payment_of_the_whole_shows_paid_and_a_missing_mail_shows_too() -> None:
    assert marks(PAID) == ()
    unmailed = replace(ISSUED, paid_amount=Decimal(10))
    assert derived_status(unmailed) is Status.PAID
    assert marks(unmailed) == (Mark.NEVER_EMAILED,)
    part = replace(SENT, paid_amount=Decimal("9.99"))
    assert derived_status(part) is Status.SENT
    assert marks(part) == (Mark.PARTLY_PAID,)


@pytest.mark.row("A53")
def test_only_a_refund_of_the_whole_shows_refunded() -> None:
    part = replace(PAID, credited_amount=Decimal(4), refunded_amount=Decimal(4))
    assert derived_status(part) is Status.PAID
    assert marks(part) == (Mark.PARTLY_REFUNDED, Mark.PARTLY_CREDITED)
    credited = replace(PAID, credited_amount=Decimal(10))
    assert derived_status(credited) is Status.PAID
    assert marks(credited) == (Mark.CREDITED,)
    assert derived_status(REFUNDED) is Status.REFUNDED


def test_an_invoice_of_nothing_is_never_paid_by_itself() -> None:
    assert derived_status(replace(SENT, total=Decimal(0))) is Status.SENT


def test_a_negative_invoice_is_paid_by_money_that_goes_back() -> None:
    credit = replace(SENT, total=Decimal(-10))
    assert derived_status(replace(credit, paid_amount=Decimal(-10))) is Status.PAID
    assert derived_status(replace(credit, paid_amount=Decimal(10))) is Status.SENT


def test_a_voided_invoice_shows_its_mark_and_is_not_paid() -> None:
    voided = replace(ISSUED, voided=True)
    assert derived_status(voided) is Status.DRAFT
    assert marks(voided) == (Mark.VOIDED,)


def at(hour: int) -> datetime:
    return datetime(2026, 6, 1, hour, tzinfo=UTC)


OVERRIDE = Override(Status.PAID, "anna", at(10), "Paid in cash")


def test_a_status_set_by_hand_shows_and_leaves_the_facts() -> None:
    assert display_status(SENT, OVERRIDE, [Happening(Fact.EMAILED, at(9))]) is Status.PAID
    assert derived_status(SENT) is Status.SENT
    assert display_status(SENT, None) is Status.SENT


@pytest.mark.parametrize(
    "fact", [Fact.EMAILED, Fact.EINVOICED, Fact.EXPORTED, Fact.PAID, Fact.REFUNDED]
)
def test_the_next_send_export_payment_or_refund_ends_an_override(fact: Fact) -> None:
    assert display_status(SENT, OVERRIDE, [Happening(fact, at(11))]) is Status.SENT


@pytest.mark.parametrize("fact", [Fact.PRINTED, Fact.FILED, Fact.POSTED])
def test_other_facts_leave_an_override_alone(fact: Fact) -> None:
    assert display_status(SENT, OVERRIDE, [Happening(fact, at(11))]) is Status.PAID


def test_before_its_number_an_invoice_is_edited_or_deleted() -> None:
    assert allowed(DRAFT) == {EDIT, DELETE}
    assert verdict(DRAFT, VOID).code == verdict(DRAFT, CREDIT).code == "INVOICE_UNNUMBERED"


def test_after_its_number_an_invoice_is_voided_or_credited() -> None:
    assert allowed(ISSUED) == {VOID, CREDIT}
    assert verdict(ISSUED, EDIT).code == verdict(ISSUED, DELETE).code == "INVOICE_NUMBERED"


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
        (Fact.REFUNDED, "INVOICE_PAID"),
    ],
)
def test_any_fact_leaves_only_the_credit(fact: Fact, code: str) -> None:
    used = replace(ISSUED, happened={fact})
    assert allowed(used) == {CREDIT}
    assert verdict(used, VOID).code == code


def test_a_payment_or_a_credit_forbids_the_void() -> None:
    assert verdict(replace(ISSUED, paid_amount=Decimal(1)), VOID).code == "INVOICE_PAID"
    part = replace(ISSUED, credited_amount=Decimal(4))
    assert verdict(part, VOID).code == "INVOICE_CREDITED"
    assert allowed(part) == {CREDIT}


def test_a_voided_invoice_allows_nothing_and_a_credited_one_leaves_it_to_its_items() -> None:
    assert allowed(REFUNDED) == {CREDIT}
    voided = replace(ISSUED, voided=True)
    assert allowed(voided) == set()
    assert {verdict(voided, action).code for action in InvoiceAction} == {"INVOICE_VOIDED"}


def test_a_setting_makes_automatic_invoices_read_only() -> None:
    automatic = replace(DRAFT, automatic=True)
    assert allowed(automatic, change_allowed=True) == {EDIT, DELETE}
    assert allowed(automatic, change_allowed=False) == {DELETE}
    assert verdict(automatic, EDIT, change_allowed=False).code == "EDITING_OFF"
    assert allowed(DRAFT, change_allowed=False) == {EDIT, DELETE}


def test_what_is_not_allowed_is_raised_with_its_code() -> None:
    check(DRAFT, EDIT)
    with pytest.raises(Refused) as refusal:
        check(ISSUED, DELETE)
    assert refusal.value.code == "INVOICE_NUMBERED"
    assert refusal.value.hint
