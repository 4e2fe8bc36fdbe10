"""Surcharge lines of automatic project invoices, as lines to be stored (rows B51 to B55)."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from bordereau.invoices.composing.amounts import positive
from bordereau.invoices.composing.proposal import NewLine
from bordereau.invoices.composing.references import References, Tax
from bordereau.invoices.rules.surcharge import SurchargeBase, surcharge_lines
from bordereau.tenancy.tables import Administration


class Base(NamedTuple):
    """A charge as the surcharge sees it: its amount on the invoice, its percentage, its tax."""

    net: Decimal
    percent: Decimal | None
    tax: Tax


def surcharges(
    bases: Iterable[Base], seller: Administration, references: References, currency: str
) -> Iterator[NewLine]:
    """Yield one line of type 5 per VAT rate group; none without a surcharge work type."""
    if seller.surcharge_work_type_id is None:
        return
    work = references.works[seller.surcharge_work_type_id]
    charged = [one for one in bases if one.percent]
    taxes = {one.tax.code: one.tax for one in charged}
    details = (
        SurchargeBase(net=one.net, percent=one.percent, tax_group=one.tax.code) for one in charged
    )
    for made in surcharge_lines(details, work.code, currency):
        tax = taxes[made.tax_group]
        quantity, price, discount = positive(Decimal(1), made.amount, Decimal(0))
        yield NewLine(
            type=made.line_type,
            name=work.name,
            quantity=quantity,
            unit=work.unit,
            unit_price=price,
            discount=discount,
            net=made.amount,
            **tax.on_line(),
            item_code=work.code,
            account=work.account,
        )
