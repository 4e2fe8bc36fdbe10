"""Adding, changing and finding what bills are made from; singly or thousands at once.

All but administrations are saved by `bordereau.charges`, with the help of `save`: changing them
changes what can be billed.
"""

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import select

from bordereau.catalog.fields import Record
from bordereau.catalog.records import AdministrationRecord
from bordereau.catalog.saving import Reference, Row, Saved, lock, resolve, upsert
from bordereau.catalog.tables import Contract, Customer, Project, TaxCode, Ticket, WorkType
from bordereau.errors import NotFound
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration

CodedT = TypeVar("CodedT", Administration, Contract, Customer, Project, TaxCode, Ticket, WorkType)

ADMINISTRATION = Reference("administration", Administration, "administration_id")
CUSTOMER = Reference("customer", Customer, "customer_id")
TAX_CODE = Reference("tax_code", TaxCode, "tax_code_id")
WORK_TYPE = Reference("work_type", WorkType, "work_type_id")
SURCHARGE_WORK_TYPE = Reference("surcharge_work_type", WorkType, "surcharge_work_type_id")


def rows_of(
    records: Mapping[int, Record], references: tuple[Reference, ...]
) -> tuple[dict[int, Row], dict[int, set[str]]]:
    """Return the rows of records and, for each, which columns were given."""
    columns = {one.name: one.column for one in references}
    rows = {line: record.model_dump() for line, record in records.items()}
    given = {
        line: {columns.get(name, name) for name in record.model_fields_set}
        for line, record in records.items()
    }
    return rows, given


def save(
    session: TenantSession,
    model: type[CodedT],
    records: Mapping[int, Record],
    *references: Reference,
) -> Saved:
    """Add or change things by their code, after finding what they refer to."""
    lock(session, model.__tablename__)
    rows, given = rows_of(records, references)
    faults = resolve(session, rows, references)
    saved = upsert(session, model, rows, given)
    saved.faults += faults
    return saved


def save_administrations(
    session: TenantSession, records: Mapping[int, AdministrationRecord]
) -> Saved:
    """Add or change administrations by their code."""
    return save(session, Administration, records, SURCHARGE_WORK_TYPE)


def by_code(session: TenantSession, model: type[CodedT], code: str) -> CodedT:
    """Return the thing with this code.

    Raises:
        NotFound: there is none.

    """
    found = session.scalars(select(model).where(model.code == code)).one_or_none()
    if found is None:
        raise NotFound(model.__name__.lower(), code)
    return found
