"""Rules about batches: run, generated, taken back, deleted."""

from collections.abc import Collection

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import some
from tests.machine.desk import CLERK
from tests.machine.proposing import (
    TaxMissing,
    content,
    proposals,
    selected,
    way_of,
)
from tests.machine.selection_rules import SelectionRules
from tests.machine.things import Batch, Invoice, Item

from bordereau.batches import (
    delete_batch,
    generate,
    preview_again,
    remove_invoice,
    run,
    select_again,
)
from bordereau.store import TenantSession


class BatchRules(SelectionRules):
    """What a billing clerk does."""

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
            self.model.refresh()
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
            mine = expected.pop(frozenset(one.items), None)
            assert mine is not None, f"proposed too: {one}"
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
        withheld = self.model.withheld(items)
        if self.goes_afar(items, withheld):
            return "DISTANCE_SALE"
        if withheld or not honest or content(self.model, batch, items) != batch.shown:
            return "PREVIEW_CHANGED"
        return "" if items else "NOTHING_SELECTED"

    @precondition(lambda self: self.batches("run"))
    @rule(label=some(lambda self: self.batches("run")))
    def preview_again(self, label: str) -> None:
        batch = self.model.batches[label]
        items = self.model.of_batch(batch)
        withheld = self.model.withheld(items)
        afar = self.goes_afar(items, withheld)
        self.desk.do(
            "DISTANCE_SALE" if afar else "",
            lambda session: preview_again(session, self.row(session, batch), actor=CLERK),
        )
        if not afar:
            self.free(withheld)
            self.take_proposals(batch)

    def goes_afar(self, items: Collection[Item], withheld: Collection[Item]) -> bool:
        """Say whether anything that is billed is a distance sale, which no batch bills."""
        billed = [item for item in items if item not in withheld]
        return any(self.model.customers[item.customer].distance_selling for item in billed)

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
