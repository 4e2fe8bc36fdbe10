"""The machine with all its rules, and the profiles in which it runs."""

from collections.abc import Callable
from decimal import Decimal

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from bordereau.store import Database
from bordereau.values.ids import TenantId
from tests.machine.catalog_rules import TERMS, CatalogRules
from tests.machine.desk import Desk
from tests.machine.draft_rules import DraftRules
from tests.machine.life_rules import LifeRules
from tests.machine.project_rules import ProjectRules
from tests.machine.recording_rules import RecordingRules
from tests.machine.world import CUSTOMERS, SELLERS

NewTenant = Callable[..., TenantId]


class Machine(CatalogRules, RecordingRules, ProjectRules, LifeRules, DraftRules):
    """Both flows: contracts with their tickets, projects with their cost lines."""

    @initialize(
        kinds=st.lists(st.sampled_from(sorted(TERMS)), min_size=1, max_size=3),
        customer=st.sampled_from(sorted(CUSTOMERS)),
        seller=st.sampled_from(sorted(SELLERS)),
        works=st.lists(st.integers(0, 40), max_size=4),
    )
    def open_shop(self, kinds: list[str], customer: str, seller: str, works: list[int]) -> None:
        """Begin with contracts and some work, so that a short sequence has something to bill."""
        for place, kind in enumerate(["Hourly", *kinds]):
            self.add_contract(
                kind=kind,
                customer=customer,
                seller=seller,
                period="OnDemand" if place == 0 else "Monthly",
                begins=0,
                lasts=330,
                tax="T20",
                late="bill_next",
                step=0,
                advance=place == 1,
                daily=False,
                rolls=True,
            )
        for place in range(2):
            self.add_ticket(customer, place, resolved=True)
        self.add_project(customer, seller, approval=False, separate=False)
        for place, days in enumerate(works):
            ticket = list(self.model.tickets)[place % 2]
            self.record_time(ticket, min(days, 30), 9, 45 + 10 * days, "")
            self.record_cost(
                list(self.model.projects)[0],
                "hours",
                "W20",
                days,
                Decimal(2),
                Decimal(80),
                Decimal(0),
                None,
                charge=None,
            )
        self.rate_everything()


_COMMON = settings(
    deadline=None,
    database=None,
    print_blob=False,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
CI = settings(_COMMON, max_examples=25, stateful_step_count=20, derandomize=True)
NIGHTLY = settings(_COMMON, max_examples=2_000, stateful_step_count=50)
HUNT = settings(
    _COMMON, max_examples=200, stateful_step_count=30, derandomize=True, phases=[Phase.generate]
)


def play(database: Database, new_tenant: NewTenant, profile: settings) -> None:
    """Run sequences, each in a tenant of its own."""
    run_state_machine_as_test(
        lambda: Machine(Desk(database, new_tenant(database))), settings=profile
    )
