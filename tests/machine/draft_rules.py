"""Rules about pro forma drafts: filled, edited, released, postponed, invoiced, given up."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import text
from tests.machine.base import some
from tests.machine.correction_rules import CorrectionRules
from tests.machine.desk import CLERK
from tests.machine.money import rounded
from tests.machine.things import Draft, Item, Line
from tests.machine.world import WORK

from bordereau.drafts import (
    add_line,
    change_line,
    delete_draft,
    fill_drafts,
    postpone,
    release,
    remove_line,
    resume,
)
from bordereau.store import TenantSession

STORED = text("""\
select d.id, d.state, a.code as seller, u.code as customer,
  coalesce(jsonb_object_agg(c.source_key, jsonb_build_array(l.method, l.net::text, l.id))
    filter (where c.id is not null), '{}') as lines
from draft d
join administration a on a.tenant_id = d.tenant_id and a.id = d.administration_id
join customer u on u.tenant_id = d.tenant_id and u.id = d.customer_id
left join draft_line l on l.tenant_id = d.tenant_id and l.draft_id = d.id
left join charge c on c.tenant_id = l.tenant_id and c.id = l.charge_id
where d.tenant_id = :tenant group by d.id, d.state, a.code, u.code""")
BY_HAND = text("""\
select c.id, c.source_key, c.net, c.discount_percent, c.worked_on, p.code as project, w.code as work
from charge c
left join project p on p.tenant_id = c.tenant_id and p.id = c.project_id
left join work_type w on w.tenant_id = c.tenant_id and w.id = c.work_type_id
where c.tenant_id = :tenant and c.kind = 'manual'""")
WORK_IDS = text("select code, id from work_type where tenant_id = :tenant")
METHODS = ["invoice", "invoice", "delay", "write_off", "invoice_advance"]
MOVES = {
    ("new", "release"): "released",
    ("changed", "release"): "released",
    ("new", "change"): "new",
    ("released", "change"): "changed",
    ("changed", "change"): "changed",
    ("new", "postpone"): "delayed",
    ("changed", "postpone"): "delayed",
    ("delayed", "resume"): "new",
    ("released", "invoice"): "invoiced",
    **{(state, "delete"): "deleted" for state in ("new", "released", "changed", "delayed")},
}


class DraftRules(CorrectionRules):
    """What is done before the invoice of a project."""

    def drafts(self, *states: str) -> list[str]:
        """Return drafts in these states often, and any others to be refused."""
        found = self.model.drafts.values()
        return [one.label for one in found if one.state in states] * 4 + list(self.model.drafts)

    def stored(self) -> dict[UUID, Any]:
        return {row.id: row for row in self.desk.rows(STORED)}

    def drafts_are_as_predicted(self) -> None:
        found = self.stored()
        assert found.keys() == {one.id for one in self.model.drafts.values()}
        for draft in self.model.drafts.values():
            row = found[draft.id]
            assert (row.state, row.seller, row.customer) == (
                draft.state,
                draft.seller,
                draft.customer,
            ), draft.label
            if draft.state in {"invoiced", "deleted"}:
                continue
            lines = {
                self.desk.plain(key): (method, Decimal(net))
                for key, (method, net, _) in row.lines.items()
            }
            assert lines == {key: (one.method, one.net) for key, one in draft.lines.items()}

    @rule(everything=st.booleans(), place=st.integers(0, 20))
    def fill(self, place: int, *, everything: bool) -> None:
        """Put what is ready of all projects, or one chosen charge, into the drafts of clients.

        With all of them the postponed drafts come back whose day has come.
        """
        lines = [
            item for item in self.model.items.values() if item.project or item.kind == "manual"
        ]
        if not everything and lines:
            lines = [lines[place % len(lines)]]
        ids = None if everything else [item.id for item in lines]
        as_of = self.model.today
        takes = [one for one in lines if one.ready(as_of) and one.kind != "instalment"]
        filled = self.desk.do(
            "", lambda session: fill_drafts(session, CLERK, as_of=as_of, charge_ids=ids)
        )
        assert filled is not None
        assert filled.taken == len(takes)
        assert everything or filled.refused.keys() == {one.id for one in lines if one not in takes}
        found = self.stored()
        if everything:
            self.bring_back()
        for item in takes:
            draft = self.draft_for(item.seller, item.customer, found)
            draft.state = "changed" if draft.state == "released" else draft.state
            draft.lines[item.key] = Line(item.net)
            item.state, item.delayed_until, item.draft = "closed", None, draft.label
            item.touched = True

    def bring_back(self) -> None:
        """Let postponed drafts join the open one of their client, or be it, on their day."""
        for due in sorted(self.model.drafts.values(), key=lambda one: one.id):
            until = due.delayed_until
            if due.state != "delayed" or until is None or until > self.model.today:
                continue
            home = self.open_one(due.seller, due.customer)
            if home is None:
                due.state = "new"
                continue
            home.state = "changed" if home.state == "released" else home.state
            home.lines |= due.lines
            for key in due.lines:
                self.model.items[key].draft = home.label
            due.state, due.lines = "deleted", {}

    def draft_for(self, seller: str, customer: str, found: dict[UUID, Any]) -> Draft:
        """Return the one open draft of a client, which may just have been opened."""
        if there := self.open_one(seller, customer):
            return there
        known = {one.id for one in self.model.drafts.values()}
        new = [
            row.id
            for row in found.values()
            if row.id not in known and (row.seller, row.customer) == (seller, customer)
        ]
        assert len(new) == 1
        label = self.model.code("D")
        self.model.drafts[label] = made = Draft(label, new[0], seller, customer)
        return made

    def refusal(self, draft: Draft, act: str) -> str:
        if (draft.state, act) in MOVES:
            return ""
        not_released = act == "invoice" and draft.state != "invoiced"
        return "DRAFT_NOT_RELEASED" if not_released else "DRAFT_TRANSITION_REFUSED"

    def lined(self) -> list[str]:
        found = self.model.drafts.values()
        return [
            one.label for one in found if one.lines and one.state not in {"invoiced", "deleted"}
        ]

    @precondition(lambda self: self.lined())
    @rule(
        label=some(lambda self: self.lined()),
        place=st.integers(0, 5),
        what=st.sampled_from([*METHODS, "price", "remove"]),
    )
    def change_draft_line(self, label: str, place: int, what: str) -> None:
        """Choose what becomes of a line, change its price, or take it out."""
        draft = self.model.drafts[label]
        key = list(draft.lines)[place % len(draft.lines)]
        line, item = draft.lines[key], self.model.items[key]
        expected = self.refusal(draft, "change")
        rows = self.stored()[draft.id].lines
        line_id = next(UUID(row[2]) for found, row in rows.items() if self.desk.plain(found) == key)
        if what == "remove":
            self.desk.do(expected, lambda session: remove_line(session, CLERK, draft.id, line_id))
        else:
            changes: dict[str, Any] = {"method": what}
            if what == "price":
                changes = {"quantity": Decimal(1), "unit_price": Decimal("55.555")}
            self.desk.do(
                expected,
                lambda session: change_line(session, CLERK, draft.id, line_id, **changes),
            )
        if expected:
            return
        draft.state = MOVES[draft.state, "change"]
        if what == "remove":
            del draft.lines[key]
            self.leave_draft([item])
        elif what == "price":
            price = Decimal("55.555") * (100 - item.discount) / 100
            line.net = rounded(price, item.currency)
        else:
            line.method = what

    def leave_draft(self, items: Iterable[Item]) -> None:
        """Let charges go back to the to-bill list."""
        items = list(items)
        for item in items:
            item.draft = None
        self.model.refresh(items)

    @precondition(lambda self: self.model.drafts)
    @rule(
        label=some(lambda self: self.drafts("new", "released", "changed")),
        method=st.sampled_from(["invoice_plus", "invoice_advance"]),
        amount=st.sampled_from([Decimal(500), Decimal("10.005")]),
        placed=st.booleans(),
    )
    def add_by_hand(self, label: str, method: str, amount: Decimal, *, placed: bool) -> None:
        """Add an amount that no cost stands behind, on one of the client's projects or on none."""
        draft = self.model.drafts[label]
        expected = self.refusal(draft, "change")
        mine = [
            one
            for one in self.model.projects.values()
            if (one.seller, one.customer) == (draft.seller, draft.customer)
        ]
        project = mine[0] if mine and placed else None
        if not expected and self.model.customers[draft.customer].distance_selling:
            expected = "DISTANCE_SALE"
        if expected in {"", "DISTANCE_SALE"} and project and not project.charge:
            expected = "NOT_CHARGEABLE"
        work_id = dict(self.desk.rows(WORK_IDS))["W20"]
        self.desk.do(
            expected,
            lambda session: add_line(
                session,
                CLERK,
                draft.id,
                method=method,
                name="By hand",
                amount=amount,
                work_type_id=work_id,
                day=self.model.today,
                project_id=project.id if project else None,
            ),
        )
        if not expected:
            draft.state = MOVES[draft.state, "change"]
            self.take_by_hand(draft, lambda _: method)

    def take_by_hand(self, draft: Draft, method_of: Callable[[Item], str]) -> None:
        """Know the charges that the product made for amounts by hand."""
        for row in self.desk.rows(BY_HAND):
            if row.source_key in self.model.items:
                continue
            item = Item(
                key=row.source_key,
                id=row.id,
                kind="manual",
                customer=draft.customer,
                seller=draft.seller,
                currency=self.model.customers[draft.customer].currency,
                day=row.worked_on,
                ready_on=row.worked_on,
                net=row.net,
                discount=row.discount_percent,
                project=row.project,
                work=row.work,
                tax=WORK[row.work].tax if row.work else None,
                draft=draft.label,
            )
            self.add(item)
            draft.lines[item.key] = Line(item.net, method_of(item))

    @precondition(lambda self: self.model.drafts)
    @rule(
        label=some(lambda self: self.drafts("new", "changed", "delayed")),
        act=st.sampled_from(["release", "release", "postpone", "resume", "delete"]),
    )
    def step(self, label: str, act: str) -> None:
        draft = self.model.drafts[label]
        expected = self.refusal(draft, act)
        if act == "resume" and self.open_one(draft.seller, draft.customer):
            expected = "DRAFT_OPEN"
        until = self.model.today + timedelta(days=7)
        acts: dict[str, Callable[[TenantSession], object]] = {
            "release": lambda session: release(session, CLERK, draft.id),
            "postpone": lambda session: postpone(
                session, CLERK, draft.id, until=until, today=self.model.today
            ),
            "resume": lambda session: resume(session, CLERK, draft.id),
            "delete": lambda session: delete_draft(session, CLERK, draft.id),
        }
        self.desk.do(expected, acts[act])
        if not expected:
            draft.state = MOVES[draft.state, act]
            draft.delayed_until = until if act == "postpone" else None
            if act == "delete":
                self.leave_draft(self.model.items[key] for key in draft.lines)
                draft.lines = {}

    def open_one(self, seller: str, customer: str) -> Draft | None:
        for one in self.model.drafts.values():
            if one.open and (one.seller, one.customer) == (seller, customer):
                return one
        return None
