"""The catalog: what bills are made from, and how it is written down.

Tables of customers, contracts, projects, tickets, tax codes and work types, and bulk saving by
code. `bordereau.charges` saves what decides readiness: all of them but administrations.
"""

from bordereau.catalog.fields import Record, faults_of
from bordereau.catalog.records import (
    AdministrationRecord,
    CustomerRecord,
    ProjectRecord,
    TaxCodeRecord,
    WorkTypeRecord,
)
from bordereau.catalog.saving import Fault, Saved
from bordereau.catalog.services import by_code, save_administrations

__all__ = [
    "AdministrationRecord",
    "CustomerRecord",
    "Fault",
    "ProjectRecord",
    "Record",
    "Saved",
    "TaxCodeRecord",
    "WorkTypeRecord",
    "by_code",
    "faults_of",
    "save_administrations",
]
