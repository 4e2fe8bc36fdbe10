"""What the tests of the ledger share: a shop that has accounts, and looks into its ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.fixtures.shop import Shop

from bordereau.invoices.tables import Invoice, InvoiceLine
from bordereau.ledger import EntryFilter, ListedEntry, list_entries, post_one, trial_balance
from bordereau.tenancy import Actor, Right


@dataclass
class Ledger:
    """The shop's ledger; `keeper` may post and administer."""

    shop: Shop
    keeper: Actor

    def invoice(self, net: str = "100", **contract: Any) -> Invoice:
        """Issue one invoice with one line; a negative amount makes a credit note."""
        self.shop.charge(self.shop.contract(**contract), net)
        (made,) = self.shop.issue()
        return made

    def line(self, net: str = "1000", day: date | None = None) -> InvoiceLine:
        """Issue and post an invoice, and return its line."""
        invoice = self.invoice(net)
        post_one(self.shop.session, invoice.id, actor=self.keeper, entry_date=day)
        (line,) = self.shop.lines(invoice)
        return line

    def entries(self, **wanted: Any) -> Sequence[ListedEntry]:
        return list_entries(self.shop.session, EntryFilter(**wanted), limit=1000)

    def items(self, **wanted: Any) -> list[tuple[str, Decimal, Decimal]]:
        """Return account, debit and credit of all items, entry by entry."""
        return [
            (item.account, item.debit, item.credit)
            for entry in self.entries(**wanted)
            for item in entry.items
        ]

    def closing(self, last: date) -> dict[str, Decimal]:
        """Return the balance of every account at the end of a day."""
        found = trial_balance(
            self.shop.session, self.shop.seller.id, first=date(2026, 1, 1), last=last
        )
        return {one.account: one.closing for one in found}


@pytest.fixture
def ledger(shop: Shop) -> Ledger:
    """A ledger with French accounts, everything open."""
    seller = shop.seller
    seller.receivable_account, seller.revenue_account = "411000", "706000"
    seller.tax_account, seller.suspense_account = "445710", "487000"
    shop.session.flush()
    return Ledger(shop, Actor.installation("keeper@exemple.example"))


@pytest.fixture
def reader() -> Actor:
    """Somebody who may only read."""
    return Actor("reader@exemple.example", frozenset({Right.READ}))
