"""A project of one client that drafts are made of."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from tests.fixtures.books import Books

from bordereau.catalog.tables import Customer, Project, WorkType
from bordereau.charges.tables import Charge
from bordereau.drafts import fill_drafts, get_draft
from bordereau.store import TenantSession
from bordereau.tenancy import Actor

TODAY = date(2026, 11, 21)
ANNA = Actor.installation("anna")


@dataclass
class Site:
    """A project of one client, with its work type at 20 %."""

    books: Books
    customer: Customer
    project: Project
    work: WorkType

    def charge(self, net: str = "100", **values: Any) -> Charge:
        return self.books.charge(self.project, net, work_type_id=self.work.id, **values)

    def fill(self) -> Any:
        filled = fill_drafts(self.books.session, ANNA, as_of=TODAY)
        return get_draft(self.books.session, filled.draft_ids[0])


def state_of(session: TenantSession, charge: Charge) -> str:
    return session.scalars(select(Charge.state).where(Charge.id == charge.id)).one()
