"""Cost lines are approved, closed and locked, each by who may."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.charges.cost_line import actor, line, project_of
from tests.fixtures.books import Books

from bordereau.catalog import Saved
from bordereau.charges import (
    Action,
    Charge,
    act_on_charges,
    delete_charge,
    is_ready,
    mark_billed,
    reasons,
    reserve,
    save_cost_lines,
)
from bordereau.drafts import delete_draft, fill_drafts
from bordereau.errors import Conflict, Forbidden
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.tenancy.tables import AuditEvent

TODAY = date(2026, 11, 21)
Faults = Callable[[Saved], list[tuple[int, str, str]]]
ChargeOf = Callable[[str], Charge]
NewBatch = Callable[[], UUID]


@pytest.mark.row("B7", "B8", "B10")
def test_a_line_is_approved_then_closed_then_ready(
    books: Books, session: TenantSession, charge_of: ChargeOf
) -> None:
    save_cost_lines(
        session, {1: line(project_of(books, approval_required=True), books.work_type())}
    )
    charge = charge_of("cost:1")
    assert [one.code for one in reasons(charge, TODAY)] == ["NOT_APPROVED"]
    [refused] = act_on_charges(session, actor("report_ready"), Action.REPORT_READY)
    assert (refused.code, refused.state) == ("NOT_APPROVED", "open")
    [approved] = act_on_charges(session, actor("approve"), Action.APPROVE)
    assert (approved.code, approved.state) == ("", "approved")
    session.refresh(charge)
    assert [one.code for one in reasons(charge, TODAY)] == ["NOT_CLOSED"]
    act_on_charges(session, actor("report_ready"), Action.REPORT_READY)
    session.refresh(charge)
    assert reasons(charge, TODAY) == ()


@pytest.mark.row("B10")
def test_closing_approves_too_for_who_holds_both_rights(
    books: Books, session: TenantSession
) -> None:
    save_cost_lines(
        session, {1: line(project_of(books, approval_required=True), books.work_type())}
    )
    both = actor("approve", "report_ready")
    [closed] = act_on_charges(session, both, Action.REPORT_READY)
    assert (closed.code, closed.state) == ("", "closed")


@pytest.mark.row("B9")
def test_each_action_needs_its_own_right(session: TenantSession) -> None:
    for action in Action:
        others = {str(one) for one in Action} - {action}
        with pytest.raises(Forbidden) as refused:
            act_on_charges(session, actor(*others), action)
        assert refused.value.code == "RIGHT_MISSING"


@pytest.mark.row("B9", "B11")
def test_a_bulk_action_touches_what_matches_and_answers_line_by_line(
    books: Books, session: TenantSession
) -> None:
    first, second = (project_of(books, approval_required=True) for _ in range(2))
    work_type = books.work_type()
    records = {n: line(first if n < 3 else second, work_type, key=str(n)) for n in range(5)}
    save_cost_lines(session, records)
    billed = select(Charge.id).where(Charge.source_key == "cost:0").scalar_subquery()
    act_on_charges(
        session, actor("approve", "report_ready"), Action.REPORT_READY, Charge.id == billed
    )
    mark_billed(session, Charge.id == billed)
    results = act_on_charges(
        session, actor("approve"), Action.APPROVE, Charge.project_id == first.id
    )
    assert sorted((one.code, one.state) for one in results) == [
        ("", "approved"),
        ("", "approved"),
        ("TRANSITION_REFUSED", "billed"),
    ]
    untouched = select(Charge.state).where(Charge.project_id == second.id)
    assert set(session.scalars(untouched)) == {"open"}
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "charge.approve")).one()
    assert len(event.details["charges"]) == 2


@pytest.mark.row("B8", "B12")
@pytest.mark.parametrize("actions", [[Action.APPROVE], [Action.APPROVE, Action.REPORT_READY]])
def test_an_approved_or_closed_line_is_locked_until_that_is_undone(
    books: Books,
    session: TenantSession,
    charge_of: ChargeOf,
    faults: Faults,
    actions: list[Action],
) -> None:
    project, work_type = project_of(books, approval_required=True), books.work_type()
    save_cost_lines(session, {1: line(project, work_type)})
    leader = Actor.installation("leader")
    for action in actions:
        act_on_charges(session, leader, action)
    changed = {1: line(project, work_type, quantity="2")}
    assert faults(save_cost_lines(session, changed)) == [(1, "key", "RECORD_LOCKED")]
    with pytest.raises(Conflict) as refused:
        delete_charge(session, leader, charge_of("cost:1").id)
    assert refused.value.code == "RECORD_LOCKED"
    for action in (Action.CANCEL_REPORTING, Action.UNDO_APPROVAL)[2 - len(actions) :]:
        act_on_charges(session, leader, action)
    assert save_cost_lines(session, changed).changed == 1
    delete_charge(session, leader, charge_of("cost:1").id)
    assert session.scalar(select(func.count()).select_from(Charge)) == 0


@pytest.mark.row("B12")
def test_cancelling_is_refused_once_the_line_is_billed(
    books: Books, session: TenantSession
) -> None:
    save_cost_lines(session, {1: line(project_of(books), books.work_type())})
    mark_billed(session, Charge.kind == "hours")
    [result] = act_on_charges(session, actor("cancel_reporting"), Action.CANCEL_REPORTING)
    assert (result.code, result.state) == ("TRANSITION_REFUSED", "billed")


@pytest.mark.row("B12")
def test_without_approval_a_line_is_locked_from_the_moment_something_bills_it(
    books: Books, session: TenantSession, charge_of: ChargeOf, faults: Faults, new_batch: NewBatch
) -> None:
    project, work_type = project_of(books, approval_required=False), books.work_type()
    leader = Actor.installation("leader")
    save_cost_lines(session, {1: line(project, work_type)})
    changed = {1: line(project, work_type, quantity="7")}
    assert save_cost_lines(session, changed).changed == 1
    assert charge_of("cost:1").quantity == 7

    def refused() -> str:
        (fault,) = faults(save_cost_lines(session, {1: line(project, work_type, quantity="9")}))
        with pytest.raises(Conflict) as refusal:
            delete_charge(session, leader, charge_of("cost:1").id)
        assert refusal.value.code == fault[2]
        return fault[2]

    (draft_id,) = fill_drafts(session, leader, as_of=TODAY).draft_ids
    assert refused() == "RECORD_IN_DRAFT"
    delete_draft(session, leader, draft_id)
    reserve(session, new_batch(), is_ready(TODAY))
    assert refused() == "RECORD_RESERVED"
    mark_billed(session, Charge.state == "reserved")
    assert refused() == "RECORD_BILLED"
