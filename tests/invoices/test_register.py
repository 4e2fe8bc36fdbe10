"""The register of numbers."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop
from tests.invoices.credited import credit

from bordereau.invoices import issue, number_register, void_invoice
from bordereau.invoices.tables import Series


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
