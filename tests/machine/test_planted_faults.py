"""The machine finds faults that are planted in the product: without that its silence means little.

Each fault is one that a careless change could make.
"""

import sys
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.machine.machine import HUNT, NewTenant, play

from bordereau.batches import deleting, finalising
from bordereau.charges import Charge, release
from bordereau.invoices import crediting, issue
from bordereau.invoices.issue import Issued
from bordereau.invoices.stored import load
from bordereau.invoices.storing import store
from bordereau.store import Database, TenantSession
from bordereau.values.ids import uuid7

issuing = sys.modules["bordereau.invoices.issue"]  # the package exports a function of that name


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


def a_deleted_batch_that_keeps_its_charges(patch: pytest.MonkeyPatch) -> None:
    """Delete the invoices, but release nothing."""
    patch.setattr(deleting, "release", lambda _session, _where: 0)


def a_credit_that_frees_other_charges(patch: pytest.MonkeyPatch) -> None:
    """Release whatever is billed, instead of what was chosen."""

    def release_all(session: TenantSession, _where: Any, *, reopened: bool) -> int:
        return release(session, Charge.state == "billed", reopened=reopened)

    patch.setattr(crediting, "release", release_all)


def a_chain_that_forgets_the_invoice_before(patch: pytest.MonkeyPatch) -> None:
    """Link every invoice as if it were the first one."""
    link = issuing.link
    patch.setattr(issuing, "link", lambda _head, *rest: link("", *rest))


@pytest.mark.nightly
@pytest.mark.parametrize(
    "plant",
    [
        numbers_that_skip,
        a_batch_finalised_twice,
        a_deleted_batch_that_keeps_its_charges,
        a_credit_that_frees_other_charges,
        a_chain_that_forgets_the_invoice_before,
    ],
)
def test_a_planted_fault_is_found(
    database: Database,
    new_tenant: NewTenant,
    monkeypatch: pytest.MonkeyPatch,
    plant: Any,
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        play(database, new_tenant, HUNT)
