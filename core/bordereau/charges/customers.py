"""Adding and changing customers and projects; what can be billed follows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update

from bordereau.catalog.records import CustomerRecord, ProjectRecord
from bordereau.catalog.saving import Guard, Row, Saved, among, lock, resolve, upsert
from bordereau.catalog.services import ADMINISTRATION, CUSTOMER, rows_of, save
from bordereau.catalog.tables import Customer, Project
from bordereau.charges.holds import refresh_holds
from bordereau.charges.states import state_in
from bordereau.charges.tables import UNBILLED, Charge
from bordereau.store import TenantSession


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

    Client and administration stay once cost lines were billed or are reserved; unbilled lines
    follow a change of them. Switching `charge` off takes all unbilled lines off the to-bill list.
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
    found = session.execute(
        select(Charge.project_id, Charge.state)
        .join(Project, and_(Project.tenant_id == Charge.tenant_id, Project.id == Charge.project_id))
        .where(
            among(Project.code, [row["code"] for row in rows.values()]),
            state_in("reserved", "billed"),
        )
        .distinct()
    )
    taken: dict[UUID | None, set[str]] = {}
    for project_id, state in found:
        taken.setdefault(project_id, set()).add(state)

    def guard(old: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[str, str] | None:
        states = taken.get(old["id"])
        if states and {"customer_id", "administration_id"} & set(changes):
            code = "RECORD_BILLED" if "billed" in states else "RECORD_RESERVED"
            return code, "Invoices stand on this project, so client and administration stay."
        return None

    return guard


def _let_lines_follow(session: TenantSession, project_ids: list[UUID]) -> None:
    """Give unbilled lines the client and administration of their project, and its charge off."""
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
            chargeable=and_(Charge.chargeable, Project.charge),
        )
        .returning(Charge.id)
        .execution_options(synchronize_session=False)
    )
    refresh_holds(session, charge_ids=changed.all())
