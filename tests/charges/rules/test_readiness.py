"""Why a charge cannot be billed, and the box of its contract."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bordereau.charges.rules.readiness import (
    Box,
    ChargeFacts,
    Fix,
    Reason,
    box,
    box_of,
    reasons,
    why_not,
)
from bordereau.charges.rules.reason_texts import LANGUAGES, reason_text, text_of

TODAY = date(2026, 11, 21)
READY = ChargeFacts()


@pytest.mark.row("A23")
def test_a_charge_with_nothing_against_it_is_ready() -> None:
    assert reasons(READY, TODAY) == ()
    assert reasons(replace(READY, ticket_state="Resolved"), TODAY) == ()
    assert reasons(replace(READY, ticket_state="Closed"), TODAY) == ()


@pytest.mark.row("A23")
@pytest.mark.parametrize(
    ("against", "reason", "fix"),
    [
        ({"billed": True}, Reason.BILLED, Fix.INVOICE),
        ({"drawn": False}, Reason.NOT_DRAWN, Fix.RATING),
        ({"restated": False}, Reason.NOT_RESTATED, Fix.RESTATEMENT),
        ({"has_contract": False}, Reason.NO_CONTRACT, Fix.TIME),
        ({"ticket_state": "Open"}, Reason.TICKET_OPEN, Fix.TICKET),
        ({"ticket_state": "Pending"}, Reason.TICKET_OPEN, Fix.TICKET),
        ({"ready_on": date(2026, 12, 1)}, Reason.PERIOD_OPEN, None),
        ({"approved": False, "closed": False}, Reason.NOT_APPROVED, Fix.APPROVAL),
        ({"closed": False}, Reason.NOT_CLOSED, Fix.CLOSING),
        ({"chargeable": False}, Reason.NOT_CHARGEABLE, Fix.PROJECT),
        ({"reserved": True}, Reason.RESERVED, Fix.BATCH),
        ({"in_draft": True}, Reason.IN_DRAFT, Fix.DRAFT),
        ({"delayed": True}, Reason.DELAYED, Fix.DRAFT),
        ({"instalment_ready": False}, Reason.INSTALMENT_NOT_READY, Fix.INSTALMENT),
        ({"distance_sale": True}, Reason.DISTANCE_SALE, Fix.MANUAL_INVOICE),
        ({"contract_active": False}, Reason.CONTRACT_INACTIVE, Fix.CONTRACT),
        ({"has_client": False}, Reason.NO_CLIENT, Fix.CUSTOMER),
    ],
)
def test_each_reason_has_one_cause_and_one_place_to_remove_it(
    against: dict[str, Any], reason: Reason, fix: Fix | None
) -> None:
    (found,) = why_not(replace(READY, **against), TODAY)
    assert (found.reason, found.fix) == (reason, fix)


def test_every_reason_shows_at_once() -> None:
    facts = ChargeFacts(
        ready_on=date(2026, 12, 1), ticket_state="Open", approved=False, closed=False
    )
    assert reasons(facts, TODAY) == (
        Reason.TICKET_OPEN,
        Reason.PERIOD_OPEN,
        Reason.NOT_APPROVED,
    )


@pytest.mark.row("A23")
def test_a_period_is_over_on_the_day_after_its_last() -> None:
    facts = replace(READY, ready_on=date(2026, 12, 1))
    assert reasons(facts, date(2026, 11, 30)) == (Reason.PERIOD_OPEN,)
    assert reasons(facts, date(2026, 12, 1)) == ()
    (found,) = why_not(facts, TODAY)
    assert found.ready_on == date(2026, 12, 1)


@pytest.mark.row("A23")
def test_what_is_billed_on_demand_waits_for_its_ticket_only() -> None:
    assert reasons(replace(READY, ready_on=None, ticket_state="Open"), TODAY) == (
        Reason.TICKET_OPEN,
    )


def test_a_delay_ends_on_its_day() -> None:
    facts = replace(READY, delayed=True, delayed_until=date(2026, 11, 22))
    (found,) = why_not(facts, TODAY)
    assert (found.reason, found.ready_on) == (Reason.DELAYED, date(2026, 11, 22))
    assert reasons(facts, date(2026, 11, 22)) == ()


@pytest.mark.parametrize(
    ("ready", "waiting", "expected"),
    [(2, 0, Box.WHITE), (1, 3, Box.BLACK), (0, 1, Box.LOCK), (0, 0, Box.NONE)],
)
def test_the_box_says_whether_all_some_or_nothing_is_ready(
    ready: int, waiting: int, expected: Box
) -> None:
    assert box(ready, waiting) is expected
    charges: list[tuple[Reason, ...]] = [()] * ready + [(Reason.PERIOD_OPEN,)] * waiting
    assert box_of(charges) is expected


def test_what_is_billed_or_never_charged_does_not_colour_the_box() -> None:
    assert box_of([(), (Reason.BILLED,), (Reason.NOT_CHARGEABLE, Reason.TICKET_OPEN)]) is Box.WHITE
    assert box_of([(Reason.BILLED,)]) is Box.NONE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence_of_its_own_in_every_language(language: str) -> None:
    texts = {reason_text(reason, language) for reason in Reason}
    assert len(texts) == len(Reason)
    assert all(text.endswith(".") for text in texts)


def test_the_sentence_names_the_day_on_which_the_reason_goes_away() -> None:
    (found,) = why_not(replace(READY, ready_on=date(2026, 12, 1)), TODAY)
    assert text_of(found) == "The billing period is still open. Ready on December 1, 2026."
    assert text_of(found, "fr-BE").endswith("Prêt le 1 décembre 2026.")
    assert text_of(found, "nl").endswith("Gereed op 1 december 2026.")
    assert text_of(found, "de").endswith("Bereit am 1. Dezember 2026.")


def test_a_language_without_texts_is_refused() -> None:
    with pytest.raises(ValueError, match="no texts"):
        reason_text(Reason.BILLED, "it")
