"""What changing a project does to its lines: client, administration, and whether it is charged."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.charges.cost_line import line, project_of
from tests.fixtures.books import Books

from bordereau.catalog import ProjectRecord, Saved
from bordereau.catalog.tables import Customer, Project
from bordereau.charges import (
    Charge,
    InstalmentRecord,
    balances,
    is_ready,
    mark_billed,
    reasons,
    release,
    reserve,
    save_cost_lines,
    save_instalments,
    save_projects,
)
from bordereau.drafts import delete_draft, fill_drafts
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.tenancy.tables import Administration

TODAY = date(2026, 11, 21)
CLERK = Actor.installation("clerk")
Faults = Callable[[Saved], list[tuple[int, str, str]]]
ChargeOf = Callable[[str], Charge]
NewBatch = Callable[[], UUID]


def change(session: TenantSession, project: Project, **values: Any) -> Saved:
    """Save a project as it is, but for these fields."""
    client = session.get_one(Customer, (session.tenant_id, project.customer_id))
    seller = session.get_one(Administration, (session.tenant_id, project.administration_id))
    kept = {"code": project.code, "name": project.name}
    kept |= {"customer": client.code, "administration": seller.code}
    saved = save_projects(session, {3: ProjectRecord.model_validate(kept | values)})
    session.refresh(project)
    return saved


def codes(charge: Charge) -> list[str]:
    return [one.code for one in reasons(charge, TODAY)]


def test_a_client_with_invoices_stays(books: Books, session: TenantSession, faults: Faults) -> None:
    project = project_of(books)
    save_cost_lines(session, {1: line(project, books.work_type())})
    mark_billed(session, Charge.kind == "hours")
    other = {"customer": books.customer().code, "administration": books.administration().code}
    assert faults(change(session, project, **other)) == [(3, "code", "RECORD_BILLED")]


@pytest.mark.row("B13")
@pytest.mark.parametrize("what", ["customer", "administration", "charge"])
def test_a_project_stays_as_it_is_while_a_draft_or_a_batch_holds_its_lines(
    books: Books, session: TenantSession, faults: Faults, new_batch: NewBatch, what: str
) -> None:
    choices: dict[str, dict[str, Any]] = {
        "customer": {"customer": books.customer().code},
        "administration": {"administration": books.administration().code},
        "charge": {"charge": False},
    }
    values, project = choices[what], project_of(books)
    save_cost_lines(session, {1: line(project, books.work_type())})
    (draft_id,) = fill_drafts(session, CLERK, as_of=TODAY).draft_ids
    assert faults(change(session, project, **values)) == [(3, "code", "RECORD_IN_DRAFT")]
    delete_draft(session, CLERK, draft_id)
    reserve(session, new_batch(), is_ready(TODAY))
    assert faults(change(session, project, **values)) == [(3, "code", "RECORD_RESERVED")]
    release(session, Charge.state == "reserved")
    assert change(session, project, **values).changed == 1


@pytest.mark.row("B6")
def test_a_project_switched_off_takes_all_its_lines_off_the_list_and_on_again_puts_them_back(
    books: Books, session: TenantSession, charge_of: ChargeOf
) -> None:
    project, work_type = project_of(books), books.work_type()
    save_cost_lines(session, {1: line(project, work_type)})
    save_cost_lines(session, {1: line(project, work_type, key="2", charge=False)})
    values = {"key": "1", "project": project.code, "work_type": work_type.code, "amount": "900"}
    values |= {"day": "2026-10-01", "description": "30 %"}
    planned = InstalmentRecord.model_validate(values | {"ready": True})
    save_instalments(session, {1: planned})
    change(session, project, charge=False)
    save_cost_lines(session, {1: line(project, work_type, key="3")})
    keys = ("cost:1", "cost:2", "cost:3", "instalment:1")
    assert [codes(charge_of(key)) for key in keys] == [["NOT_CHARGEABLE"]] * 4
    assert session.execute(balances(TODAY)).all() == []
    change(session, project, charge=True)
    assert [codes(charge_of(key)) for key in keys] == [[], ["NOT_CHARGEABLE"], [], []]
    (owner,) = session.execute(balances(TODAY))
    assert (owner.box, owner.items, owner.total_balance) == ("white", 3, Decimal(1140))


@pytest.mark.row("B6")
@pytest.mark.parametrize("reopened", [True, False])
def test_what_comes_back_from_a_batch_or_an_invoice_follows_its_project_too(
    books: Books, session: TenantSession, charge_of: ChargeOf, *, reopened: bool
) -> None:
    project = project_of(books)
    save_cost_lines(session, {1: line(project, books.work_type())})
    mark_billed(session, Charge.kind == "hours")
    assert change(session, project, charge=False).changed == 1
    assert release(session, Charge.kind == "hours", reopened=reopened) == 1
    assert codes(charge_of("cost:1")) == ["NOT_CHARGEABLE"]
    assert session.scalar(select(func.count()).where(is_ready(TODAY))) == 0


@pytest.mark.row("B6")
def test_the_charge_flag_of_a_line_is_that_of_the_day_it_was_entered(
    books: Books, session: TenantSession, charge_of: ChargeOf
) -> None:
    project, work_type = project_of(books), books.work_type(charge=True)
    save_cost_lines(session, {1: line(project, work_type)})
    work_type.charge = False
    session.flush()
    save_cost_lines(session, {1: line(project, work_type, key="2")})
    change(session, project, may_deviate=False)
    assert codes(charge_of("cost:1")) == []
    assert codes(charge_of("cost:2")) == ["NOT_CHARGEABLE"]
