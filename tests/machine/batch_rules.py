"""Rules about batches: selected, run, generated, finalised, deleted; several at once."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import some
from tests.machine.catalog_rules import CatalogRules
from tests.machine.desk import CLERK, Interrupted
from tests.machine.model import Batch, Invoice, Item
from tests.machine.money import total
from tests.machine.proposing import (
    TaxMissing,
    content,
    offered,
    proposals,
    selected,
    sums,
    way_of,
)
from tests.machine.world import SELLERS

from bordereau.batches import (
    Options,
    choose_all,
    choose_charges,
    choose_owners,
    delete_batch,
    finalise,
    generate,
    get_batch,
    list_owners,
    open_batch,
    preview_again,
    remove_invoice,
    run,
    select_again,
    totals,
)
from bordereau.batches.tables import Batch as BatchRow
from bordereau.store import TenantSession

MOST = 3


class BatchRules(CatalogRules):
    """What a billing clerk does."""

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
                assert owner.ready_balance == total(item.net for item in ready), owner.code
                picked = [item for item in mine if item in chosen]
                assert owner.selected_balance == total(item.net for item in picked), owner.code
                assert owner.box == self.box_of(mine, len(ready)), owner.code

        self.desk.do("", act)

    def box_of(self, mine: Collection[Item], ready: int) -> str:
        unbilled = [item for item in mine if item.chargeable and (item.free or item.batch)]
        if not unbilled:
            return "none"
        if not ready:
            return "lock"
        return "white" if ready == len(unbilled) else "black"

    @precondition(lambda self: self.batches())
    @rule(label=some(lambda self: self.most("selecting")))
    def run(self, label: str) -> None:
        batch = self.model.batches[label]
        chosen = selected(self.model, batch)
        expected = self.unless_selecting(batch)
        if not expected and not batch.name:
            expected = "BATCH_NAME_MISSING"
        elif not expected and not chosen:
            expected = "NOTHING_SELECTED"
        elif not expected:
            try:
                proposals(self.model, chosen, way_of(batch))
            except TaxMissing:
                expected = "TAX_CODE_MISSING"
        self.desk.do(expected, lambda session: run(session, self.row(session, batch), actor=CLERK))
        if not expected:
            for item in chosen:
                item.state, item.batch, item.delayed_until = "reserved", batch.label, None
                item.touched = True
            batch.state = "run"
            self.take_proposals(batch)

    def take_proposals(self, batch: Batch) -> None:
        """Compare what is proposed with what the charges make, and know the invoices."""
        items = self.model.of_batch(batch)
        expected = {one.items: one for one in proposals(self.model, items, way_of(batch))}
        batch.shown = content(self.model, batch, items)
        self.drop_proposals(batch)
        for one in sorted(self.desk.invoices(), key=lambda one: one.id):
            if one.batch_id != batch.id or one.state != "proposed":
                continue
            mine = expected.pop(frozenset(one.items))
            label = self.model.code("I")
            made = Invoice(
                label=label,
                id=one.id,
                batch=batch.label,
                seller=mine.seller,
                customer=mine.customer,
                currency=mine.currency,
                sign=mine.sign,
                net=mine.sign * mine.net,
                tax=mine.sign * mine.tax,
                issue_date=batch.invoice_date or batch.as_of,
                items={key: self.model.items[key].net for key in mine.items},
            )
            there = (one.seller, one.customer, one.currency, one.kind, one.net, one.tax, one.total)
            assert there == (
                made.seller,
                made.customer,
                made.currency,
                made.kind,
                made.net,
                made.tax,
                made.total,
            )
            self.model.invoices[label] = made
        assert not expected, f"not proposed: {expected}"

    def drop_proposals(self, batch: Batch) -> None:
        for one in self.model.invoices_of(batch):
            if one.state == "proposed":
                del self.model.invoices[one.label]

    def free(self, items: Collection[Item]) -> None:
        """Put charges back on the to-bill list."""
        for item in items:
            item.state, item.batch = "closed", None
        self.model.refresh()

    @precondition(lambda self: self.batches())
    @rule(label=some(lambda self: self.most("run")))
    def select_again(self, label: str) -> None:
        batch = self.model.batches[label]
        expected = self.unless_run(batch)
        self.desk.do(
            expected, lambda session: select_again(session, self.row(session, batch), actor=CLERK)
        )
        if not expected:
            self.drop_proposals(batch)
            self.free(self.model.of_batch(batch))
            batch.state = "selecting"

    def unless_run(self, batch: Batch) -> str:
        if batch.state == "deleted":
            return "NOT_FOUND"
        return "" if batch.state == "run" else f"BATCH_{batch.state.upper()}"

    def removable(self) -> list[str]:
        return [one.label for one in self.model.invoices.values() if one.batch]

    @precondition(lambda self: self.removable())
    @rule(label=some(lambda self: self.removable()))
    def remove_an_invoice(self, label: str) -> None:
        invoice = self.model.invoices[label]
        batch = self.model.batches[invoice.batch or ""]
        expected = "INVOICE_NUMBERED" if invoice.number else ""
        self.desk.do(
            expected,
            lambda session: remove_invoice(
                session, self.row(session, batch), invoice.id, actor=CLERK
            ),
        )
        if not expected:
            del self.model.invoices[label]
            self.free([self.model.items[key] for key in invoice.items])
            batch.shown = content(self.model, batch, self.model.of_batch(batch))

    @precondition(lambda self: self.batches())
    @rule(
        label=some(lambda self: self.batches()), honest=st.sampled_from([True, True, True, False])
    )
    def generate(self, label: str, *, honest: bool) -> None:
        """Generate with the preview's hash, or with one that nobody was shown."""
        batch = self.model.batches[label]
        done = batch.state in {"generated", "finalised"}
        expected = "" if done else self.unless_run(batch)
        if not expected and not done:
            expected = self.refusal_of_generating(batch, honest=honest)

        def act(session: TenantSession) -> None:
            row = self.row(session, batch)
            generate(session, row, row.preview_hash if honest else "nothing", actor=CLERK)

        self.desk.do(expected, act)
        if expected or done:
            return
        for item in self.model.of_batch(batch):
            item.state, item.batch = "billed", None
        for one in self.model.invoices_of(batch):
            one.state = "draft"
        batch.state = "generated"
        self.model.refresh()

    def refusal_of_generating(self, batch: Batch, *, honest: bool) -> str:
        items = self.model.of_batch(batch)
        if any(self.model.customers[item.customer].distance_selling for item in items):
            return "DISTANCE_SALE"
        if not honest or content(self.model, batch, items) != batch.shown:
            return "PREVIEW_CHANGED"
        return "" if items else "NOTHING_SELECTED"

    @precondition(lambda self: self.batches("run"))
    @rule(label=some(lambda self: self.batches("run")))
    def preview_again(self, label: str) -> None:
        batch = self.model.batches[label]
        items = self.model.of_batch(batch)
        afar = any(self.model.customers[item.customer].distance_selling for item in items)
        self.desk.do(
            "DISTANCE_SALE" if afar else "",
            lambda session: preview_again(session, self.row(session, batch), actor=CLERK),
        )
        if not afar:
            self.take_proposals(batch)

    @precondition(lambda self: self.batches())
    @rule(
        label=some(lambda self: self.most("generated")),
        chunk=st.sampled_from([1, 2, 1000]),
        crash_after=st.sampled_from([None, None, 0, 1]),
    )
    def finalise(self, label: str, chunk: int, crash_after: int | None) -> None:
        """Finalise in chunks; a crash in one of them leaves the ones before it whole."""
        batch = self.model.batches[label]
        expected = ""
        if batch.state not in {"generated", "finalised"}:
            expected = "NOT_FOUND" if batch.state == "deleted" else f"BATCH_{batch.state.upper()}"
        calls = 0

        def on_issued(_session: TenantSession, _batch: BatchRow, _ids: Collection[UUID]) -> None:
            nonlocal calls
            if crash_after == calls:
                raise Interrupted
            calls += 1

        def act() -> None:
            finalise(
                self.desk.database,
                self.desk.tenant_id,
                batch.id,
                actor=CLERK,
                on_issued=on_issued,
                chunk=chunk,
            )

        if expected:
            self.desk.attempt(expected, act)
            return
        ending = self.issue_in_chunks(batch, chunk, crash_after)
        if ending == "CRASH":
            try:
                act()
            except Interrupted:
                return
            raise AssertionError("it did not crash")
        self.desk.attempt(ending, act, keeps=False)

    def issue_in_chunks(self, batch: Batch, chunk: int, crash_after: int | None) -> str:
        """Number the drafts in the model; return CRASH, the code of a refusal, or nothing."""
        drafts = [one for one in self.model.invoices_of(batch) if one.state == "draft"]
        for number, first in enumerate(range(0, len(drafts), chunk)):
            part = drafts[first : first + chunk]
            if any(self.too_early(one) for one in part):
                return "DATE_BEFORE_LAST"
            if number == crash_after:
                return "CRASH"
            self.number(part)
        batch.state = "finalised"
        return ""

    def too_early(self, one: Invoice) -> bool:
        last = self.model.last_dates.get((one.seller, one.kind))
        return SELLERS[one.seller].strict_dates and last is not None and one.issue_date < last

    def number(self, invoices: list[Invoice]) -> None:
        """Give invoices the next numbers of their series."""
        for one in invoices:
            series = (one.seller, one.kind)
            place = self.model.next_numbers.get(series, 1)
            self.model.next_numbers[series] = place + 1
            last = self.model.last_dates.get(series, one.issue_date)
            self.model.last_dates[series] = max(last, one.issue_date)
            letter = "" if one.sign > 0 else "C"
            one.number, one.state = f"{letter}{one.issue_date.year}-{place:05d}", "issued"

    @precondition(lambda self: self.batches())
    @rule(label=some(lambda self: self.batches()))
    def delete(self, label: str) -> None:
        batch = self.model.batches[label]
        mine = self.model.invoices_of(batch)
        expected = "NOT_FOUND" if batch.state == "deleted" else ""
        if any(one.number for one in mine):
            expected = "INVOICE_NUMBERED"
        self.desk.do(
            expected, lambda session: delete_batch(session, self.row(session, batch), actor=CLERK)
        )
        if not expected:
            behind = {key for one in mine for key in one.items}
            self.free([self.model.items[key] for key in behind])
            for one in mine:
                del self.model.invoices[one.label]
            batch.state = "deleted"

    @precondition(lambda self: self.batches("selecting", "run", "generated"))
    @rule(label=some(lambda self: self.batches("selecting", "run", "generated")))
    def go_on(self, label: str) -> None:
        """Take a batch one step further."""
        batch = self.model.batches[label]
        if batch.state == "selecting":
            self.run(label)
        elif batch.state == "run":
            self.generate(label, honest=True)
        else:
            self.finalise(label, 1000, None)

    @precondition(lambda self: len(self.batches("selecting", "run", "generated")) < MOST)
    @rule(
        source=st.sampled_from(["contracts", "contracts", "projects"]),
        steps=st.sampled_from([3, 3, 3, 2, 1]),
        days=st.integers(0, 40),
        alone=st.booleans(),
    )
    def bill(self, source: str, steps: int, days: int, *, alone: bool) -> None:
        """Go some steps at once after some days, so that many sequences reach what comes after."""
        self.model.pass_days(days)
        self.rate_everything()
        self.open(source, "entry", None, alone=alone, compress=False, named=True)
        label, batch = list(self.model.batches.items())[-1]
        for state in ("selecting", "run", "generated")[:steps]:
            if batch.state == state:
                self.go_on(label)
