"""Rules about numbers: a batch is finalised, in chunks and with crashes in between."""

from collections.abc import Collection
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import some
from tests.machine.batch_rules import BatchRules
from tests.machine.desk import CLERK, Interrupted
from tests.machine.selection_rules import MOST
from tests.machine.things import Batch, Invoice
from tests.machine.world import SELLERS

from bordereau.batches import (
    finalise,
)
from bordereau.batches.tables import Batch as BatchRow
from bordereau.store import TenantSession


class NumberingRules(BatchRules):
    """What makes invoices final."""

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
        elif batch.state == "generated" and not self.model.invoices_of(batch):
            expected = "NOTHING_TO_FINALISE"
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
        level=st.sampled_from(["entry", "entry", "ticket", "contract"]),
    )
    def bill(
        self, source: str, steps: int, days: int, *, alone: bool, level: str = "entry"
    ) -> None:
        """Go some steps at once after some days, so that many sequences reach what comes after."""
        self.model.pass_days(days)
        self.rate_everything()
        self.open(source, level, None, alone=alone, compress=False, named=True)
        label, batch = list(self.model.batches.items())[-1]
        for state in ("selecting", "run", "generated")[:steps]:
            if batch.state == state:
                self.go_on(label)
