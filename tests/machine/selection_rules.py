"""Rules about what a batch offers and what is ticked in it; several batches at once."""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import some
from tests.machine.catalog_rules import CatalogRules
from tests.machine.desk import CLERK
from tests.machine.money import total
from tests.machine.proposing import (
    TaxMissing,
    offered,
    proposals,
    selected,
    sums,
    way_of,
)
from tests.machine.things import Batch, Item
from tests.machine.ticket_rules import TicketRules

from bordereau.batches import (
    Options,
    choose_all,
    choose_charges,
    choose_owners,
    get_batch,
    list_owners,
    open_batch,
    totals,
)
from bordereau.batches.tables import Batch as BatchRow
from bordereau.store import TenantSession

MOST = 3
OFF_THE_LIST = {"NOT_CHARGEABLE", "BILLED"}


class SelectionRules(CatalogRules, TicketRules):
    """What a billing clerk chooses."""

    def batches(self, *states: str) -> list[str]:
        """Return the batches that are in one of these states, or all."""
        found = self.model.batches.values()
        return [one.label for one in found if not states or one.state in states]

    def row(self, session: TenantSession, batch: Batch) -> BatchRow:
        return get_batch(session, batch.id)

    @precondition(lambda self: len(self.batches("selecting", "run", "generated")) < MOST)
    @rule(
        source=st.sampled_from(["contracts", "contracts", "projects"]),
        alone=st.booleans(),
        level=st.sampled_from(["contract", "ticket", "entry"]),
        compress=st.sampled_from([False, False, True]),
        named=st.sampled_from([True, True, True, False]),
        dated=st.sampled_from([None, None, -20, 10]),
    )
    def open(
        self,
        source: str,
        level: str,
        dated: int | None,
        *,
        alone: bool,
        compress: bool,
        named: bool,
    ) -> None:
        own = "contract" if source == "contracts" else "project"
        day = None if dated is None else self.model.today + timedelta(days=dated)
        collect = own if alone else "customer"
        options = Options(
            name="Batch" if named else None,
            collect=collect,
            line_level=level,
            compress=compress,
            invoice_date=day,
        )

        def act(session: TenantSession) -> UUID:
            made = open_batch(
                session, actor=CLERK, source=source, as_of=self.model.today, options=options
            )
            return made.id

        batch_id = self.desk.do("", act)
        assert batch_id is not None
        label = self.model.code("B")
        self.model.batches[label] = Batch(
            label=label,
            id=batch_id,
            source=source,
            as_of=self.model.today,
            collect=collect,
            level=level,
            compress=compress,
            name="Batch" if named else "",
            invoice_date=day,
        )

    def most(self, *states: str) -> list[str]:
        """Return batches in these states, and now and then any other one, to be refused."""
        return self.batches(*states) * 4 + self.batches()

    def tickable(self) -> list[str]:
        owners = [*self.model.contracts, *self.model.projects]
        return ["everything", *owners, *self.model.items]

    @precondition(lambda self: self.batches())
    @rule(
        label=some(lambda self: self.most("selecting")),
        what=some(lambda self: self.tickable()),
        ticked=st.booleans(),
    )
    def tick(self, label: str, what: str, *, ticked: bool) -> None:
        """Tick or untick everything, an owner or a charge."""
        batch = self.model.batches[label]
        if what == "everything":
            self.tick_all(batch, ticked=ticked)
        elif what in self.model.items:
            self.tick_an_item(batch, self.model.items[what], ticked=ticked)
        else:
            self.tick_an_owner(batch, what, ticked=ticked)

    def tick_all(self, batch: Batch, *, ticked: bool) -> None:
        self.desk.do(
            self.unless_selecting(batch),
            lambda session: choose_all(
                session, self.row(session, batch), ticked=ticked, actor=CLERK
            ),
        )
        if batch.state == "selecting":
            batch.tick_all, batch.owners, batch.items = ticked, {}, {}

    def unless_selecting(self, batch: Batch) -> str:
        if batch.state == "deleted":
            return "NOT_FOUND"
        return "" if batch.state == "selecting" else f"BATCH_{batch.state.upper()}"

    def tick_an_owner(self, batch: Batch, owner: str, *, ticked: bool) -> None:
        found = self.model.contracts.get(owner) or self.model.projects[owner]
        expected = self.unless_selecting(batch)
        mine = [item for item in offered(self.model, batch) if item.owner == owner]
        if not expected and ticked and not any(item.ready(batch.as_of) for item in mine):
            expected = "OWNER_LOCKED"
        self.desk.do(
            expected,
            lambda session: choose_owners(
                session, self.row(session, batch), [found.id], ticked=ticked, actor=CLERK
            ),
        )
        if not expected:
            batch.owners[owner] = ticked
            for item in mine:
                batch.items.pop(item.key, None)

    def tick_an_item(self, batch: Batch, item: Item, *, ticked: bool) -> None:
        expected = self.unless_selecting(batch)
        if not expected and item not in offered(self.model, batch):
            expected = "NOT_FOUND"
        elif not expected and ticked and not item.ready(batch.as_of):
            expected = "CHARGE_NOT_READY"
        self.desk.do(
            expected,
            lambda session: choose_charges(
                session, self.row(session, batch), [item.id], ticked=ticked, actor=CLERK
            ),
        )
        if not expected:
            batch.items[item.key] = ticked

    @precondition(lambda self: self.batches("selecting"))
    @rule(label=some(lambda self: self.batches("selecting")))
    def look(self, label: str) -> None:
        """Compare live totals and the list of owners with the model (rows A11 to A22)."""
        batch = self.model.batches[label]
        chosen = selected(self.model, batch)
        try:
            expected = sums(proposals(self.model, chosen, way_of(batch)))
        except TaxMissing:
            return

        def act(session: TenantSession) -> None:
            row = self.row(session, batch)
            shown = totals(session, row)
            assert shown.charges == len(chosen)
            found = {
                one.currency: (one.invoices, one.billable, one.tax) for one in shown.currencies
            }
            assert found == expected
            for owner in list_owners(session, row).owners:
                mine = [item for item in offered(self.model, batch) if item.owner == owner.code]
                ready = [item for item in mine if item.ready(batch.as_of)]
                picked = [item for item in mine if item in chosen]
                for one in owner.balances:
                    assert one.ready_balance == self.sum_of(ready, one.currency), owner.code
                    assert one.selected_balance == self.sum_of(picked, one.currency), owner.code
                assert owner.box == self.box_of(mine, len(ready)), owner.code

        self.desk.do("", act)

    def sum_of(self, items: Collection[Item], currency: str) -> Decimal:
        return total(item.net for item in items if item.currency == currency)

    def box_of(self, mine: Collection[Item], ready: int) -> str:
        unbilled = [
            item
            for item in mine
            if item.chargeable and not item.holds & OFF_THE_LIST and (item.free or item.batch)
        ]
        if not unbilled:
            return "none"
        if not ready:
            return "lock"
        return "white" if ready == len(unbilled) else "black"
