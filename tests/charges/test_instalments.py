"""Instalments of projects, and participants of courses."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from tests.charges.cost_line import actor, project_of
from tests.fixtures.books import Books

from bordereau.catalog import Saved
from bordereau.charges import (
    Action,
    Charge,
    InstalmentRecord,
    ParticipantRecord,
    act_on_charges,
    is_ready,
    mark_billed,
    reasons,
    save_instalments,
    save_participants,
)
from bordereau.store import TenantSession

TODAY = date(2026, 11, 21)
Faults = Callable[[Saved], list[tuple[int, str, str]]]
ChargeOf = Callable[[str], Charge]


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
