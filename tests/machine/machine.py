"""The machine with all its rules, and the profiles in which it runs."""

from collections.abc import Callable
from decimal import Decimal

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test
from tests.machine.base import Base
from tests.machine.catalog_rules import TERMS
from tests.machine.desk import Desk
from tests.machine.draft_billing_rules import DraftBillingRules
from tests.machine.life_rules import LifeRules
from tests.machine.numbering_rules import NumberingRules
from tests.machine.project_rules import ProjectRules
from tests.machine.recording_rules import RecordingRules
from tests.machine.things import BLOCKS
from tests.machine.world import CUSTOMERS, SELLERS

from bordereau.store import Database
from bordereau.values.ids import TenantId

NewTenant = Callable[..., TenantId]


class Machine(RecordingRules, ProjectRules, LifeRules, DraftBillingRules):
    """Both flows: contracts with their tickets, projects with their cost lines."""

    @initialize(
        kind=st.sampled_from(sorted(TERMS)),
        customer=st.sampled_from(sorted(CUSTOMERS)),
        seller=st.sampled_from(sorted(SELLERS)),
        days=st.lists(st.integers(0, 30), max_size=2),
        done=st.sampled_from(["", "contracts", "contracts", "projects", "drafts"]),
    )
    def open_shop(self, kind: str, customer: str, seller: str, days: list[int], done: str) -> None:
        """Begin with two contracts, a project and some work, maybe billed, so as to get far."""
        for place, one in enumerate(("Hourly", kind)):
            self.add_contract(
                kind=one,
                customer=customer,
                seller=seller,
                period="Monthly" if place else "OnDemand",
                begins=0,
                lasts=330,
                tax="T20",
                late="bill_next",
                step=0,
                advance=place == 1,
                daily=False,
                rolls=True,
            )
        self.add_ticket(customer, len(days), resolved=True)
        self.add_project(customer, seller, approval=False, separate=False)
        for ago in days:
            self.record_time(next(iter(self.model.tickets)), ago, 9, 45 + 10 * ago, "")
        self.record_cost(
            next(iter(self.model.projects)),
            "hours",
            "W20",
            0,
            Decimal(2),
            Decimal(80),
            Decimal(0),
            Decimal("2.5"),
            charge=None,
        )
        if done == "drafts":
            self.fill(0, everything=True)
        elif done:
            self.bill(done, 3, 28, alone=False)


class BlockMachine(RecordingRules, LifeRules, NumberingRules):
    """Contracts only, first of all a block, with work on two tickets: balances run full and dry."""

    @initialize(
        kind=st.sampled_from(sorted(BLOCKS)),
        late=st.sampled_from(["bill_next", "write_off", "adjust"]),
        advance=st.booleans(),
        rolls=st.booleans(),
        days=st.lists(st.integers(0, 30), min_size=1, max_size=3),
    )
    def open_block(
        self, kind: str, late: str, days: list[int], *, advance: bool, rolls: bool
    ) -> None:
        """Begin with a block and some work."""
        self.add_contract(
            kind=kind,
            customer="ACME",
            seller="HQ",
            period="Monthly",
            begins=0,
            lasts=100,
            tax="T20",
            late=late,
            step=0,
            advance=advance,
            daily=False,
            rolls=rolls,
        )
        for _ in range(2):
            self.add_ticket("ACME", 0, resolved=True)
        for ago in days:
            self.record_time(list(self.model.tickets)[ago % 2], ago, 9, 45 + 10 * ago, "")
        self.rate_everything()


_COMMON = settings(
    deadline=None,
    database=None,
    print_blob=False,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
CI = settings(_COMMON, stateful_step_count=25, derandomize=True)
NIGHTLY = settings(_COMMON, max_examples=2_000, stateful_step_count=50)
HUNT = settings(_COMMON, max_examples=1_000, stateful_step_count=30, phases=[Phase.generate])


def play(database: Database, new_tenant: NewTenant, profile: settings, machine: type[Base]) -> None:
    """Run sequences, each in a tenant of its own."""

    with Desk.reading(database) as reader:

        class Sequence(machine):  # type: ignore[misc, valid-type] # the class is chosen
            def __init__(self) -> None:
                super().__init__(Desk(database, new_tenant(database), reader))

        run_state_machine_as_test(Sequence, settings=profile)
