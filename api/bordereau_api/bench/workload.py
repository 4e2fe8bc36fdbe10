"""The workload: one customer, one contract and one invoice per number, six lines, two VAT rates.

Everything is a function of the number, so that any system can be given the same. The quantity of
each line is its base plus `number mod 7`. The sums over all invoices are known: 68 098.98 for 20,
327 733.19 for 100, 3 300 728.38 for 1,000 and 32 984 596.32 for 10,000.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

PERIOD = date(2026, 10, 1)
PERIOD_END = date(2026, 11, 1)
AS_OF = date(2026, 11, 20)
CENT = Decimal("0.01")
CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax code of the workload."""

    code: str
    percent: Decimal


STANDARD = Rate("S20", Decimal(20))
REDUCED = Rate("S055", Decimal("5.5"))
RATES = (STANDARD, REDUCED)


@dataclass(frozen=True, slots=True)
class Template:
    """A line before its quantity is known; `kind` is the kind of charge that makes it."""

    kind: str
    description: str
    unit: str
    base: Decimal
    price: Decimal
    rate: Rate


FEE = Template("fee", "Forfait mensuel", "MON", Decimal(1), Decimal("350.00"), STANDARD)
RECORDED = (
    Template("time", "Support, ticket", "HUR", Decimal("3.25"), Decimal("95.00"), STANDARD),
    Template("time", "Intervention sur site", "HUR", Decimal("1.50"), Decimal("127.50"), STANDARD),
    Template("product", "Poste supervisé", "C62", Decimal(17), Decimal("4.35"), STANDARD),
    Template("product", "Manuel imprimé", "C62", Decimal(3), Decimal("12.90"), REDUCED),
    Template("product", "Documentation", "C62", Decimal(7), Decimal("2.99"), REDUCED),
)
TEMPLATES = (FEE, *RECORDED)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its net amount."""

    template: Template
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """What an invoice of the workload must come to; `taxes` are rate, taxable amount and tax."""

    lines: tuple[Line, ...]
    taxes: tuple[tuple[Rate, Decimal, Decimal], ...]
    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.net + self.tax


def extra(number: int) -> int:
    """Return what is added to the base quantity of each line of an invoice."""
    return number % 7


def bill(number: int) -> Bill:
    """Compute an invoice: nets rounded half up, tax once per rate on the sum of its nets."""
    lines = tuple(_line(template, number) for template in TEMPLATES)
    taxes = tuple(_tax(lines, rate) for rate in RATES)
    net = sum((line.net for line in lines), Decimal(0))
    return Bill(lines, taxes, net, sum((tax for _, _, tax in taxes), Decimal(0)))


def expected_total(amount: int) -> Decimal:
    """Return the sum of the totals of the first `amount` invoices."""
    each = [bill(number).total for number in range(7)]  # the amounts repeat after seven
    return sum((each[number % 7] for number in range(1, amount + 1)), Decimal(0))


def bills(first: int, last: int) -> Iterator[tuple[int, Bill]]:
    """Yield invoices by number, both ends included, each computed anew."""
    for number in range(first, last + 1):
        yield number, bill(number)


def _line(template: Template, number: int) -> Line:
    quantity = template.base + extra(number)
    return Line(template, quantity, (quantity * template.price).quantize(CENT, ROUND_HALF_UP))


def _tax(lines: tuple[Line, ...], rate: Rate) -> tuple[Rate, Decimal, Decimal]:
    taxable = sum((line.net for line in lines if line.template.rate is rate), Decimal(0))
    return rate, taxable, (taxable * rate.percent / 100).quantize(CENT, ROUND_HALF_UP)
