"""Faults to plant in the product, each one that a careless change could make."""

import sys
from collections.abc import Callable, Collection
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from bordereau.batches import deleting, finalising, generating, running
from bordereau.batches.selection import offered
from bordereau.charges import Charge, release, reserving
from bordereau.charges.recording import tickets
from bordereau.charges.rules import block_statements
from bordereau.drafts import invoicing
from bordereau.invoices import issue, void_invoice
from bordereau.invoices.composing.amounts import sums
from bordereau.invoices.credits import items as credited_items
from bordereau.invoices.credits.crediting import settle_credits
from bordereau.invoices.numbers import issue as issuing
from bordereau.invoices.numbers.issue import Issued
from bordereau.invoices.stored import load
from bordereau.invoices.storing import store
from bordereau.invoices.writing import sources as edited_sources
from bordereau.store import TenantSession
from bordereau.values import money
from bordereau.values.ids import uuid7
from bordereau.values.tax import tax_totals

Plant = Callable[[pytest.MonkeyPatch], None]


def home_of(function: Callable[..., object]) -> ModuleType:
    """Return the module in which a function looks its names up."""
    return sys.modules[function.__module__]


def numbers_that_skip(patch: pytest.MonkeyPatch) -> None:
    """Take one number more than there are invoices."""
    take = issuing._take
    patch.setattr(
        issuing,
        "_take",
        lambda session, seller, kind, count: take(session, seller, kind, count + 1),
    )


def a_batch_finalised_twice(patch: pytest.MonkeyPatch) -> None:
    """Issue every invoice of a batch, and a copy of it."""

    def twice(session: TenantSession, invoice_ids: Collection[UUID]) -> Issued:
        issued = issue(session, invoice_ids)
        originals = load(session, issued.invoice_ids).values()
        copies = [
            replace(one, id=uuid7(), lines=[replace(line, id=None) for line in one.lines])
            for one in originals
        ]
        for _ in store(session, copies, state="draft"):
            pass
        issue(session, [one.id for one in copies])
        return issued

    patch.setattr(finalising, "issue", twice)


def a_chain_that_forgets_the_invoice_before(patch: pytest.MonkeyPatch) -> None:
    """Link every invoice as if it were the first one."""
    link = issuing.link
    patch.setattr(issuing, "link", lambda _head, *rest: link("", *rest))


def a_series_that_takes_any_date(patch: pytest.MonkeyPatch) -> None:
    """Number invoices without a look at the one before."""
    patch.setattr(issuing, "check_date", lambda *_dates, strict: "")


def a_deleted_batch_that_keeps_its_charges(patch: pytest.MonkeyPatch) -> None:
    """Delete the invoices, but release nothing."""
    patch.setattr(deleting, "release", lambda _session, _where: 0)


def a_credit_that_frees_other_charges(patch: pytest.MonkeyPatch) -> None:
    """Release whatever is billed, instead of what was chosen."""

    def release_all(session: TenantSession, _where: Any, *, reopened: bool) -> int:
        return release(session, Charge.state == "billed", reopened=reopened)

    patch.setattr(home_of(settle_credits), "release", release_all)


def a_credit_raised_above_its_charge(patch: pytest.MonkeyPatch) -> None:
    """Look at what is left of the line only, not at what is left of the charges behind it."""
    patch.setattr(credited_items, "check_item", lambda *_amounts: None)


def a_voided_invoice_that_keeps_its_charges(patch: pytest.MonkeyPatch) -> None:
    """Void the number, but release nothing."""
    patch.setattr(home_of(void_invoice), "free_charges", lambda _session, _ids: 0)


def a_removed_line_that_keeps_its_charge(patch: pytest.MonkeyPatch) -> None:
    """Take a line out of a draft, but release nothing."""
    patch.setattr(edited_sources, "release", lambda _session, _where: 0)


def a_box_that_is_not_heeded(patch: pytest.MonkeyPatch) -> None:
    """Run everything that is offered, ticked or not."""
    patch.setattr(running, "selected", offered)


def a_preview_that_nobody_compares(patch: pytest.MonkeyPatch) -> None:
    """Generate what was proposed, even if it would be something else by now."""
    patch.setattr(generating, "_unchanged", lambda _session, _batch: True)


def a_reopened_ticket_that_holds_nothing(patch: pytest.MonkeyPatch) -> None:
    """Reopen a ticket, but leave its work on the to-bill list."""
    patch.setattr(tickets, "refresh_holds", lambda *_things, **_chosen: 0)


def a_project_fee_that_settles_nothing(patch: pytest.MonkeyPatch) -> None:
    """Bill what is billed once, and leave the rest of the contract to be billed as well."""
    patch.setattr(reserving, "_refresh_spent", lambda _session, _touched: None)


def tax_that_is_never_rounded_by_line(patch: pytest.MonkeyPatch) -> None:
    """Round tax by category, whatever the seller chose."""
    patch.setattr(
        home_of(sums),
        "tax_totals",
        lambda lines, policy, currency: tax_totals(lines, type(policy)("category"), currency),
    )


def halves_rounded_to_even(patch: pytest.MonkeyPatch) -> None:
    """Round as bankers do."""
    patch.setattr(money, "ROUND_HALF_UP", ROUND_HALF_EVEN)


def a_line_given_up_that_comes_back(patch: pytest.MonkeyPatch) -> None:
    """Leave what a pro forma writes off on the to-bill list."""
    patch.setattr(invoicing, "give_up", lambda _session, _where: 0)


def an_advance_that_is_never_taken_back(patch: pytest.MonkeyPatch) -> None:
    """Leave no negative amount behind for what was billed in advance."""
    patch.setattr(invoicing, "take_back", lambda *_facts, **_named: None)


def a_block_that_forgets_what_was_left(patch: pytest.MonkeyPatch) -> None:
    """Open every period of a block at nil."""
    statement = block_statements.statement
    patch.setattr(
        block_statements,
        "statement",
        lambda *terms, **facts: statement(*terms, **{**facts, "opening": Decimal(0)}),
    )
