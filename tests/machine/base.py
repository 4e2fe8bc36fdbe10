"""The machine without its rules: a fresh tenant, the model beside it, and what always holds."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import select
from tests.machine.blocks import take_over_blocks
from tests.machine.desk import Desk, StoredCharge
from tests.machine.model import Model
from tests.machine.money import ZERO, total
from tests.machine.things import Invoice, Item
from tests.machine.truths import ALLOCATED, BROKEN, FROZEN, WORTH
from tests.machine.world import furnish

from bordereau.invoices import verify_chain
from bordereau.invoices.tables import Series
from bordereau.store import TenantSession


def some(pick: Callable[[Any], Iterable[str]]) -> st.SearchStrategy[str]:
    """Draw one of the names that the machine has just now; a precondition sees that it has any."""
    return st.runner().flatmap(lambda machine: st.sampled_from(list(pick(machine))))


class Base(RuleBasedStateMachine):
    """One tenant with its model; `frozen` are the prints of the invoices that were issued."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk, self.model = desk, Model.new()
        self.frozen: dict[UUID, str] = {}
        with desk.database.tenant(desk.tenant_id) as session:
            furnish(session)

    def add(self, item: Item) -> Item:
        """Take a new charge into the model."""
        self.model.items[item.key] = item
        return item

    @invariant()
    def books_agree(self) -> None:
        self.charges_are_as_predicted()
        self.invoices_are_as_predicted()
        self.drafts_are_as_predicted()
        self.value_is_kept()
        self.nothing_is_broken()
        self.issued_invoices_never_change()

    def learn_ids(self) -> list[StoredCharge]:
        """Note the ids that the product gave to charges, and return the charges."""
        found = self.desk.charges()
        for one in found:
            item = self.model.items.get(one.key)
            if item and not one.withdrawn:
                item.id = one.id
        return found

    def charges_are_as_predicted(self) -> None:
        take_over_blocks(self.model, self.desk)
        found = self.learn_ids()
        states = sorted((one.key, one.state, one.net, one.currency) for one in found)
        predicted = sorted(
            (item.key.split("#")[0], item.state, item.net, item.currency)
            for item in self.model.items.values()
        )
        assert states == predicted
        for one in found:
            item = self.model.items.get(one.key)
            if item is None or one.withdrawn or not item.free:
                continue
            there = (one.owner, one.ready_on, one.chargeable, one.holds, one.delayed_until)
            assert there == (
                item.owner,
                item.ready_on,
                item.chargeable,
                item.holds | item.waits,
                item.delayed_until,
            ), one.key

    def invoices_are_as_predicted(self) -> None:
        found = {one.id: one for one in self.desk.invoices()}
        assert found.keys() == {one.id for one in self.model.invoices.values()}
        for invoice in self.model.invoices.values():
            one = found[invoice.id]
            there = (one.state, one.kind, one.number, one.net, one.tax, one.items, one.live)
            assert there == (
                invoice.state,
                invoice.kind,
                invoice.number,
                invoice.net,
                invoice.tax,
                invoice.items,
                invoice.live,
            ), invoice.label

    def drafts_are_as_predicted(self) -> None:
        """Compare the pro forma drafts, which `DraftRules` knows."""

    def value_is_kept(self) -> None:
        """What was recorded and computed is all there, and what is billed is on live invoices."""
        value, billed, standing = (defaultdict[str, Decimal](Decimal) for _ in range(3))
        for item in self.model.items.values():
            if item.state != "split":
                value[item.currency] += item.net
            if item.state == "billed":
                billed[item.currency] += item.net
        for invoice in self.model.invoices.values():
            if invoice.state in {"draft", "issued"}:
                standing[invoice.currency] += total(invoice.items[key] for key in invoice.live)
        worth = {row.currency: row for row in self.desk.rows(WORTH)}
        allocated: dict[str, Decimal] = {
            row[0]: row[1] for row in self.desk.rows(ALLOCATED) if row[1]
        }
        assert worth.keys() >= {currency for currency, net in value.items() if net}
        for currency, row in worth.items():
            assert (row.known or ZERO) == value[currency]
            assert (row.billed or ZERO) == billed[currency]
        assert allocated == {currency: net for currency, net in standing.items() if net}

    def nothing_is_broken(self) -> None:
        broken = self.desk.rows(BROKEN)
        assert not broken, broken

    def issued_invoices_never_change(self) -> None:
        now = {row.id: row.print for row in self.desk.rows(FROZEN)}
        changed = [one for one, print_ in self.frozen.items() if now.get(one) != print_]
        assert not changed, changed
        if len(now) > len(self.frozen):
            self.check_chains()
        self.frozen = now

    def check_chains(self) -> None:
        """Verify every series."""

        def verify(session: TenantSession) -> None:
            for series_id in session.scalars(select(Series.id)):
                report = verify_chain(session, series_id)
                assert report.sound, report.faults

        self.desk.do("", verify)

    def teardown(self) -> None:
        self.check_chains()

    def invoice_of(self, label: str) -> Invoice:
        return self.model.invoices[label]
