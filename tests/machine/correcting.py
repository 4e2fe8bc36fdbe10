"""What a new end, a device or a reading makes of periods that are billed already."""

from datetime import date
from decimal import Decimal

from tests.machine.model import Model
from tests.machine.money import ZERO, Span
from tests.machine.pricing import (
    KINDS,
    computed_item,
    corrections,
    fee_of,
    first_day,
    is_open,
    state_of_late,
    withdraw,
)
from tests.machine.things import COMPUTED, Contract

TAKEN = {"reserved", "billed"}


def correct(model: Model, old: Contract, new: Contract, since: date, until: date) -> None:
    """Charge the difference of each period that has one of these days and is billed."""
    if new.type not in KINDS:
        return
    known = [
        item
        for item in model.of_contract(new.code)
        if item.kind in COMPUTED and "#" not in item.key
    ]
    rated = first_day(known, new)
    taken = max((item.day for item in known if item.state in TAKEN), default=None)
    for span in list(max(old, new, key=lambda one: one.end).spans):
        if span.start > until or span.end <= since:
            continue
        before, after = cost(model, old, span), cost(model, new, span)
        there = [item for item in known if item.day == span.start]
        if not there and after is not None and span.start < rated:
            late = taken is not None and span.start < taken
            add(model, new, KINDS[new.type], own_span(new, span), after, late=late)
        elif {item.state for item in there} & TAKEN and not any(item.free for item in there):
            difference = (after or ZERO) - (before or ZERO)
            if difference:
                differ(model, new, own_span(new if after is not None else old, span), difference)


def own_span(contract: Contract, span: Span) -> Span:
    return next(one for one in contract.spans if one.start == span.start)


def cost(model: Model, contract: Contract, span: Span) -> Decimal | None:
    """Return what a period costs under a contract; None if that has no such period."""
    if not contract.start <= span.start <= contract.end:
        return None
    return fee_of(model, contract, own_span(contract, span))


def differ(model: Model, contract: Contract, span: Span, difference: Decimal) -> None:
    """Add the difference to the correction that is still free, or make another one."""
    free = [item for item in corrections(model, contract, span.start) if is_open(item)]
    if not free:
        add(model, contract, "correction", span, difference, late=True)
        return
    item = free[0]
    item.net += difference
    model_of = computed_item(model, contract, "", span, item.net)
    item.span, item.ready_on, item.tax = span, model_of.ready_on, model_of.tax
    if not item.net:
        withdraw(model, item)


def add(
    model: Model, contract: Contract, kind: str, span: Span, net: Decimal, *, late: bool
) -> None:
    item = computed_item(model, contract, kind, span, net)
    if kind == "correction":
        item.kind, number = "adjustment", 1
        while f"{item.key}:{number}" in model.items:
            number += 1
        item.key += f":{number}"
    if late:
        item.state = state_of_late(contract)
    model.items[item.key] = item
