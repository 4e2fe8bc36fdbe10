"""Adding and changing customers and projects; what can be billed follows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, literal, or_, select, update

from bordereau.catalog.records import CustomerRecord, ProjectRecord
from bordereau.catalog.saving import Guard, Row, Saved, lock, resolve, upsert
from bordereau.catalog.services import ADMINISTRATION, CUSTOMER, rows_of, save
from bordereau.catalog.tables import Customer, Project
from bordereau.charges.holds import refresh_holds
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.store import TenantSession, among

_CLIENT = {"customer_id", "administration_id"}
_BEING_BILLED = {
    "reserved": ("RECORD_RESERVED", "A batch has reserved lines of it. Take them out there first."),
    "drafted": ("RECORD_IN_DRAFT", "A pro forma holds lines of it. Take them out there first."),
}


def save_customers(session: TenantSession, records: Mapping[int, CustomerRecord]) -> Saved:
    """Add or change customers by their code.

    A new currency holds for what is recorded or computed from now on; what was recorded keeps its.
    """
    saved = save(session, Customer, records, ADMINISTRATION)
    if saved.changed:
        refresh_holds(session, customer_ids=saved.ids)
    return saved


def save_projects(session: TenantSession, records: Mapping[int, ProjectRecord]) -> Saved:
    """Add or change projects by their code.

    Unbilled lines follow a change of client or administration, which is refused once lines were
    billed. Switching `charge` off takes the unbilled lines off the to-bill list; on again, each is
    charged as it was entered (row B6). Neither is possible while a batch has reserved lines or a
    pro forma holds some, for they would go to the wrong client, or be billed all the same.
    """
    lock(session, "charge")
    references = (CUSTOMER, ADMINISTRATION)
    rows, given = rows_of(records, references)
    faults = resolve(session, rows, references)
    saved = upsert(session, Project, rows, given, guard=_guard(session, rows))
    saved.faults += faults
    if saved.changed:
        _let_lines_follow(session, saved.ids)
    return saved


def _guard(session: TenantSession, rows: Mapping[int, Row]) -> Guard:
    """Refuse a change of what a batch, a pro forma or an invoice already rests on."""
    held_by = case((Charge.draft_id.is_not(None), literal("drafted")), else_=Charge.state)
    found = session.execute(
        select(Charge.project_id, held_by)
        .join(Project, and_(Project.tenant_id == Charge.tenant_id, Project.id == Charge.project_id))
        .where(
            among(Project.code, [row["code"] for row in rows.values()]),
            or_(state_in("reserved", "billed"), Charge.draft_id.is_not(None)),
        )
        .distinct()
    )
    taken: dict[UUID | None, set[str]] = {}
    for project_id, held in found:
        taken.setdefault(project_id, set()).add(held)

    def guard(old: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[str, str] | None:
        held = taken.get(old["id"], set())
        moves = not _CLIENT.isdisjoint(changes)
        if moves and "billed" in held:
            said = "Invoices stand on this project, so client and administration stay."
            return "RECORD_BILLED", said
        if moves or changes.get("charge") is False:
            return next((why for state, why in _BEING_BILLED.items() if state in held), None)
        return None

    return guard


def _let_lines_follow(session: TenantSession, project_ids: list[UUID]) -> None:
    """Give unbilled lines the client and administration of their project; holds are found again."""
    changed = session.scalars(
        update(Charge)
        .where(
            Charge.project_id == Project.id,
            Charge.tenant_id == Project.tenant_id,
            among(Project.id, project_ids),
            state_in(*UNBILLED),
        )
        .values(
            customer_id=Project.customer_id,
            administration_id=Project.administration_id,
        )
        .returning(Charge.id)
        .execution_options(synchronize_session=False)
    )
    refresh_holds(session, charge_ids=changed.all())
