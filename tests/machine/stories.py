"""Short stories for the machine: people's actions in a fixed order, told without any chance.

A story yields wherever somebody looks at the books. Told of a sound product it ends well; each of
them meets what a random sequence may or may not come by.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from tests.machine.base import Base
from tests.machine.desk import Desk
from tests.machine.machine import BlockMachine, Machine, NewTenant

from bordereau.store import Database

Story = Callable[[Any], Iterator[None]]


def tell(database: Database, new_tenant: NewTenant, machine: type[Base], story: Story) -> None:
    """Tell a story to a machine in a tenant of its own, and check what always holds all along."""
    with Desk.reading(database) as reader:
        shop = machine(Desk(database, new_tenant(database), reader))
        for _ in story(shop):
            shop.books_agree()
        shop.teardown()


def last(found: dict[str, Any]) -> str:
    """Return the label of what was made last."""
    return list(found)[-1]


def open_shop(shop: Machine, *, kind: str = "RetainerFlatFee", seller: str = "HQ") -> None:
    """Begin with an hourly contract and another one, work on a ticket, a project with a cost."""
    days = [3] if kind == "ProjectOneTimeFee" else [3, 5]  # that many choose the ticket's contract
    shop.open_shop(kind=kind, customer="ACME", seller=seller, days=days, done="")


def record_thing(shop: Machine, price: str, tax: str) -> str:
    """Record a product on the first contract and return its key."""
    shop.record_thing(
        owner=next(iter(shop.model.contracts)),
        days=0,
        quantity=Decimal(1),
        price=Decimal(price),
        discount=Decimal(0),
        tax=tax,
        expense=False,
        charged=True,
    )
    return last(shop.model.items)


def billed_and_taken_back(shop: Machine) -> Iterator[None]:
    """Delete a batch and bill again, credit and bill again, void."""
    open_shop(shop)
    yield
    shop.bill("contracts", 2, 28, alone=True)
    yield
    shop.delete(last(shop.model.batches))
    yield
    shop.bill("contracts", 3, 0, alone=True)
    shop.bill("projects", 3, 0, alone=False)
    yield
    shop.credit_the_whole(last(shop.model.invoices), reopen=True, at_once=True)
    yield
    shop.bill("projects", 3, 0, alone=False)
    yield
    shop.void(last(shop.model.invoices))
    yield


def put_right(shop: Machine) -> Iterator[None]:
    """Credit one of three fees on a line, try to raise that, lower it, take the rest back."""
    open_shop(shop)
    shop.bill("contracts", 3, 28, alone=True, level="contract")
    yield
    fees = last(shop.model.invoices)
    shop.credit_an_item(fees, 0, None, reopen=False, at_once=False)
    yield
    note = last(shop.model.invoices)
    for what in ("raise", "half"):
        shop.change_a_note(note, what, 0)
        yield
    shop.take_a_line_back(fees, 0)
    yield


def chosen_and_changed(shop: Machine) -> Iterator[None]:
    """Untick a contract, rename the customer after the run, take a line out of a draft."""
    open_shop(shop)
    shop.rate_everything()
    shop.open("contracts", "entry", None, alone=False, compress=False, named=True)
    label = last(shop.model.batches)
    shop.tick(label, last(shop.model.contracts), ticked=False)
    shop.run(label)
    yield
    shop.change_a_customer("ACME", "name")
    shop.generate(label, honest=True)
    yield
    shop.preview_again(label)
    shop.generate(label, honest=True)
    yield
    shop.edit(last(shop.model.invoices), "remove", 0, Decimal(0), "T20")
    yield


def work_comes_back(shop: Machine) -> Iterator[None]:
    """Reopen a ticket, and resolve it again."""
    open_shop(shop)
    yield
    for _ in range(2):
        shop.resolve_or_reopen(last(shop.model.tickets))
        yield


def sums_and_dates(shop: Machine) -> Iterator[None]:
    """Bill for a seller that rounds tax on each line and wants its dates to rise."""
    open_shop(shop, seller="LAB")
    thing = record_thing(shop, "19.99", "T5")
    yield
    shop.revalue(thing)
    yield
    for _ in range(2):
        record_thing(shop, "333.335", "T5")
    shop.bill("contracts", 3, 1, alone=False)
    yield
    record_thing(shop, "1000", "T20")
    shop.open("contracts", "entry", -20, alone=False, compress=False, named=True)
    for _ in range(3):
        shop.go_on(last(shop.model.batches))
    yield


def billed_only_once(shop: Machine) -> Iterator[None]:
    """Bill the fee of a project; the work on the same contract is settled by it."""
    open_shop(shop, kind="ProjectOneTimeFee")
    yield
    shop.bill("contracts", 3, 28, alone=False)
    yield


def pro_forma(shop: Machine) -> Iterator[None]:
    """Bill a line in advance and give another one up."""
    open_shop(shop)
    project = last(shop.model.projects)
    shop.record_cost(
        project, "units", "W5", 0, Decimal(1), Decimal(80), Decimal(0), None, charge=None
    )
    shop.fill(0, everything=True)
    yield
    draft = last(shop.model.drafts)
    shop.change_draft_line(draft, 0, "invoice_advance")
    shop.change_draft_line(draft, 1, "write_off")
    yield
    shop.step(draft, "release")
    shop.invoice_a_draft(draft, compress=False)
    yield


def hours_carried_on(shop: BlockMachine) -> Iterator[None]:
    """Work in the second period of a block, of which the first was not used up."""
    shop.open_block(kind="BlockHours", late="bill_next", days=[0], advance=False, rolls=True)
    yield
    shop.record_time(last(shop.model.tickets), 0, 12, 260, "")
    shop.rate_everything()
    yield
