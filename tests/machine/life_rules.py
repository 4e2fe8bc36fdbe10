"""Rules about the life of charges: approved, closed, written off, delayed, split, deleted."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import Base, some
from tests.machine.blocks import stands_settled
from tests.machine.desk import CLERK
from tests.machine.money import rounded
from tests.machine.recording_rules import REFUSALS
from tests.machine.things import COMPUTED, Item

from bordereau.charges import (
    Action,
    Charge,
    LineResult,
    act_on_charges,
    delay,
    delete_charge,
    reopen_written_off,
    resume,
    revalue,
    split_charge,
    write_off,
)
from bordereau.store import TenantSession

MOVES = {
    ("open", "approve"): "approved",
    ("open", "report_ready"): "closed",
    ("approved", "undo_approval"): "open",
    ("approved", "report_ready"): "closed",
    ("closed", "cancel_reporting"): "approved",
    ("closed", "write_off"): "written_off",
    ("delayed", "write_off"): "written_off",
    ("closed", "delay"): "delayed",
    ("delayed", "resume"): "closed",
    ("written_off", "reopen"): "closed",
}
PEOPLE = [Action.APPROVE, Action.UNDO_APPROVAL, Action.REPORT_READY, Action.CANCEL_REPORTING]


class LifeRules(Base):
    """What may be done with a charge, and what not."""

    def touchable(self) -> list[str]:
        """Return the charges, those of projects first in line."""
        found = [item for item in self.model.items.values() if "#" not in item.key]
        return [one.key for one in found if one.project] * 2 + [one.key for one in found]

    def move(self, item: Item, act: str) -> str:
        """Return why a charge cannot go this way, and move it in the model if it can."""
        if item.draft:
            return "RECORD_IN_DRAFT"
        state = item.state
        if state == "reserved" and act not in {str(one) for one in PEOPLE}:
            return "RECORD_RESERVED"
        is_planned = item.kind == "instalment" and act in {str(one) for one in PEOPLE}
        if is_planned and state == "open":
            state = "approved"
        after = MOVES.get((state, act))
        if after is None:
            return "TRANSITION_REFUSED"
        item.state = "open" if is_planned and after == "approved" else after
        item.touched = True
        return ""

    @precondition(lambda self: self.model.items)
    @rule(key=some(lambda self: self.touchable()), action=st.sampled_from(PEOPLE))
    def act(self, key: str, action: Action) -> None:
        """Approve, undo, report ready or cancel; each line is answered for itself."""
        item = self.model.items[key]
        expected = self.move(item, action.value)
        self.answer(
            expected,
            lambda session: act_on_charges(session, CLERK, action, Charge.id == item.id),
        )

    def answer(self, expected: str, act: object) -> None:
        before = self.desk.print() if expected else ""

        def first(session: TenantSession) -> LineResult:
            assert callable(act)
            results: Sequence[LineResult] = act(session)
            assert len(results) == 1
            return results[0]

        result = self.desk.do("", first)
        assert result is not None
        assert result.code == expected, f"expected {expected or 'success'}, got {result}"
        if expected:
            assert self.desk.print() == before, f"{expected} changed something"

    @precondition(lambda self: self.model.items)
    @rule(
        key=some(lambda self: self.touchable()),
        act=st.sampled_from(["write_off", "delay", "resume"]),
        days=st.integers(1, 30),
    )
    def give_up_or_wait(self, key: str, act: str, days: int) -> None:
        item = self.model.items[key]
        until = self.model.today + timedelta(days=days)
        expected = self.move(item, act)
        mine = Charge.id == item.id
        if act == "write_off":
            self.answer(expected, lambda session: write_off(session, CLERK, "Too late", mine))
        elif act == "delay":
            self.answer(expected, lambda session: delay(session, CLERK, until, mine))
        else:
            self.answer(expected, lambda session: resume(session, CLERK, mine))
        if not expected and act != "write_off":
            item.delayed_until = until if act == "delay" else None

    @precondition(lambda self: self.model.items)
    @rule(key=some(lambda self: self.touchable()))
    def revalue(self, key: str) -> None:
        """Give a thing or a cost another price; time keeps the rate of its contract."""
        item, price = self.model.items[key], Decimal("61.505")
        expected = "RECORD_IN_DRAFT" if item.draft else ""
        if not expected and (item.kind in COMPUTED or item.state not in REVALUABLE):
            expected = "TRANSITION_REFUSED"
        self.answer(
            expected,
            lambda session: revalue(session, CLERK, Charge.id == item.id, unit_price=price),
        )
        if not expected and item.kind != "time":
            full = item.quantity * price * (100 - item.discount) / 100
            item.net, item.touched = rounded(full, item.currency), True

    def given_up(self) -> list[str]:
        found = self.model.items.values()
        return [one.key for one in found if one.state == "written_off" and "#" not in one.key]

    @precondition(lambda self: self.given_up())
    @rule(key=some(lambda self: self.given_up()))
    def reopen_written_off(self, key: str) -> None:
        item = self.model.items[key]
        expected = self.move(item, "reopen")
        self.answer(
            expected, lambda session: reopen_written_off(session, CLERK, Charge.id == item.id)
        )
        self.model.refresh([item])

    def divisible(self) -> list[str]:
        return [key for key in self.touchable() if self.model.items[key].kind in DIVISIBLE]

    @precondition(lambda self: self.divisible())
    @rule(key=some(lambda self: self.divisible()))
    def split(self, key: str) -> None:
        """Split a charge in two halves; together they are worth the whole, to the cent."""
        item = self.model.items[key]
        expected = "RECORD_IN_DRAFT" if item.draft else ""
        if not expected and item.state not in {"open", "approved", "closed"}:
            expected = "TRANSITION_REFUSED"
        half = (item.quantity / 2).quantize(Decimal("0.000001"))  # the decimals that are kept
        self.desk.do(expected, lambda session: split_charge(session, CLERK, item.id, half))
        if not expected:
            first = rounded(item.net * half / item.quantity, item.currency)
            rest = item.quantity - half
            for number, net, quantity in ((1, first, half), (2, item.net - first, rest)):
                part = Item(**{**vars(item), "key": f"{key}/{number}", "net": net})
                part.quantity, part.touched = quantity, False
                self.add(part)
            item.state, item.touched = "split", True

    @precondition(lambda self: self.model.items)
    @rule(key=some(lambda self: self.touchable()))
    def delete_a_charge(self, key: str) -> None:
        item = self.model.items[key]
        expected = self.refusal_of_deleting(item)
        self.desk.do(expected, lambda session: delete_charge(session, CLERK, item.id))
        if not expected:
            self.model.rewrite(item.contract)
            del self.model.items[key]
            for batch in self.model.batches.values():
                batch.items.pop(key, None)

    def refusal_of_deleting(self, item: Item) -> str:
        if item.kind in COMPUTED or item.kind == "adjustment":
            return "COMPUTED_CHARGE"
        if item.draft:
            return "RECORD_IN_DRAFT"
        asks = item.project is not None and self.model.projects[item.project].approval
        if asks and item.kind != "instalment" and item.state in {"approved", "closed"}:
            return "RECORD_LOCKED"
        if item.state in REFUSALS:
            return REFUSALS[item.state]
        if stands_settled(self.desk, item.key):
            return "RECORD_SETTLED"
        stood = any(item.key in one.items for one in self.model.invoices.values())
        return "RECORD_WAS_BILLED" if stood or item.kept else ""


REVALUABLE = {"open", "approved", "closed"}
DIVISIBLE = {"product", "expense", "units", "materials", "purchase", "financial"}
