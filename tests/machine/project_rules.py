"""Rules about projects, their cost lines and instalments, and the life of any charge."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.machine.base import Base, some
from tests.machine.money import rounded
from tests.machine.things import Item, Project
from tests.machine.world import CUSTOMERS, SELLERS, WORK

from bordereau.catalog import ProjectRecord
from bordereau.charges import (
    CostLineRecord,
    InstalmentRecord,
    save_cost_lines,
    save_instalments,
    save_projects,
)

KINDS = ["hours", "units", "materials", "purchase", "financial"]
MOST_PROJECTS, MOST_LINES = 4, 12


class ProjectRules(Base):
    """What project leaders record."""

    def cost_lines(self) -> list[Item]:
        return [item for item in self.model.items.values() if item.project]

    @precondition(lambda self: len(self.model.projects) < MOST_PROJECTS)
    @rule(
        customer=st.sampled_from(sorted(CUSTOMERS)),
        seller=st.sampled_from(sorted(SELLERS)),
        approval=st.booleans(),
        separate=st.booleans(),
    )
    def add_project(self, customer: str, seller: str, *, approval: bool, separate: bool) -> None:
        made = Project(
            code=self.model.code("P"),
            customer=customer,
            seller=seller,
            approval=approval,
            separate=separate,
        )
        self.save_project(made)
        made.id = self.desk.id_of("project", made.code)
        self.model.projects[made.code] = made

    def save_project(self, one: Project, expected: str = "") -> None:
        record = ProjectRecord(
            code=one.code,
            name=one.code,
            customer=one.customer,
            administration=one.seller,
            charge=one.charge,
            approval_required=one.approval,
            invoice_separately=one.separate,
        )
        self.desk.save(expected, lambda session: save_projects(session, {1: record}))

    @precondition(lambda self: self.model.projects)
    @rule(
        code=some(lambda self: self.model.projects),
        what=st.sampled_from(["charge", "separate", "approval"]),
    )
    def change_a_project(self, code: str, what: str) -> None:
        """Turn a setting round; a project that is being billed stays on."""
        project = self.model.projects[code]
        before: bool = getattr(project, what)
        mine = [item for item in self.cost_lines() if item.project == code]
        expected = ""
        if what == "charge" and before:
            expected = "RECORD_IN_DRAFT" if any(item.draft for item in mine) else ""
            expected = "RECORD_RESERVED" if any(item.batch for item in mine) else expected
        setattr(project, what, not before)
        self.save_project(project, expected)
        if expected:
            setattr(project, what, before)
        self.model.refresh(mine)

    def new_line(self, project: Project, kind: str, prefix: str, day: date) -> Item:
        return Item(
            key=f"{prefix}:{self.model.code('L')}",
            kind=kind,
            customer=project.customer,
            seller=project.seller,
            currency=self.model.customers[project.customer].currency,
            day=day,
            ready_on=day,
            net=Decimal(0),
            project=project.code,
        )

    @precondition(lambda self: self.model.projects and len(self.cost_lines()) < MOST_LINES)
    @rule(
        code=some(lambda self: self.model.projects),
        kind=st.sampled_from(KINDS),
        work=st.sampled_from(["W20", "W20", "W5", "WBARE", "WFREE"]),
        days=st.integers(-5, 30),
        quantity=st.sampled_from([Decimal(one) for one in ("1", "2.5", "-1", "7.3333")]),
        price=st.sampled_from([Decimal(one) for one in ("80", "19.995", "0.01", "4321")]),
        discount=st.sampled_from([Decimal(0), Decimal(0), Decimal(10)]),
        surcharge=st.sampled_from([None, None, Decimal("2.5"), Decimal(7)]),
        charge=st.sampled_from([None, None, None, True, False]),
    )
    def record_cost(
        self,
        code: str,
        kind: str,
        work: str,
        days: int,
        quantity: Decimal,
        price: Decimal,
        discount: Decimal,
        surcharge: Decimal | None,
        *,
        charge: bool | None,
    ) -> None:
        """Record a cost line; its charge flag is that of the line, else of the work type."""
        project = self.model.projects[code]
        item = self.new_line(project, kind, "cost", self.model.today - timedelta(days=days))
        item.work, item.tax, item.quantity = work, WORK[work].tax, quantity
        item.discount = discount
        item.net = rounded(quantity * price * (100 - discount) / 100, item.currency)
        item.surcharge = surcharge or Decimal(0)
        item.chargeable = WORK[work].charge if charge is None else charge
        item.state = "open" if project.approval else "closed"
        record = CostLineRecord.model_validate(
            {
                "key": item.key.removeprefix("cost:"),
                "project": code,
                "kind": kind,
                "day": item.day,
                "work_type": work,
                "description": "Cost",
                "quantity": quantity,
                "unit_price": price,
                "discount_percent": discount,
                "surcharge_percent": surcharge,
                "charge": charge,
            }
        )
        self.desk.save("", lambda session: save_cost_lines(session, {1: record}))
        self.model.refresh([self.add(item)])

    @precondition(lambda self: self.model.projects and len(self.cost_lines()) < MOST_LINES)
    @rule(
        code=some(lambda self: self.model.projects),
        amount=st.sampled_from([Decimal(1000), Decimal("333.333"), Decimal(-50)]),
        ready=st.booleans(),
    )
    def plan_instalment(self, code: str, amount: Decimal, *, ready: bool) -> None:
        project = self.model.projects[code]
        item = self.new_line(project, "instalment", "instalment", self.model.today)
        item.work, item.tax = "W20", "T20"
        item.net = rounded(amount, item.currency)
        item.state = "closed" if ready else "open"
        record = InstalmentRecord(
            key=item.key.removeprefix("instalment:"),
            project=code,
            day=item.day,
            description="Instalment",
            amount=amount,
            work_type="W20",
            ready=ready,
        )
        expected = "" if project.charge else "INSTALMENTS_NEED_CHARGE"
        self.desk.save(expected, lambda session: save_instalments(session, {1: record}))
        if not expected:
            self.model.refresh([self.add(item)])
