"""What tests of cost lines share: a line, its project, and who acts on it."""

from typing import Any

from tests.fixtures.books import Books

from bordereau.catalog.tables import Project, WorkType
from bordereau.charges import CostLineRecord
from bordereau.tenancy import Actor


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
