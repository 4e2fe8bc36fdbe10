"""Readiness: every reason that stands against billing a charge, all at once (A23).

A charge is ready when nothing stands against it. The one gate drives the boxes of the batch page,
the refusals of the API and the texts that people read (`reason_texts`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

RESOLVED_STATES = frozenset({"Resolved", "Closed"})


class Reason(StrEnum):
    """Why a charge cannot be billed now; the codes are stable."""

    BILLED = "BILLED"
    NO_CONTRACT = "NO_CONTRACT"
    TICKET_OPEN = "TICKET_OPEN"
    PERIOD_OPEN = "PERIOD_OPEN"
    NOT_APPROVED = "NOT_APPROVED"
    NOT_CLOSED = "NOT_CLOSED"
    NOT_CHARGEABLE = "NOT_CHARGEABLE"
    RESERVED = "RESERVED"
    IN_DRAFT = "IN_DRAFT"
    DELAYED = "DELAYED"
    INSTALMENT_NOT_READY = "INSTALMENT_NOT_READY"
    DISTANCE_SALE = "DISTANCE_SALE"
    CONTRACT_INACTIVE = "CONTRACT_INACTIVE"
    NO_CLIENT = "NO_CLIENT"
    NOT_DRAWN = "NOT_DRAWN"
    NOT_RESTATED = "NOT_RESTATED"


class Fix(StrEnum):
    """The place where a reason is removed; a face turns it into a link."""

    INVOICE = "invoice"
    TICKET = "ticket"
    TIME = "time"
    APPROVAL = "approval"
    CLOSING = "closing"
    PROJECT = "project"
    BATCH = "batch"
    DRAFT = "draft"
    INSTALMENT = "instalment"
    MANUAL_INVOICE = "manual_invoice"
    CONTRACT = "contract"
    CUSTOMER = "customer"
    RATING = "rating"
    RESTATEMENT = "restatement"


class Box(StrEnum):
    """The box of a contract on the batch page; which box it is says nothing of what is ticked.

    * white: everything is ready (A20)
    * black: something is ready, something is not (A21)
    * lock: nothing is ready (A22)
    * none: there is nothing to bill
    """

    WHITE = "white"
    BLACK = "black"
    LOCK = "lock"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFacts:
    """What readiness looks at. The defaults are those of a charge with nothing against it.

    Attributes:
        ready_on: the first day it can be billed; None on demand, or where no period applies.
        has_contract: whether it belongs to a contract or project.
        contract_active: whether that contract is switched on.
        has_client: whether a customer can be found who receives the invoice.
        ticket_state: the state of its ticket; None without a ticket.
        chargeable: the result of the charge cascade.
        approved: whether it was approved, or needs no approval.
        closed: whether it was reported ready.
        billed: whether it, or a contract that is billed once, stands on an invoice.
        reserved: whether another batch holds it.
        in_draft: whether it is in a pro forma that was not released.
        delayed: whether it was postponed.
        delayed_until: the day on which a delay ends by itself, if any.
        instalment_ready: False for an instalment that is not marked ready.
        distance_sale: whether it falls under distance-selling VAT (B22).
        drawn: False for work of a block that no balance counts yet.
        restated: False for late work that waits for its settled period to be restated.

    """

    ready_on: date | None = None
    has_contract: bool = True
    contract_active: bool = True
    has_client: bool = True
    ticket_state: str | None = None
    chargeable: bool = True
    approved: bool = True
    closed: bool = True
    billed: bool = False
    reserved: bool = False
    in_draft: bool = False
    delayed: bool = False
    delayed_until: date | None = None
    instalment_ready: bool = True
    distance_sale: bool = False
    drawn: bool = True
    restated: bool = True


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One reason, the day on which it goes away by itself, and the place to remove it before."""

    reason: Reason
    ready_on: date | None
    fix: Fix | None


_FIXES: dict[Reason, Fix] = {
    Reason.BILLED: Fix.INVOICE,
    Reason.NO_CONTRACT: Fix.TIME,
    Reason.TICKET_OPEN: Fix.TICKET,
    Reason.NOT_APPROVED: Fix.APPROVAL,
    Reason.NOT_CLOSED: Fix.CLOSING,
    Reason.NOT_CHARGEABLE: Fix.PROJECT,
    Reason.RESERVED: Fix.BATCH,
    Reason.IN_DRAFT: Fix.DRAFT,
    Reason.DELAYED: Fix.DRAFT,
    Reason.INSTALMENT_NOT_READY: Fix.INSTALMENT,
    Reason.DISTANCE_SALE: Fix.MANUAL_INVOICE,
    Reason.CONTRACT_INACTIVE: Fix.CONTRACT,
    Reason.NO_CLIENT: Fix.CUSTOMER,
    Reason.NOT_DRAWN: Fix.RATING,
    Reason.NOT_RESTATED: Fix.RESTATEMENT,
}
_OFF_THE_LIST = frozenset({Reason.BILLED, Reason.NOT_CHARGEABLE})


def reasons(facts: ChargeFacts, today: date) -> tuple[Reason, ...]:
    """Return every reason against billing today; an empty tuple means ready.

    Args:
        facts: what is known of the charge.
        today: the day in the account's zone; a later day previews readiness.

    """
    waits_for_period = facts.ready_on is not None and today < facts.ready_on
    delay_over = facts.delayed_until is not None and today >= facts.delayed_until
    ticket_open = facts.ticket_state is not None and facts.ticket_state not in RESOLVED_STATES
    against = {
        Reason.BILLED: facts.billed,
        Reason.NO_CONTRACT: not facts.has_contract,
        Reason.TICKET_OPEN: ticket_open,
        Reason.PERIOD_OPEN: waits_for_period,
        Reason.NOT_APPROVED: not facts.approved,
        Reason.NOT_CLOSED: facts.approved and not facts.closed,
        Reason.NOT_CHARGEABLE: not facts.chargeable,
        Reason.RESERVED: facts.reserved,
        Reason.IN_DRAFT: facts.in_draft,
        Reason.DELAYED: facts.delayed and not delay_over,
        Reason.INSTALMENT_NOT_READY: not facts.instalment_ready,
        Reason.DISTANCE_SALE: facts.distance_sale,
        Reason.CONTRACT_INACTIVE: not facts.contract_active,
        Reason.NO_CLIENT: not facts.has_client,
        Reason.NOT_DRAWN: not facts.drawn,
        Reason.NOT_RESTATED: not facts.restated,
    }
    return tuple(reason for reason, stands in against.items() if stands)


def why_not(facts: ChargeFacts, today: date) -> tuple[WhyNot, ...]:
    """Return every reason with its day and its place."""
    days = {Reason.PERIOD_OPEN: facts.ready_on, Reason.DELAYED: facts.delayed_until}
    return tuple(
        WhyNot(reason, days.get(reason), _FIXES.get(reason)) for reason in reasons(facts, today)
    )


def box(ready: int, waiting: int) -> Box:
    """Return the box of a contract with so many charges ready, and so many not.

    Only charges that are chargeable and not billed count; see `box_of`.
    """
    if not ready:
        return Box.LOCK if waiting else Box.NONE
    return Box.BLACK if waiting else Box.WHITE


def box_of(reasons_of_charges: Iterable[Collection[Reason]]) -> Box:
    """Return the box of a contract from the reasons of each of its charges."""
    counted = [found for found in reasons_of_charges if _OFF_THE_LIST.isdisjoint(found)]
    ready = sum(not found for found in counted)
    return box(ready, len(counted) - ready)
