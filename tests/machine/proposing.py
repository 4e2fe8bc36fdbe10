"""Which invoices charges make: who shares one, which tax it bears, what it sums to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tests.machine.model import Model
from tests.machine.money import ZERO, rounded, share, total
from tests.machine.things import Batch, Item
from tests.machine.world import SELLERS, TAXES, UNTAXED, WORK, Tax

NO_CODE = ""


class TaxMissing(Exception):  # noqa: N818 - reads as what happened
    """Raised when nothing says which tax a charge bears."""


@dataclass(frozen=True)
class Proposal:
    """An invoice before it has an id; a negative sum makes a credit note."""

    seller: str
    customer: str
    currency: str
    net: Decimal
    tax: Decimal
    items: frozenset[str]

    @property
    def sign(self) -> int:
        return 1 if self.net + self.tax >= 0 else -1


def offered(model: Model, batch: Batch) -> list[Item]:
    """Return the charges that a batch is about: those of contracts, or those of projects."""
    by_contract = batch.source == "contracts"
    return [
        item for item in model.items.values() if (item.contract if by_contract else item.project)
    ]


def ready_in(model: Model, batch: Batch) -> list[Item]:
    """Return what could be ticked."""
    return [item for item in offered(model, batch) if item.ready(batch.as_of)]


def selected(model: Model, batch: Batch) -> list[Item]:
    """Return what a run would reserve."""
    return [item for item in ready_in(model, batch) if _ticked(batch, item)]


def _ticked(batch: Batch, item: Item) -> bool:
    owner = item.owner or ""
    return batch.items.get(item.key, batch.owners.get(owner, batch.tick_all))


@dataclass(frozen=True)
class Way:
    """How charges become invoices and lines; only batches of projects make surcharges."""

    collect: str = "customer"
    level: str = "entry"
    compress: bool = False
    surcharge: bool = False


def way_of(batch: Batch) -> Way:
    """Return how a batch bills."""
    return Way(batch.collect, batch.level, batch.compress, batch.source == "projects")


def proposals(model: Model, items: Iterable[Item], way: Way) -> list[Proposal]:
    """Return the invoices that the charges make."""
    groups: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in items:
        groups[_invoice_of(model, item, way)].append(item)
    return [_proposal(model, group, way) for group in groups.values()]


def content(model: Model, batch: Batch, items: Iterable[Item]) -> object:
    """Return all that a person sees of the invoices; a change of it makes a preview stale."""
    items = list(items)
    shown = {
        (
            item.key,
            model.customers[item.customer].name,
            _tax_of(model, item)[0],
            _owner_name(model, item),
        )
        for item in items
    }
    return frozenset(shown), frozenset(proposals(model, items, way_of(batch)))


def _invoice_of(model: Model, item: Item, way: Way) -> tuple[str, ...]:
    separate = item.project is not None and model.projects[item.project].separate
    bucket = item.owner or "" if way.collect != "customer" or separate else ""
    alone = item.key if item.kind == "instalment" else bucket
    return item.seller, item.customer, item.currency, alone


def _proposal(model: Model, items: list[Item], way: Way) -> Proposal:
    first = items[0]
    seller = SELLERS[first.seller]
    lines: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for item in items:
        code, _ = _tax_of(model, item)
        lines[*_line_of(item, way), item.work or "", code] += item.net
    taxed = [(_tax(key[-1]), net) for key, net in lines.items()]
    if way.surcharge and seller.surcharges:
        taxed += _surcharges(model, items)
    return Proposal(
        seller=first.seller,
        customer=first.customer,
        currency=first.currency,
        net=total(net for _, net in taxed),
        tax=tax_on(taxed, seller.tax_policy, first.currency),
        items=frozenset(item.key for item in items),
    )


def tax_on(lines: Iterable[tuple[Tax, Decimal]], policy: str, currency: str) -> Decimal:
    """Return the tax of lines: rounded once per rate of tax, or on each line."""
    groups: dict[Tax, list[Decimal]] = defaultdict(list)
    for tax, net in lines:
        groups[tax].append(net)
    if policy == "line":
        return total(share(net, tax.rate, currency) for tax in groups for net in groups[tax])
    return total(share(total(nets), tax.rate, currency) for tax, nets in groups.items())


def _surcharges(model: Model, items: list[Item]) -> list[tuple[Tax, Decimal]]:
    bases: dict[str, Decimal] = defaultdict(Decimal)
    for item in items:
        if item.surcharge:
            bases[_tax_of(model, item)[0]] += item.net * item.surcharge / 100
    return [(_tax(code), rounded(base, items[0].currency)) for code, base in bases.items()]


def _line_of(item: Item, way: Way) -> tuple[str, ...]:
    owner = item.owner or ""
    if way.compress:
        return ("",)
    if way.level == "contract":
        return ("owner", owner)
    if way.level == "ticket" and item.ticket:
        return ("ticket", owner, item.ticket)
    return ("item", item.key)


def _tax_of(model: Model, item: Item) -> tuple[str, Tax]:
    """Return the tax of a charge now: whether its contract is taxed counts on the day of the run.

    Raises:
        TaxMissing: it has none.

    """
    contract = model.contracts[item.contract] if item.contract else None
    if contract and not contract.taxable:
        return NO_CODE, UNTAXED
    code = item.tax or (WORK[item.work].tax if item.work else None)
    code = code or (contract.tax if contract else None)
    if code is None:
        raise TaxMissing(item.key)
    return code, TAXES[code]


def _tax(code: str) -> Tax:
    return TAXES[code] if code else UNTAXED


def _owner_name(model: Model, item: Item) -> str:
    return model.contracts[item.contract].name if item.contract else item.project or ""


def sums(found: Iterable[Proposal]) -> dict[str, tuple[int, Decimal, Decimal]]:
    """Return by currency how many invoices there are, their net and their tax."""
    added: dict[str, tuple[int, Decimal, Decimal]] = {}
    for one in found:
        count, net, tax = added.get(one.currency, (0, ZERO, ZERO))
        added[one.currency] = (count + 1, net + one.net, tax + one.tax)
    return added
