"""Output, Print and E-mail on issued invoices: each sets its own facts and no others (row B60)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bordereau.invoices.tables import InvoiceFact
from bordereau.output import fully_processed

PREFERRED: dict[str, tuple[str, ...]] = {
    "print": ("printed",),
    "pdf_email": ("emailed",),
    "print_pdf_email": ("emailed", "printed"),
}


@pytest.fixture
def invoices(shop: Any) -> dict[UUID, tuple[str, ...]]:
    """Issued invoices of customers who prefer different methods, and the facts of each method."""
    shop.connect("delivery", "post")
    shop.connect("delivery", "printer")
    return {shop.invoices(1, delivery_mode=mode)[0]: PREFERRED[mode] for mode in PREFERRED}


def facts(shop: Any, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return the facts of each invoice."""
    query = select(InvoiceFact.invoice_id, InvoiceFact.kind)
    with shop.session() as session:
        rows = [tuple(row) for row in session.execute(query)]
    return {id_: tuple(sorted(kind for owner, kind in rows if owner == id_)) for id_ in ids}


@pytest.mark.row("B60")
@pytest.mark.parametrize("number", [1, 3], ids=["one", "many"])
@pytest.mark.parametrize("action", ["output", "print", "pdf_email"])
def test_an_action_sets_the_facts_of_its_method_on_what_was_chosen(
    shop: Any, invoices: dict[UUID, tuple[str, ...]], action: str, number: int
) -> None:
    ids = list(invoices)
    chosen = ids[:number]
    shop.order(chosen, **({} if action == "output" else {"mode": action}))
    assert {state for state, _ in shop.settle()} == {"done"}
    expected = {id_: invoices[id_] if action == "output" else PREFERRED[action] for id_ in chosen}
    assert facts(shop, ids) == dict.fromkeys(ids, ()) | expected
    with shop.session() as session:
        assert fully_processed(session, ids) == set(chosen)


@pytest.mark.row("B60")
def test_actions_one_after_the_other_add_up(
    shop: Any, invoices: dict[UUID, tuple[str, ...]]
) -> None:
    ids = list(invoices)
    shop.order(ids[:1], mode="print")
    shop.settle()
    shop.order(ids[:1], mode="pdf_email")
    shop.settle()
    assert facts(shop, ids) == {ids[0]: ("emailed", "printed"), ids[1]: (), ids[2]: ()}
