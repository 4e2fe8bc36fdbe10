"""Invoices reckoned a second time, from the written rules alone.

Nothing here comes from the product. Amounts are integers of the currency's minor unit and every
step in between is an exact fraction, where the product uses `Decimal`; the two can only agree
when both follow the rules. Half a unit is rounded away from zero, so that a credit is the exact
negative of its invoice. The rules:

- Gross of an item: quantity times unit price, or minutes times hourly rate / 60, rounded (BT-129,
  BT-146). Its allowance: the percentage of the rounded gross, rounded (BT-136 to BT-138). Its
  net is the difference (BT-131).
- Surcharge: in each tax group, the sum of net times percentage, rounded once (rows B51 to B54).
- Tax: per category and rate on the sum of the nets, rounded once (BR-CO-17), or the sum of the
  rounded taxes of the single items, by the policy of the seller.
- Grouped lines add rounded items; no level of grouping changes a sum (row A40).
- What comes out below zero is a credit note with positive amounts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

DECIMALS = {"EUR": 2, "USD": 2, "JPY": 0, "KRW": 0, "KWD": 3, "TND": 3}


@dataclass(frozen=True)
class Tax:
    """A tax code: its group, category of UNCL 5305, and rate in per cent as text."""

    group: str
    category: str
    rate: str


@dataclass(frozen=True)
class Item:
    """One thing to bill; numbers are decimal text, as a file would bring them.

    `minutes` stand for time at an hourly `price`; otherwise `quantity` counts.
    """

    key: str
    owner: str
    ticket: str | None
    tax: Tax | None
    price: str
    quantity: str = "1"
    minutes: int | None = None
    discount: str = "0"
    surcharge: str | None = None


@dataclass(frozen=True)
class Subtotal:
    """The tax of one category and rate, in minor units."""

    taxable: int
    tax: int


@dataclass(frozen=True)
class Reckoned:
    """One invoice; everything in minor units of its currency."""

    credit_note: bool
    items: dict[str, int]
    surcharges: dict[str, int]
    owners: dict[tuple[str, str], int]
    tickets: dict[tuple[str, str | None, str], int]
    subtotals: dict[tuple[str, Fraction], Subtotal]
    net: int
    tax: int
    total: int


def half_up(amount: Fraction) -> int:
    """Round to a whole number, halves away from zero."""
    size = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return size if amount >= 0 else -size


def net_of(item: Item, currency: str) -> int:
    """Return the net amount of an item in minor units."""
    scale = 10 ** DECIMALS[currency]
    often = Fraction(item.quantity) if item.minutes is None else Fraction(item.minutes, 60)
    gross = half_up(often * Fraction(item.price) * scale)
    return gross - half_up(gross * Fraction(item.discount) / 100)


def group_of(item: Item) -> str:
    """Return the name of an item's tax group; untaxed items share the empty one."""
    return item.tax.group if item.tax else ""


def surcharges_of(items: Iterable[Item], nets: dict[str, int]) -> dict[str, int]:
    """Return the surcharge of every tax group that has one."""
    bases: dict[str, Fraction] = defaultdict(Fraction)
    for item in items:
        if item.surcharge is not None and Fraction(item.surcharge):
            bases[group_of(item)] += nets[item.key] * Fraction(item.surcharge) / 100
    return {group: half_up(base) for group, base in bases.items()}


def subtotals_of(
    parts: Iterable[tuple[Tax | None, int]], policy: str
) -> dict[tuple[str, Fraction], Subtotal]:
    """Return taxable amount and tax by category and rate; untaxed parts stand under ``""``."""
    nets: dict[tuple[str, Fraction], list[int]] = defaultdict(list)
    for tax, net in parts:
        nets[(tax.category, Fraction(tax.rate)) if tax else ("", Fraction(0))].append(net)
    found = {}
    for (category, rate), amounts in nets.items():
        bases = amounts if policy == "line" else [sum(amounts)]
        tax_amount = sum(half_up(base * rate / 100) for base in bases)
        found[category, rate] = Subtotal(sum(amounts), tax_amount)
    return found


def reckon(items: list[Item], currency: str, policy: str, *, surcharged: bool) -> Reckoned:
    """Reckon the invoice that the items make together."""
    nets = {item.key: net_of(item, currency) for item in items}
    extra = surcharges_of(items, nets) if surcharged else {}
    taxes = {group_of(item): item.tax for item in items}
    parts = [(item.tax, nets[item.key]) for item in items]
    parts += [(taxes[group], amount) for group, amount in extra.items()]
    sign = -1 if sum(amount for _, amount in parts) < 0 else 1
    subtotals = subtotals_of([(tax, sign * amount) for tax, amount in parts], policy)
    owners: dict[tuple[str, str], int] = defaultdict(int)
    tickets: dict[tuple[str, str | None, str], int] = defaultdict(int)
    for item in items:
        owners[item.owner, group_of(item)] += sign * nets[item.key]
        tickets[item.owner, item.ticket, group_of(item)] += sign * nets[item.key]
    net = sum(part.taxable for part in subtotals.values())
    tax_amount = sum(part.tax for part in subtotals.values())
    return Reckoned(
        credit_note=sign < 0,
        items={key: sign * amount for key, amount in nets.items()},
        surcharges={group: sign * amount for group, amount in extra.items()},
        owners=dict(owners),
        tickets=dict(tickets),
        subtotals=subtotals,
        net=net,
        tax=tax_amount,
        total=net + tax_amount,
    )
