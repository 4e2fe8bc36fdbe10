"""Cost lines of projects: five kinds, the charge flag, approval, closing, instalments."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from sqlalchemy import func, select
from tests.fixtures.books import Books

from bordereau.catalog import ProjectRecord, Saved
from bordereau.catalog.tables import Project, WorkType
from bordereau.charges import (
    Action,
    Charge,
    CostLineRecord,
    InstalmentRecord,
    ParticipantRecord,
    act_on_charges,
    delete_charge,
    is_ready,
    mark_billed,
    reasons,
    save_cost_lines,
    save_instalments,
    save_participants,
    save_projects,
)
from bordereau.errors import Conflict, Forbidden
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.tenancy.tables import AuditEvent

TODAY = date(2026, 11, 21)
Faults = Callable[[Saved], list[tuple[int, str, str]]]
ChargeOf = Callable[[str], Charge]


def actor(*rights: str) -> Actor:
    return Actor("leader@msp.example", frozenset(rights))


def line(project: Project, work_type: WorkType, /, **values: Any) -> CostLineRecord:
    return CostLineRecord.model_validate(
        {
            "key": "1",
            "project": project.code,
            "kind": "hours",
            "day": "2026-10-05",
            "work_type": work_type.code,
            "quantity": "1.5",
            "unit_price": "80",
        }
        | values
    )


def project_of(books: Books, **values: Any) -> Project:
    return books.project(books.customer(), books.administration(), **values)


@pytest.mark.row("B2", "B4", "B5")
def test_five_kinds_of_cost_lines_are_charged_at_quantity_times_rate(
    books: Books, session: TenantSession
) -> None:
    tax = books.tax_code("21")
    project, work_type = project_of(books), books.work_type(tax_code_id=tax.id, unit="HUR")
    kinds = get_args(CostLineRecord.model_fields["kind"].annotation)
    records = {n: line(project, work_type, key=str(n), kind=kind) for n, kind in enumerate(kinds)}
    assert save_cost_lines(session, records).created == 5
    found = session.execute(select(Charge.kind, Charge.net, Charge.tax_code_id, Charge.unit))
    assert {tuple(row) for row in found} == {(kind, Decimal(120), tax.id, "HUR") for kind in kinds}
    assert session.scalar(select(func.count()).where(is_ready(TODAY))) == 5
    assert session.scalar(select(func.sum(Charge.minutes))) == 90


@pytest.mark.row("B3")
def test_a_line_without_a_client_cannot_be_billed(
    books: Books, session: TenantSession, charge_of: ChargeOf
) -> None:
    project, work_type = project_of(books, customer_id=None), books.work_type()
    save_cost_lines(session, {1: line(project, work_type)})
    charge = charge_of("cost:1")
    assert [one.code for one in reasons(charge, TODAY)] == ["NO_CLIENT"]
    client = books.customer()
    administration = books.administration()
    record = ProjectRecord(
        code=project.code, name="P", customer=client.code, administration=administration.code
    )
    save_projects(session, {1: record})
    session.refresh(charge)
    assert (charge.customer_id, charge.administration_id) == (client.id, administration.id)
    assert reasons(charge, TODAY) == ()


@pytest.mark.row("B6")
@pytest.mark.parametrize(
    ("project", "work_type", "choice", "charged"),
    [
        (True, True, None, True),
        (True, True, False, False),
        (True, False, None, False),
        (True, False, True, True),
        (False, True, True, False),
    ],
)
def test_the_charge_flag_falls_from_project_to_work_type_to_line(
    books: Books,
    session: TenantSession,
    charge_of: ChargeOf,
    *,
    project: bool,
    work_type: bool,
    choice: bool | None,
    charged: bool,
) -> None:
    record = line(
        project_of(books, charge=project), books.work_type(charge=work_type), charge=choice
    )
    save_cost_lines(session, {1: record})
    codes = [one.code for one in reasons(charge_of("cost:1"), TODAY)]
    assert codes == ([] if charged else ["NOT_CHARGEABLE"])


@pytest.mark.row("B6")
def test_a_line_differs_from_its_work_type_only_where_that_is_allowed(
    books: Books, session: TenantSession, faults: Faults
) -> None:
    project = project_of(books, may_deviate=False)
    saved = save_cost_lines(session, {4: line(project, books.work_type(), charge=False)})
    assert faults(saved) == [(4, "charge", "CHARGE_FIXED")]


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


@pytest.mark.row("B57")
def test_an_instalment_waits_until_it_is_marked_ready(
    books: Books, session: TenantSession, charge_of: ChargeOf
) -> None:
    project, work_type = project_of(books), books.work_type()
    values = {"key": "1", "project": project.code, "work_type": work_type.code}
    values |= {"day": "2026-10-01", "description": "30 %", "amount": "2400"}
    record = InstalmentRecord.model_validate(values)
    assert save_instalments(session, {1: record}).created == 1
    charge = charge_of("instalment:1")
    assert [one.code for one in reasons(charge, TODAY)] == ["INSTALMENT_NOT_READY"]
    leader = actor("report_ready", "cancel_reporting")
    act_on_charges(session, leader, Action.REPORT_READY)
    session.refresh(charge)
    assert reasons(charge, TODAY) == ()
    act_on_charges(session, leader, Action.CANCEL_REPORTING)
    ready = InstalmentRecord.model_validate(values | {"ready": True})
    assert save_instalments(session, {1: ready}).changed == 1
    assert save_instalments(session, {1: ready}).unchanged == 1
    mark_billed(session, Charge.id == charge.id)
    assert save_instalments(session, {1: ready}).unchanged == 1


def test_a_project_that_is_not_charged_has_no_instalments(
    books: Books, session: TenantSession, faults: Faults
) -> None:
    project, work_type = project_of(books, charge=False), books.work_type()
    values = {"key": "1", "project": project.code, "work_type": work_type.code}
    values |= {"day": "2026-10-01", "description": "30 %", "amount": "2400"}
    saved = save_instalments(session, {1: InstalmentRecord.model_validate(values)})
    assert faults(saved) == [(1, "project", "INSTALMENTS_NEED_CHARGE")]


@pytest.mark.row("B66")
def test_a_course_participant_is_ready_at_once_and_leaves_the_list_when_billed(
    books: Books, session: TenantSession, charge_of: ChargeOf
) -> None:
    customer, work_type = (
        books.customer(administration_id=books.administration().id),
        books.work_type(),
    )
    record = ParticipantRecord(
        key="1",
        customer=customer.code,
        day=date(2026, 10, 15),
        description="Claire Morel",
        unit_price=Decimal(350),
        work_type=work_type.code,
    )
    assert save_participants(session, {1: record}).created == 1
    charge = charge_of("participant:1")
    assert (charge.customer_id, reasons(charge, TODAY)) == (customer.id, ())
    assert charge.net == Decimal(350)
    mark_billed(session, Charge.id == charge.id)
    assert session.scalar(select(func.count()).where(is_ready(TODAY))) == 0


def test_a_client_with_invoices_stays(books: Books, session: TenantSession, faults: Faults) -> None:
    project = project_of(books)
    save_cost_lines(session, {1: line(project, books.work_type())})
    mark_billed(session, Charge.kind == "hours")
    other = ProjectRecord(
        code=project.code,
        name="P",
        customer=books.customer().code,
        administration=books.administration().code,
    )
    assert faults(save_projects(session, {3: other})) == [(3, "code", "RECORD_BILLED")]


def test_unknown_projects_and_work_types_are_named(
    books: Books, session: TenantSession, faults: Faults
) -> None:
    project, work_type = project_of(books), books.work_type()
    records = {
        1: line(project, work_type),
        2: line(project, work_type, key="2", project="NONE"),
        3: line(project, work_type, key="3", work_type="NONE"),
    }
    saved = save_cost_lines(session, records)
    assert (saved.created, faults(saved)) == (
        1,
        [(2, "project", "UNKNOWN_PROJECT"), (3, "work_type", "UNKNOWN_WORK_TYPE")],
    )
