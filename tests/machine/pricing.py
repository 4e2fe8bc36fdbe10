"""What work and contracts cost, and which charges rating should leave behind."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from tests.machine.model import Model
from tests.machine.money import ZERO, Span, rounded, total
from tests.machine.things import BLOCKS, COMPUTED, Contract, Item

KINDS = {
    "RetainerFlatFee": "fee",
    "ProjectOneTimeFee": "project_fee",
    "RemoteMonitoring": "devices",
    "OnlineBackup": "backup",
}


def rate_of(contract: Contract | None, name: str, *, worth: bool = False) -> Decimal | None:
    """Return what an hour costs; None if the contract has no rate of that name.

    With `worth` it is what an hour takes from a block of money.
    """
    if contract is None:
        return ZERO
    more = contract.terms.get("additional_rates", {})
    assert isinstance(more, dict)
    if name and name not in more:
        return None
    if contract.type not in {"Hourly", "ProjectHourlyRate"} and not worth:
        return ZERO
    return Decimal(str(more[name])) if name else contract.figure("primary_rate")


def time_price(contract: Contract | None, minutes: int, rate: Decimal, currency: str) -> Decimal:
    """Return what minutes cost, after the steps that the contract rounds them up to."""
    return rounded(stepped(contract, minutes) * rate / 60, currency)


def stepped(contract: Contract | None, minutes: int) -> int:
    """Round minutes up to the steps of the contract; what is taken back mirrors that."""
    step = contract.step if contract else 0
    if not step:
        return minutes
    return -(-abs(minutes) // step) * step * (1 if minutes > 0 else -1)


def place(model: Model, item: Item) -> None:
    """Give recorded work its period and the day on which it can be billed."""
    contract = model.contracts[item.contract] if item.contract else None
    day = item.day
    if contract and contract.type in BLOCKS and contract.late_policy == "bill_next":
        until = model.settled_until(contract)
        day = max(day, until) if until else day
    item.span = (contract.span_of(day) or contract.span_of(item.day)) if contract else None
    item.ready_on = item.span.end if item.span else item.day


def is_late(model: Model, contract: Contract | None, day: date) -> bool:
    """Say whether work of that day missed its period."""
    until = model.settled_until(contract) if contract else None
    return until is not None and day < until


def state_of_late(contract: Contract) -> str:
    """Return the state of late work."""
    return "written_off" if contract.late_policy == "write_off" else "closed"


def rate_contracts(model: Model) -> None:
    """Bring the computed charges to what they should be; blocks are another matter."""
    for contract in model.contracts.values():
        if contract.active and contract.type in KINDS:
            _rate(model, contract, model.today)


def follow_at_once(model: Model, contract: Contract) -> None:
    """Bring the free charges of periods that were rated to what they should be."""
    known = [item for item in model.of_contract(contract.code) if item.kind in COMPUTED]
    days = [item.day for item in known if "#" not in item.key]
    if contract.active and contract.type in KINDS and days:
        _rate(model, contract, max(days))


def _rate(model: Model, contract: Contract, until: date) -> None:
    known = [item for item in model.of_contract(contract.code) if item.kind in COMPUTED]
    first = first_day(known, contract)
    wanted = {item.key: item for item in computed(model, contract, first, until)}
    less_corrections(model, contract, first, wanted)
    for key, new in wanted.items():
        old = model.items.setdefault(key, new)
        if old.free:
            old.net, old.ready_on, old.span, old.tax = new.net, new.ready_on, new.span, new.tax
    for old in known:
        if old.day >= first and old.key not in wanted and old.free and old.draft is None:
            withdraw(model, old)


def withdraw(model: Model, item: Item) -> None:
    """Take a charge away that is no longer due; what somebody acted on is written off."""
    del model.items[item.key]
    if item.touched:
        item.state, item.key = "written_off", model.code(f"{item.key}#")
        model.items[item.key] = item


def first_day(known: Iterable[Item], contract: Contract) -> date:
    """Return the day before which everything is billed for good."""
    free = [item.day for item in known if item.free]
    return min(free) if free else max((item.day for item in known), default=contract.start)


def computed(model: Model, contract: Contract, first: date, until: date) -> Iterator[Item]:
    """Yield the charges of the periods that have begun until a day."""
    for span in contract.spans:
        if first <= span.start <= until:
            net = fee_of(model, contract, span)
            if net is not None:
                yield computed_item(model, contract, KINDS[contract.type], span, net)


def computed_item(model: Model, contract: Contract, kind: str, span: Span, net: Decimal) -> Item:
    """Return the charge of a period."""
    fixed = contract.type in {"RetainerFlatFee", "ProjectOneTimeFee", "BlockHours", "BlockMoney"}
    return Item(
        key=f"{kind}:{contract.code}:{span.start}",
        kind=kind,
        customer=contract.customer,
        seller=contract.seller,
        currency=model.customers[contract.customer].currency,
        day=span.start,
        ready_on=span.start if contract.advance and fixed else span.end,
        net=net,
        contract=contract.code,
        tax=contract.tax,
        span=span,
    )


def fee_of(model: Model, contract: Contract, span: Span) -> Decimal | None:
    """Return what a period costs; None if nothing was counted."""
    currency = model.customers[contract.customer].currency
    if contract.type == "RetainerFlatFee":
        full = contract.figure("quantity") * contract.figure("rate")
        days, whole = (span.end - span.start).days, (span.whole_end - span.start).days
        return rounded(full * days / whole if contract.daily else full, currency)
    if contract.type == "ProjectOneTimeFee":
        return rounded(contract.figure("total_amount"), currency)
    if contract.type == "RemoteMonitoring":
        count = sum(
            one.added_on <= span.start and (one.removed_on is None or one.removed_on > span.start)
            for one in contract.devices.values()
        )
        return rounded(count * contract.figure("rate_per_device"), currency) if count else None
    last: dict[str, tuple[date, Decimal]] = {}
    for (day, category), gigabytes in contract.readings.items():
        if span.holds(day):
            last[category] = max(last.get(category, (day, gigabytes)), (day, gigabytes))
    stored = total(gigabytes for _, gigabytes in last.values())
    return rounded(stored * contract.figure("rate_per_gb"), currency) if stored else None


def corrections(model: Model, contract: Contract, start: date) -> list[Item]:
    """Return what corrects a period."""
    name = f"correction:{contract.code}:{start}:"
    return [item for key, item in model.items.items() if key.startswith(name) and "#" not in key]


def is_open(item: Item) -> bool:
    return item.free and item.draft is None


def less_corrections(
    model: Model, contract: Contract, first: date, wanted: dict[str, Item]
) -> None:
    """Take what was corrected off the charges of periods that are free again.

    What costs nothing any more is charged what its corrections gave back too much.
    """
    fees = {item.day: item for item in wanted.values()}
    known = [item for item in model.of_contract(contract.code) if "#" not in item.key]
    for start in {item.day for item in known if item.key.startswith("correction:")}:
        there = [item for item in known if item.kind in COMPUTED and item.day == start]
        if start < first or (there and not any(item.free for item in there)):
            continue
        found = corrections(model, contract, start)
        for item in filter(is_open, found):
            withdraw(model, item)
        kept = [item for item in found if not is_open(item)]
        corrected = total(item.net for item in kept)
        if fee := fees.get(start):
            fee.net -= corrected
        elif corrected and (span := kept[0].span):
            fee = computed_item(model, contract, KINDS[contract.type], span, -corrected)
            wanted[fee.key] = fee
