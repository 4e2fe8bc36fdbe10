"""Entries page by page, the journal for a file, the trial balance."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.fixtures.shop import TODAY

from bordereau.ledger import (
    EntryFilter,
    JournalRow,
    journal,
    list_entries,
    post_one,
    spread,
    trial_balance,
)

DECEMBER = date(2026, 12, 1)


def post_on(ledger: Any, *days: date) -> list[Any]:
    made = []
    for day in days:
        invoice = ledger.invoice()
        post_one(ledger.shop.session, invoice.id, actor=ledger.keeper, entry_date=day)
        made.append(invoice.number)
    return made


def test_entries_come_by_entry_date_page_by_page(ledger: Any) -> None:
    a, b, c, d = post_on(ledger, DECEMBER, TODAY, TODAY, DECEMBER)
    session, everything = ledger.shop.session, EntryFilter()
    first = list_entries(session, everything, limit=3)
    rest = list_entries(session, everything, after=first[-1].place, limit=3)
    assert [entry.number for entry in (*first, *rest)] == [b, c, a, d]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"first": DECEMBER}, 1),
        ({"last": TODAY}, 2),
        ({"kind": "suspense"}, 1),
        ({"kind": "invoice", "first": TODAY, "last": TODAY}, 1),
    ],
)
def test_entries_are_filtered(ledger: Any, wanted: dict[str, Any], count: int) -> None:
    line = ledger.line()
    post_on(ledger, DECEMBER)
    spread(ledger.shop.session, line.id, first=TODAY, last=DECEMBER, actor=ledger.keeper)
    assert len(ledger.entries(**wanted)) == count
    mine = {"administration_id": ledger.shop.seller.id, "invoice_id": line.invoice_id}
    assert len(ledger.entries(**mine)) == 2


def test_the_journal_is_one_row_per_item(ledger: Any) -> None:
    (number,) = post_on(ledger, DECEMBER)
    rows = list(journal(ledger.shop.session, EntryFilter()))
    assert [row.account for row in rows] == ["411000", "706000", "445710"]
    assert rows[0] == JournalRow(
        entry_date=DECEMBER,
        document_date=TODAY,
        number=number,
        customer=ledger.entries()[0].customer,
        kind="receivable",
        account="411000",
        debit=Decimal(120),
        credit=Decimal(0),
        currency="EUR",
        tax_category="",
        tax_rate=None,
    )
    assert str(rows[0].debit) == "120.00"


@pytest.mark.row("B62")
def test_the_trial_balance_carries_openings_and_sums_to_zero(ledger: Any) -> None:
    post_on(ledger, TODAY, DECEMBER, DECEMBER)
    found = trial_balance(
        ledger.shop.session, ledger.shop.seller.id, first=DECEMBER, last=date(2026, 12, 31)
    )
    rows = [
        (one.account, *map(int, (one.opening, one.debit, one.credit, one.closing))) for one in found
    ]
    assert rows == [
        ("411000", 120, 240, 0, 360),
        ("445710", -20, 0, 40, -60),
        ("706000", -100, 0, 200, -300),
    ]
    assert sum(one.closing for one in found) == sum(one.opening for one in found) == 0


def test_another_administration_has_its_own_balance(ledger: Any) -> None:
    post_on(ledger, TODAY)
    other = ledger.shop.books.administration()
    assert trial_balance(ledger.shop.session, other.id, first=TODAY, last=DECEMBER) == []
