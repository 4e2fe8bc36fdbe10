"""What the product should hold, in plain Python: written from the rules, not from the code.

Charges are known by their source keys, everything else by its code; batches and invoices by the id
that the product gave them. A refused action is predicted by its code.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.machine.things import (
    ONCE_KINDS,
    Batch,
    Contract,
    Customer,
    Draft,
    Invoice,
    Item,
    Project,
    Ticket,
)
from tests.machine.world import CUSTOMERS

GRAVE = {"NO_CONTRACT", "TICKET_OPEN", "NOT_CHARGEABLE", "CONTRACT_INACTIVE"}


@dataclass
class Model:
    """Everything of one tenant."""

    today: date
    customers: dict[str, Customer] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    last_dates: dict[tuple[str, str], date] = field(default_factory=dict)
    next_numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    made: int = 0

    @classmethod
    def new(cls) -> "Model":
        customers = {code: Customer(code, code, money) for code, money in CUSTOMERS.items()}
        return cls(date(2026, 2, 1), customers)

    def code(self, prefix: str) -> str:
        """Return a code that was not used yet."""
        self.made += 1
        return f"{prefix}{self.made}"

    def pass_days(self, days: int) -> None:
        self.today += timedelta(days=days)

    def of_contract(self, code: str) -> list[Item]:
        return [item for item in self.items.values() if item.contract == code]

    def of_batch(self, batch: Batch) -> list[Item]:
        return [item for item in self.items.values() if item.batch == batch.label]

    def rewrite(self, code: str | None) -> None:
        """Note that recorded work of a contract is not what it was."""
        if code:
            self.contracts[code].rewritten = True

    def invoices_of(self, batch: Batch) -> list[Invoice]:
        """Return the invoices of a batch in the order of their numbers to be."""
        found = [one for one in self.invoices.values() if one.batch == batch.label]
        return sorted(found, key=lambda one: one.id)

    def settled_until(self, contract: Contract) -> date | None:
        """Return the end of the last period of which work was billed."""
        ends = [
            item.span.end
            for item in self.of_contract(contract.code)
            if item.span and item.kind in {"time", "overage"} and item.state == "billed"
        ]
        return max(ends, default=None)

    def refresh(self, items: Collection[Item] | None = None) -> None:
        """Find again what stands against the free charges."""
        for item in self.items.values() if items is None else items:
            if item.free:
                item.holds = frozenset(self._holds(item))

    def withheld(self, items: Iterable[Item]) -> list[Item]:
        """Return reserved charges that somebody switched off since, or opened again."""
        return [item for item in items if GRAVE & set(self._holds(item))]

    def _holds(self, item: Item) -> Iterator[str]:
        contract = self.contracts[item.contract] if item.contract else None
        if contract and contract.once and item.kind in ONCE_KINDS and not item.reopened:
            others = self.of_contract(contract.code)
            states = {one.state for one in others if one.kind in ONCE_KINDS}
            yield from (state.upper() for state in states & {"billed", "reserved"})
        if item.owner is None and item.kind not in {"manual", "participant"}:
            yield "NO_CONTRACT"
        if item.ticket and not self.tickets[item.ticket].resolved:
            yield "TICKET_OPEN"
        off = item.project is not None and not self.projects[item.project].charge
        if off or not item.chargeable:
            yield "NOT_CHARGEABLE"
        if self.customers[item.customer].distance_selling:
            yield "DISTANCE_SALE"
        if contract and not contract.active:
            yield "CONTRACT_INACTIVE"
