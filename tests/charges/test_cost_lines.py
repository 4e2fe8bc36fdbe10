"""Cost lines of projects: five kinds, the charge flag."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from sqlalchemy import func, select
from tests.charges.cost_line import line, project_of
from tests.fixtures.books import Books

from bordereau.catalog import ProjectRecord, Saved
from bordereau.charges import (
    Charge,
    CostLineRecord,
    is_ready,
    reasons,
    save_cost_lines,
    save_projects,
)
from bordereau.store import TenantSession

TODAY = date(2026, 11, 21)
Faults = Callable[[Saved], list[tuple[int, str, str]]]
ChargeOf = Callable[[str], Charge]


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
