"""Rules about the invoices of pro forma drafts: each line billed, kept or given up."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import some
from tests.machine.desk import CLERK
from tests.machine.draft_rules import DraftRules
from tests.machine.proposing import Way, proposals
from tests.machine.things import Draft, Invoice, Item

from bordereau.drafts import (
    invoice_drafts,
)


class DraftBillingRules(DraftRules):
    """What becomes of a released draft."""

    @precondition(lambda self: self.model.drafts)
    @rule(label=some(lambda self: self.drafts("released")), compress=st.booleans())
    def invoice_a_draft(self, label: str, *, compress: bool) -> None:
        """Bill, keep or give up each line by its method."""
        draft = self.model.drafts[label]
        methods = {key: line.method for key, line in draft.lines.items()}
        billed = [self.billed_as(draft, key) for key, way in methods.items() if way[:3] == "inv"]
        expected = self.refusal(draft, "invoice") or self.refusal_of_billing(billed)
        day = self.model.today
        done = self.desk.do(
            expected,
            lambda session: invoice_drafts(
                session, CLERK, [draft.id], invoice_date=day, compress=compress
            )[0],
        )
        if done is None:
            return
        self.take_invoices(draft, billed, done.invoice_ids, compress=compress)
        draft.state = "invoiced"
        for key, way in methods.items():
            item = self.model.items[key]
            item.draft, item.kept = None, item.kept or not way.startswith("delay")
            if way.startswith("write_off"):
                item.state = "written_off"
        self.keep_the_rest(draft, methods, done.successor_id)
        self.model.refresh()

    def billed_as(self, draft: Draft, key: str) -> Item:
        """Return a charge at the amount that its draft line has."""
        return Item(**{**vars(self.model.items[key]), "net": draft.lines[key].net})

    def refusal_of_billing(self, items: list[Item]) -> str:
        if any(self.model.customers[item.customer].distance_selling for item in items):
            return "DISTANCE_SALE"
        missing = any(item.tax is None for item in items)
        return "TAX_CODE_MISSING" if missing else ""

    def take_invoices(
        self, draft: Draft, billed: list[Item], ids: tuple[UUID, ...], *, compress: bool
    ) -> None:
        """Compare the invoices of a draft with what its lines make."""
        expected = {one.items: one for one in proposals(self.model, billed, Way(compress=compress))}
        amounts = {item.key: item.net for item in billed}
        found = {one.id: one for one in self.desk.invoices()}
        assert len(ids) == len(expected)
        for invoice_id in ids:
            stored = found[invoice_id]
            mine = expected.pop(frozenset(stored.items), None)
            assert mine is not None, f"invoiced too: {stored}"
            label = self.model.code("I")
            self.model.invoices[label] = Invoice(
                label=label,
                id=invoice_id,
                batch=None,
                seller=mine.seller,
                customer=mine.customer,
                currency=mine.currency,
                sign=mine.sign,
                net=mine.sign * mine.net,
                tax=mine.sign * mine.tax,
                issue_date=self.model.today,
                items={key: amounts[key] for key in mine.items},
                state="draft",
            )
        for key in amounts:
            self.model.items[key].state = "billed"

    def keep_the_rest(
        self, draft: Draft, methods: dict[str, str], successor_id: UUID | None
    ) -> None:
        """Move what waits into the next draft, with what takes each advance back."""
        waits = {key: way for key, way in methods.items() if way.startswith("delay")}
        advances = [key for key, way in methods.items() if way == "invoice_advance"]
        assert (successor_id is not None) == bool(waits or advances)
        if successor_id is None:
            return
        label = self.model.code("D")
        self.model.drafts[label] = after = Draft(label, successor_id, draft.seller, draft.customer)
        for key in waits:
            after.lines[key] = draft.lines[key]
            self.model.items[key].draft = label
        self.take_by_hand(after, lambda _: "delay_advance")
        back = sorted(one.net for key, one in after.lines.items() if key not in waits)
        assert back == sorted(-draft.lines[key].net for key in advances)
