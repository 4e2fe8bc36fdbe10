"""A machine that begins where invoices have their numbers: what is credited, voided, replaced.

Random sequences of everything seldom come that far, and seldom stay there.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize
from tests.machine.correction_rules import CorrectionRules
from tests.machine.recording_rules import AMOUNTS, RecordingRules
from tests.machine.world import CUSTOMERS, SELLERS, TAXES

MachineT = TypeVar("MachineT", bound=type)
BEFOREHAND = (
    "add_contract",
    "add_ticket",
    "change_a_contract",
    "change_a_customer",
    "correct_time",
    "count_usage",
    "days_pass",
    "delete",
    "finalise",
    "generate",
    "go_on",
    "look",
    "move_a_ticket",
    "open",
    "preview_again",
    "rate_everything",
    "record_thing",
    "record_time",
    "remove_an_invoice",
    "resolve_or_reopen",
    "restate",
    "run",
    "select_again",
    "tick",
    "write",
)


def never_draws(*names: str) -> Callable[[MachineT], MachineT]:
    """Make methods of rules, so that a machine can call them but does not draw them."""

    def decorate(machine: MachineT) -> MachineT:
        for name in names:
            setattr(machine, name, _method(getattr(machine, name)))
        return machine

    return decorate


def _method(rule: Callable[..., None]) -> Callable[..., None]:
    def call(*arguments: Any, **named: Any) -> None:
        rule(*arguments, **named)

    return call


@never_draws(*BEFOREHAND)
class CreditMachine(CorrectionRules, RecordingRules):
    """A contract of which things were billed, several of them on one line."""

    @initialize(
        customer=st.sampled_from(sorted(CUSTOMERS)),
        seller=st.sampled_from(sorted(SELLERS)),
        things=st.lists(st.tuples(AMOUNTS, st.sampled_from(sorted(TAXES))), min_size=1, max_size=6),
        level=st.sampled_from(["contract", "contract", "entry"]),
    )
    def open_books(
        self, customer: str, seller: str, things: list[tuple[Decimal, str]], level: str
    ) -> None:
        """Begin with an invoice that has its number."""
        self.add_contract(
            kind="Hourly",
            customer=customer,
            seller=seller,
            period="OnDemand",
            begins=0,
            lasts=330,
            tax="T20",
            late="bill_next",
            step=0,
            advance=False,
            daily=False,
            rolls=False,
        )
        for price, tax in things:
            self.record_thing(
                owner=next(iter(self.model.contracts)),
                days=0,
                quantity=Decimal(1),
                price=price,
                discount=Decimal(0),
                tax=tax,
                expense=False,
                charged=True,
            )
        self.bill("contracts", 3, 0, alone=False, level=level)
