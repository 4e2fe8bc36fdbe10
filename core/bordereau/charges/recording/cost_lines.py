"""Recording what projects cost, instalments, and course participants (rows B4, B5, B57, B66)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from bordereau.catalog.saving import Fault, Row, Saved, lock
from bordereau.catalog.tables import Customer, WorkType
from bordereau.charges.owner_reading import payers_by_customer, projects_by_code
from bordereau.charges.owners import Payer, ProjectFacts
from bordereau.charges.placing import place, price_item
from bordereau.charges.recording.records import CostLineRecord, InstalmentRecord, ParticipantRecord
from bordereau.charges.rules.cascade import line_flag
from bordereau.charges.rules.lifecycle import state_on_entry
from bordereau.charges.writing import blank, write_charges
from bordereau.store import TenantSession, among
from bordereau.values.quantity import minutes_of

_Costs = CostLineRecord | InstalmentRecord | ParticipantRecord
_ONE, _NONE = Decimal(1), Decimal(0)
_COLUMNS = {
    "customer_id",
    "project_id",
    "kind",
    "worked_on",
    "work_type_id",
    "employee",
    "description",
    "quantity",
    "unit_price",
    "discount_percent",
    "surcharge_percent",
    "chargeable",
}


@dataclass(frozen=True, slots=True)
class _WorkType:
    id: UUID
    tax_code_id: UUID | None
    unit: str
    charge: bool


def save_cost_lines(session: TenantSession, records: Mapping[int, CostLineRecord]) -> Saved:
    """Add or change cost lines by their key; whether they are charged follows row B6."""
    lock(session, "charge")
    projects = projects_by_code(session, (one.project for one in records.values()))
    work_types = _work_types(session, records)
    faults: list[Fault] = []
    rows: dict[int, Row] = {}
    approval: dict[int, bool] = {}
    for line, record in records.items():
        project, work_type = projects.get(record.project), work_types.get(record.work_type)
        if project is None or work_type is None:
            faults.append(_unknown(line, record, project))
            continue
        if record.charge is not None and not project.may_deviate:
            said = f"Lines of project {project.code} may not differ from their work type."
            faults.append(Fault(line, "charge", "CHARGE_FIXED", said))
            continue
        rows[line] = _cost_row(record, project, work_type)
        approval[line] = project.approval_required
    saved = write_charges(session, rows, dict.fromkeys(rows, _COLUMNS), approval=approval)
    saved.faults += faults
    return saved


def save_instalments(session: TenantSession, records: Mapping[int, InstalmentRecord]) -> Saved:
    """Add or change instalments by their key; one that is not ready stays open (row B57)."""
    lock(session, "charge")
    projects = projects_by_code(session, (one.project for one in records.values()))
    work_types = _work_types(session, records)
    faults: list[Fault] = []
    rows: dict[int, Row] = {}
    for line, record in records.items():
        project, work_type = projects.get(record.project), work_types.get(record.work_type)
        if project is None or work_type is None:
            faults.append(_unknown(line, record, project))
        elif not project.charge:
            said = f"Project {project.code} is not charged, so it has no instalments."
            faults.append(Fault(line, "project", "INSTALMENTS_NEED_CHARGE", said))
        else:
            rows[line] = _instalment_row(record, project, work_type)
    saved = write_charges(session, rows, dict.fromkeys(rows, _COLUMNS | {"state"}))
    saved.faults += faults
    return saved


def save_participants(session: TenantSession, records: Mapping[int, ParticipantRecord]) -> Saved:
    """Add or change course participants by their key; they are ready at once (row B66)."""
    lock(session, "charge")
    codes = sorted({one.customer for one in records.values()})
    customers = {
        row.code: row.id
        for row in session.execute(
            select(Customer.code, Customer.id).where(among(Customer.code, codes))
        )
    }
    payers = payers_by_customer(session, customers.values())
    work_types = _work_types(session, records)
    faults: list[Fault] = []
    rows: dict[int, Row] = {}
    for line, record in records.items():
        payer = payers.get(customers[record.customer]) if record.customer in customers else None
        work_type = work_types.get(record.work_type)
        if payer is None:
            said = f"There is no customer {record.customer}."
            faults.append(Fault(line, "customer", "UNKNOWN_CUSTOMER", said))
        elif work_type is None:
            faults.append(_no_work_type(line, record.work_type))
        else:
            rows[line] = blank(
                kind="participant",
                source_key=f"participant:{record.key}",
                **_common(payer, work_type, record),
                **price_item(record.quantity, record.unit_price, _NONE, payer.currency),
                description=record.description,
            )
    saved = write_charges(session, rows, dict.fromkeys(rows, _COLUMNS))
    saved.faults += faults
    return saved


def _cost_row(record: CostLineRecord, project: ProjectFacts, work_type: _WorkType) -> Row:
    minutes = minutes_of(record.quantity) if record.kind == "hours" else None
    return blank(
        kind=record.kind,
        source_key=f"cost:{record.key}",
        project_id=project.id,
        **_common(project, work_type, record),
        **price_item(record.quantity, record.unit_price, record.discount_percent, project.currency),
        minutes=minutes,
        billable_minutes=minutes,
        state=state_on_entry(asks_approval=project.approval_required).value,
        chargeable=line_flag(
            work_type=work_type.charge,
            line=record.charge,
            may_deviate=project.may_deviate,
        ),
        **record.model_dump(include={"employee", "description", "surcharge_percent"}),
    )


def _instalment_row(record: InstalmentRecord, project: ProjectFacts, work_type: _WorkType) -> Row:
    return blank(
        kind="instalment",
        source_key=f"instalment:{record.key}",
        project_id=project.id,
        **_common(project, work_type, record),
        **price_item(_ONE, record.amount, _NONE, project.currency),
        description=record.description,
        state="closed" if record.ready else "open",
    )


def _common(
    payer: Payer,
    work_type: _WorkType,
    record: _Costs,
) -> Row:
    """Return payer, day and work type, which gives tax and unit."""
    placed = place(payer, record.day, None)
    del placed["contract_id"]
    return placed | {
        "work_type_id": work_type.id,
        "tax_code_id": work_type.tax_code_id,
        "unit": work_type.unit,
    }


def _work_types(session: TenantSession, records: Mapping[int, _Costs]) -> dict[str, _WorkType]:
    codes = sorted({record.work_type for record in records.values()})
    found = session.execute(
        select(
            WorkType.code, WorkType.id, WorkType.tax_code_id, WorkType.unit, WorkType.charge
        ).where(among(WorkType.code, codes))
    )
    return {row.code: _WorkType(row.id, row.tax_code_id, row.unit, row.charge) for row in found}


def _unknown(
    line: int, record: CostLineRecord | InstalmentRecord, project: ProjectFacts | None
) -> Fault:
    if project is None:
        return Fault(line, "project", "UNKNOWN_PROJECT", f"There is no project {record.project}.")
    return _no_work_type(line, record.work_type)


def _no_work_type(line: int, code: str) -> Fault:
    return Fault(line, "work_type", "UNKNOWN_WORK_TYPE", f"There is no work type {code}.")
