"""Work that goes along with its ticket to another contract."""

from tests.machine.model import Model
from tests.machine.pricing import place, rate_of, time_price
from tests.machine.things import Contract, Item, Ticket

RECORDED = {"time", "product", "expense"}


def move_ticket(model: Model, ticket: Ticket, before: str | None, settled: set[str]) -> None:
    """Bring the free work of a ticket to the contract that it has now.

    Work of a third contract stays there; work that the contract cannot take has none.
    """
    for item in model.items.values():
        movable = item.ticket == ticket.code and item.free and item.kind in RECORDED
        if movable and item.key not in settled and item.contract in {None, before}:
            _move(model, item, ticket.contract)


def move_with_contract(model: Model, contract: Contract, settled: set[str]) -> None:
    """Place the free work of a contract anew; what it no longer covers has none.

    Work of its tickets that it could not take before comes along.
    """
    model.rewrite(contract.code)
    tickets = {one.code for one in model.tickets.values() if one.contract == contract.code}
    for item in model.items.values():
        waits = item.owner is None and item.ticket in tickets
        mine = (item.contract == contract.code or waits) and item.key not in settled
        if mine and item.free and item.kind in RECORDED:
            _move(model, item, contract.code)


def _move(model: Model, item: Item, to: str | None) -> None:
    old = model.contracts[item.contract] if item.contract else None
    new = model.contracts[to] if to else None
    if new and not new.start <= item.day <= new.end:
        new = None
    if new and item.kind == "time" and rate_of(new, item.rate) is None:
        new = None
    item.contract = new.code if new else None
    item.seller = new.seller if new else "HQ"
    if item.tax is None or (old and item.tax == old.tax):
        item.tax = new.tax if new else None
    if item.kind == "time":
        price = rate_of(new, item.rate if new else "")
        assert price is not None
        item.net = time_price(new, item.minutes, price, item.currency)
    place(model, item)
