"""Grouping and compressing lines: how many lines are shown, never how much is billed (A40, B19).

Details are rounded first and groups add rounded details, so every level gives the same total.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from bordereau.values.money import round_amount
from bordereau.values.tax import TaxCategory


class LineLevel(StrEnum):
    """What one line stands for: a contract, a ticket, or a single entry."""

    CONTRACT = "contract"
    TICKET = "ticket"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What one charge adds to an invoice.

    Attributes:
        charge_id: the charge behind it.
        contract: the key of the contract or project, with its name for people.
        ticket: the key of the ticket, with its title; both empty where there is none.
        description: what was done or is due.
        quantity: how many of `unit` (a UN/ECE Recommendation 20 code).
        price: the price of one.
        discount: what goes off the line, as an amount.
        net: the rounded net amount after the discount.
        tax_code: the code of the tax; lines of two of them are never added up, even at one rate.
        tax_category, tax_rate, exemption: the tax of the day.
        item_code: the work type or product; lines of two of them are never added up.

    """

    charge_id: UUID
    contract: str = ""
    contract_name: str = ""
    ticket: str = ""
    ticket_title: str = ""
    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    discount: Decimal = Decimal(0)
    net: Decimal
    tax_code: str = ""
    tax_category: TaxCategory
    tax_rate: Decimal
    exemption: str = ""
    item_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedLine:
    """A line as shown, with the details that it adds up.

    Attributes:
        headings: the descriptions of the levels above the line, outermost first.
        quantity: the common quantity if it gives the amount at the common price, else 1.
        net: the sum of the details, to the cent.

    """

    headings: tuple[str, ...]
    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    discount: Decimal
    net: Decimal
    tax_category: TaxCategory
    tax_rate: Decimal
    exemption: str
    item_code: str
    details: tuple[Detail, ...]


ONE = "C62"


def group_lines(
    details: Iterable[Detail], level: LineLevel, currency: str
) -> tuple[GroupedLine, ...]:
    """Return the lines of an invoice at a level, in the order of their first details.

    Details of one group become several lines where tax or item code differ, because a line has one
    of each. Charges without a ticket stay single at the level of tickets.
    """
    return tuple(
        _line(group, headings(group[0], level), title(group[0], level), currency)
        for group in _grouped(details, lambda place, one: _group_of(place, one, level))
    )


def compress(details: Sequence[Detail], description: str, currency: str) -> tuple[GroupedLine, ...]:
    """Return the details as few lines as tax and item codes allow; the details stay behind them."""
    groups = _grouped(details, lambda _place, _one: "")
    return tuple(_line(group, (), description, currency) for group in groups)


def headings(detail: Detail, level: LineLevel) -> tuple[str, ...]:
    """Return the descriptions of the levels above the one that the lines stand for (A40)."""
    above = {
        LineLevel.CONTRACT: (),
        LineLevel.TICKET: (detail.contract_name,),
        LineLevel.ENTRY: (detail.contract_name, detail.ticket_title),
    }[level]
    return tuple(text for text in above if text)


def title(detail: Detail, level: LineLevel) -> str:
    """Return the description of a line of this level."""
    if level is LineLevel.CONTRACT and detail.contract_name:
        return detail.contract_name
    if level is LineLevel.TICKET and detail.ticket_title:
        return detail.ticket_title
    return detail.description


def _group_of(place: int, detail: Detail, level: LineLevel) -> Hashable:
    if level is LineLevel.CONTRACT and detail.contract:
        return ("contract", detail.contract)
    if level is LineLevel.TICKET and detail.ticket:
        return ("ticket", detail.contract, detail.ticket)
    return ("entry", place)


def _grouped(
    details: Iterable[Detail], group_of: Callable[[int, Detail], Hashable]
) -> list[list[Detail]]:
    groups: dict[Hashable, list[Detail]] = {}
    for place, one in enumerate(details):
        tax = (one.tax_code, one.tax_category, one.tax_rate, one.exemption, one.item_code)
        groups.setdefault((group_of(place, one), tax), []).append(one)
    return list(groups.values())


def _line(
    details: Sequence[Detail], above: tuple[str, ...], description: str, currency: str
) -> GroupedLine:
    first = details[0]
    net = sum((one.net for one in details), Decimal(0))
    quantity, unit, price, discount = _priced(details, net, currency)
    return GroupedLine(
        headings=above,
        description=description,
        quantity=quantity,
        unit=unit,
        price=price,
        discount=discount,
        net=net,
        tax_category=first.tax_category,
        tax_rate=first.tax_rate,
        exemption=first.exemption,
        item_code=first.item_code,
        details=tuple(details),
    )


def _priced(
    details: Sequence[Detail], net: Decimal, currency: str
) -> tuple[Decimal, str, Decimal, Decimal]:
    """Return quantity, unit, price and discount that together give the amount of the line."""
    first = details[0]
    quantity = sum((one.quantity for one in details), Decimal(0))
    discount = sum((one.discount for one in details), Decimal(0))
    alike = all((one.unit, one.price) == (first.unit, first.price) for one in details)
    if alike and round_amount(quantity * first.price, currency) - discount == net:
        return quantity, first.unit, first.price, discount
    return Decimal(1), ONE, net, Decimal(0)
