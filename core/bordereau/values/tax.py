"""Tax: the categories of EN 16931, and tax totals per category or per line.

Rates are percentages (21 means 21 %). EN 16931 computes tax once per category and rate (BR-CO-17);
some ledgers compute it per line. The two differ by cents on most invoices, so the policy is chosen
per administration and stored on the invoice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bordereau.values.money import round_amount, smallest_amount


class TaxCategory(StrEnum):
    """The VAT categories that EN 16931 takes from UNTDID 5305 (BT-118, BT-151)."""

    STANDARD = "S"
    ZERO_RATED = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    NOT_SUBJECT = "O"
    CANARY_ISLANDS = "L"
    CEUTA_AND_MELILLA = "M"

    @property
    def needs_reason(self) -> bool:
        """Whether the invoice must say why no VAT is charged (BR-E-10, BR-AE-10 and alike)."""
        return self in _REASON_CODES

    @property
    def reason_code(self) -> str:
        """The VATEX code (BT-121) that always fits; empty where the law behind it must be named."""
        return _REASON_CODES.get(self, "")


_REASON_CODES = {
    TaxCategory.EXEMPT: "",
    TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    TaxCategory.EXPORT: "VATEX-EU-G",
    TaxCategory.NOT_SUBJECT: "VATEX-EU-O",
}
_FREE_RATE = frozenset({TaxCategory.CANARY_ISLANDS, TaxCategory.CEUTA_AND_MELILLA})


class TaxPolicy(StrEnum):
    """Where tax is rounded: once per category and rate, or on every line."""

    CATEGORY = "category"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What tax needs to know of an invoice line.

    Attributes:
        net: the rounded net amount of the line, negative on a discount.
        category: the VAT category.
        rate: the percentage; 0 wherever the category charges nothing.
        reason: why no VAT is charged, as text or VATEX code, if the category needs it.

    """

    net: Decimal
    category: TaxCategory
    rate: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TaxSubtotal:
    """The VAT breakdown of one category and rate (BG-23); `reason` joins those of its lines."""

    category: TaxCategory
    rate: Decimal
    taxable: Decimal
    tax: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TaxFault:
    """What EN 16931 forbids on a line: a stable code, its place from 0, and a sentence."""

    code: str
    line: int
    message: str


def tax_totals(
    lines: Sequence[TaxLine], policy: TaxPolicy, currency: str
) -> tuple[TaxSubtotal, ...]:
    """Return one subtotal per category and rate, in order of category and rate."""
    groups: dict[tuple[TaxCategory, Decimal], list[TaxLine]] = {}
    for line in lines:
        groups.setdefault((line.category, line.rate), []).append(line)
    return tuple(_subtotal(groups[key], policy, currency) for key in sorted(groups))


def tax_by_line(lines: Sequence[TaxLine], policy: TaxPolicy, currency: str) -> tuple[Decimal, ...]:
    """Return the tax of every line, such that each category sums to its subtotal.

    A destination that wants tax per line gets these amounts, so that its total is ours.
    """
    taxes = [_tax(line.net, line.rate, currency) for line in lines]
    for subtotal in tax_totals(lines, policy, currency):
        places = [
            place
            for place, line in enumerate(lines)
            if (line.category, line.rate) == (subtotal.category, subtotal.rate)
        ]
        parts = [taxes[place] for place in places]
        weights = [lines[place].net for place in places]
        for place, tax in zip(places, spread(subtotal.tax, parts, weights, currency), strict=True):
            taxes[place] = tax
    return tuple(taxes)


def spread(
    whole: Decimal, parts: Sequence[Decimal], weights: Sequence[Decimal], currency: str
) -> tuple[Decimal, ...]:
    """Change rounded parts by the fewest smallest units so that they sum to `whole`.

    The units go to the parts of the largest weight first, whatever its sign.

    Raises:
        ValueError: there is no part to change, or the difference is finer than the minor unit.

    """
    unit = smallest_amount(currency)
    difference = whole - sum(parts, Decimal(0))
    units, rest = divmod(abs(difference), unit)
    if rest or (units and not parts):
        raise ValueError(f"{difference} {currency} cannot be spread over {len(parts)} parts")
    order = sorted(range(len(parts)), key=lambda place: (-abs(weights[place]), place))
    step, spreading = unit.copy_sign(difference), list(parts)
    for rank, place in enumerate(order):
        each = units // len(parts) + (1 if rank < units % len(parts) else 0)
        spreading[place] += step * each
    return tuple(spreading)


def tax_faults(lines: Sequence[TaxLine]) -> tuple[TaxFault, ...]:
    """Return what EN 16931 would refuse in these lines; nothing means that they are fine."""
    found = [fault for place, line in enumerate(lines) for fault in _faults_of(place, line)]
    outside = [
        place for place, line in enumerate(lines) if line.category is TaxCategory.NOT_SUBJECT
    ]
    if outside and len(outside) < len(lines):  # BR-O-11 to BR-O-14
        message = "A line not subject to VAT cannot stand beside lines of another category."
        found.append(TaxFault("TAX_CATEGORIES_MIXED", outside[0], message))
    return tuple(found)


def _faults_of(place: int, line: TaxLine) -> list[TaxFault]:
    name = f"Category {line.category}"
    found = []
    if line.category is TaxCategory.STANDARD and line.rate <= 0:  # BR-S-05
        found.append(TaxFault("TAX_RATE_MISSING", place, f"{name} needs a rate above 0."))
    elif line.category is not TaxCategory.STANDARD and line.category not in _FREE_RATE:
        if line.rate != 0:  # BR-Z-05, BR-E-05, BR-AE-05, BR-IC-05, BR-G-05, BR-O-05
            found.append(TaxFault("TAX_RATE_NOT_ZERO", place, f"{name} has a rate of 0."))
    elif line.rate < 0:  # BR-IG-05, BR-IP-05
        found.append(TaxFault("TAX_RATE_NEGATIVE", place, f"{name} has a rate of 0 or more."))
    if line.category.needs_reason and not line.reason:
        found.append(TaxFault("TAX_REASON_MISSING", place, f"{name} needs an exemption reason."))
    elif line.reason and not line.category.needs_reason:  # BR-S-10, BR-Z-10
        found.append(TaxFault("TAX_REASON_UNWANTED", place, f"{name} allows no exemption reason."))
    return found


def _subtotal(lines: Sequence[TaxLine], policy: TaxPolicy, currency: str) -> TaxSubtotal:
    category, rate = lines[0].category, lines[0].rate
    taxable = sum((line.net for line in lines), Decimal(0))
    tax = _tax(taxable, rate, currency)
    if policy is TaxPolicy.LINE:
        tax = sum((_tax(line.net, rate, currency) for line in lines), Decimal(0))
    reasons = dict.fromkeys(line.reason for line in lines if line.reason)
    return TaxSubtotal(category, rate, taxable, tax, "; ".join(reasons))


def _tax(net: Decimal, rate: Decimal, currency: str) -> Decimal:
    return round_amount(net * rate / 100, currency)
