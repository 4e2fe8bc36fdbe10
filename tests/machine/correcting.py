"""What a new end, a device or a reading makes of periods that are billed already."""

from datetime import date
from decimal import Decimal

from tests.machine.model import Model
from tests.machine.money import ZERO, Span, rounded, total
from tests.machine.pricing import (
    KINDS,
    computed_item,
    corrections,
    fee_of,
    first_day,
    follow_at_once,
    is_open,
    state_of_late,
    withdraw,
)
from tests.machine.things import COMPUTED, Contract, Item

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
            state = state_of_late(new) if late else "closed"
            add(model, new, KINDS[new.type], own_span(new, span), after, state=state)
        elif {item.state for item in there} & TAKEN and not any(item.free for item in there):
            charged = [item for item in there if item.state not in {"written_off", "split"}]
            charged += [one for one in corrections(model, new, span.start) if one.state != "split"]
            base = total(item.net for item in charged)
            due = difference(before or ZERO, after or ZERO, base, there[0].currency)
            if due:
                differ(model, new, own_span(new if after is not None else old, span), due)
    follow_at_once(model, new)


def difference(old: Decimal, new: Decimal, charged: Decimal, currency: str) -> Decimal:
    """Return what a period costs more or less, at the prices that were charged."""
    more = (new - old) * charged / old if old else new - old
    costs = charged + rounded(more, currency)
    return max(min(costs, max(ZERO, charged, new)), min(ZERO, charged, new)) - charged


def own_span(contract: Contract, span: Span) -> Span:
    return next(one for one in contract.spans if one.start == span.start)


def cost(model: Model, contract: Contract, span: Span) -> Decimal | None:
    """Return what a period costs under a contract; None if that has no such period."""
    if not contract.start <= span.start <= contract.end:
        return None
    return fee_of(model, contract, own_span(contract, span))


def differ(model: Model, contract: Contract, span: Span, due: Decimal) -> None:
    """Add what is due to the correction that is still free, or make another one."""
    there = corrections(model, contract, span.start)
    free = [item for item in there if is_open(item)]
    due += total(item.net for item in free)
    before = total(item.net for item in there if item.state == "written_off")
    lost = ZERO
    if due * before < 0:
        lost = max(due, -before) if due < 0 else min(due, -before)
    due -= lost
    if due > 0 and contract.late_policy == "write_off":
        due, lost = ZERO, lost + due
    if free:
        change(model, contract, free[0], span, due)
    elif due:
        add(model, contract, "correction", span, due, state="closed")
    if lost:
        add(model, contract, "correction", span, lost, state="written_off")


def change(model: Model, contract: Contract, item: Item, span: Span, net: Decimal) -> None:
    """Bring a correction that is still free to another amount."""
    if not net:
        withdraw(model, item)
        return
    model_of = computed_item(model, contract, "", span, net)
    item.net, item.span = net, span
    item.ready_on, item.tax = model_of.ready_on, model_of.tax


def add(
    model: Model, contract: Contract, kind: str, span: Span, net: Decimal, *, state: str
) -> None:
    item = computed_item(model, contract, kind, span, net)
    if kind == "correction":
        item.kind, number = "adjustment", 1
        while f"{item.key}:{number}" in model.items:
            number += 1
        item.key += f":{number}"
    item.state = state
    model.items[item.key] = item
