"""Invoices reckoned a second time, from the written rules alone.

Nothing here comes from the product. Amounts are integers of the currency's minor unit and every
step in between is an exact fraction, where the product uses `Decimal`; the two can only agree
when both follow the rules. Half a unit is rounded away from zero, so that a credit is the exact
negative of its invoice. The rules:

- Net of an item (BT-131): quantity times unit price less the percentage of discount, or minutes
  times hourly rate / 60; rounded once, to the minor unit.
- Surcharge: in each tax group, the sum of net times percentage, rounded once (rows B51 to B54).
- Tax: per category and rate on the sum of the nets, rounded once (BR-CO-17), or the sum of the
  rounded taxes of the document's lines, by the policy of the seller.
- A grouped line adds rounded items of one contract or ticket that are taxed alike (row A40); a
  compressed one those of the whole invoice (row B19). The net never depends on the grouping.
- A total below zero makes a credit note with positive amounts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

DECIMALS = {"EUR": 2, "USD": 2, "JPY": 0, "KRW": 0, "KWD": 3, "TND": 3}


@dataclass(frozen=True)
class Tax:
    """A tax code, the name of its rate group, with category (UNCL 5305) and rate in per cent."""

    code: str
    category: str
    rate: str

    @property
    def kind(self) -> tuple[str, Fraction]:
        """What the tax of a document is broken down by."""
        return self.category, Fraction(self.rate)


UNTAXED = Tax("", "Z", "0")
"""What is not taxed at all, for example on a contract that is not taxable (row A18)."""


@dataclass(frozen=True)
class Item:
    """One thing to bill; numbers are decimal text, as a file would bring them.

    `minutes` stand for time at an hourly `price`; otherwise `quantity` counts.
    """

    key: str
    owner: str
    ticket: str | None
    tax: Tax
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
    """One invoice; everything in minor units of its currency.

    Attributes:
        items: by key, what each adds to the invoice; as it is, whatever the kind of document.
        lines: by the keys of the items behind it, each line; the surcharge lines by tax code.

    """

    credit_note: bool
    items: dict[str, int]
    lines: dict[frozenset[str], int]
    surcharges: dict[str, int]
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
    often = Fraction(item.quantity) if item.minutes is None else Fraction(item.minutes, 60)
    part = 1 - Fraction(item.discount) / 100
    return half_up(often * Fraction(item.price) * part * 10 ** DECIMALS[currency])


def surcharges_of(items: Iterable[Item], nets: dict[str, int]) -> dict[str, int]:
    """Return the surcharge of every tax group that has one."""
    bases: dict[str, Fraction] = defaultdict(Fraction)
    for item in items:
        if item.surcharge is not None and Fraction(item.surcharge):
            bases[item.tax.code] += nets[item.key] * Fraction(item.surcharge) / 100
    return {code: half_up(base) for code, base in bases.items()}


def lines_of(items: Iterable[Item], level: str) -> dict[tuple[str, ...], list[Item]]:
    """Group items into lines: `contract`, `ticket`, `entry`, or `compressed`."""
    lines: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in items:
        if level == "compressed":
            place: tuple[str, ...] = ()
        elif level == "contract":
            place = (item.owner,)
        elif level == "ticket" and item.ticket:
            place = (item.owner, item.ticket)
        else:
            place = ("", "", item.key)
        lines[*place, item.tax.code].append(item)
    return lines


def subtotals_of(
    parts: Iterable[tuple[Tax, int]], policy: str
) -> dict[tuple[str, Fraction], Subtotal]:
    """Return taxable amount and tax by category and rate."""
    nets: dict[tuple[str, Fraction], list[int]] = defaultdict(list)
    for tax, net in parts:
        nets[tax.kind].append(net)
    found = {}
    for (category, rate), amounts in nets.items():
        bases = amounts if policy == "line" else [sum(amounts)]
        tax_amount = sum(half_up(base * rate / 100) for base in bases)
        found[category, rate] = Subtotal(sum(amounts), tax_amount)
    return found


def reckon(
    items: list[Item], *, currency: str, policy: str, level: str, surcharged: bool
) -> Reckoned:
    """Reckon the invoice that the items make together."""
    nets = {item.key: net_of(item, currency) for item in items}
    grouped = list(lines_of(items, level).values())
    lines = {frozenset(one.key for one in group): group for group in grouped}
    amounts = {keys: sum(nets[key] for key in keys) for keys in lines}
    extra = surcharges_of(items, nets) if surcharged else {}
    taxes = {item.tax.code: item.tax for item in items}
    parts = [(lines[keys][0].tax, amount) for keys, amount in amounts.items()]
    parts += [(taxes[code], amount) for code, amount in extra.items()]
    subtotals = subtotals_of(parts, policy)
    net = sum(part.taxable for part in subtotals.values())
    tax = sum(part.tax for part in subtotals.values())
    sign = -1 if net + tax < 0 else 1
    return Reckoned(
        credit_note=sign < 0,
        items=nets,
        lines={keys: sign * amount for keys, amount in amounts.items()},
        surcharges={code: sign * amount for code, amount in extra.items()},
        subtotals={
            kind: Subtotal(sign * part.taxable, sign * part.tax) for kind, part in subtotals.items()
        },
        net=sign * net,
        tax=sign * tax,
        total=sign * (net + tax),
    )
