"""The way from a source to what the product makes of it, without storing anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from tests.fixtures.books import Books
from tests.oracle.reckoning import DECIMALS, UNTAXED, Item, Reckoned, Subtotal, reckon
from tests.oracle.sources import TAXES, Source

from bordereau.charges.placing import bill_minutes, price_item
from bordereau.contract import LineType
from bordereau.invoices.composing.billables import Billable
from bordereau.invoices.composing.compose import compose
from bordereau.invoices.composing.plan import Plan
from bordereau.invoices.composing.proposal import NewInvoice
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.grouping import LineLevel
from bordereau.store import TenantSession

DAY = date(2026, 10, 15)


@dataclass
class Seller:
    """One administration per tax policy, the tax codes, and one customer, in real books."""

    books: Books
    administrations: dict[str, UUID] = field(init=False)
    tax_codes: dict[str, UUID] = field(init=False)
    customer: UUID = field(init=False)

    def __post_init__(self) -> None:
        surcharge = self.books.work_type(name="Surcharge")
        self.administrations = {
            policy: self.books.administration(
                tax_policy=policy, surcharge_work_type_id=surcharge.id
            ).id
            for policy in ("category", "line")
        }
        self.tax_codes = {
            tax.code: self.books.tax_code(tax.rate, code=tax.code, category=tax.category).id
            for tax in TAXES
        }
        self.customer = self.books.customer().id

    @property
    def session(self) -> TenantSession:
        """The tenant's session."""
        return self.books.session

    def invoices(self, sources: Iterable[Source]) -> Iterator[tuple[Source, Any, NewInvoice]]:
        """Compose each source into its invoice; beside it the key of each charge."""
        ordered = sorted(sources, key=_plan_key)
        for _, same in groupby(ordered, key=_plan_key):
            some = list(same)
            billables = [self.billables(source) for source in some]
            charges = (charge for one in billables for charge, _ in one)
            made = compose(self.session, charges, _plan(some[0]))
            for source, one, invoice in zip(some, billables, made, strict=True):
                yield source, {charge.charge_id: key for charge, key in one}, invoice

    def billables(self, source: Source) -> list[tuple[Billable, str]]:
        """Return the charges of a source, priced as recording prices them, with their keys."""
        bucket, ids = uuid4(), dict[str, UUID]()
        return [
            (self._billable(source, item, bucket, ids), item.key)
            for item in sorted(source.items, key=lambda one: one.owner)
        ]

    def _billable(self, source: Source, item: Item, bucket: UUID, ids: dict[str, UUID]) -> Billable:
        return Billable(
            charge_id=uuid4(),
            administration_id=self.administrations[source.policy],
            currency=source.currency,
            customer_id=self.customer,
            bucket=bucket,
            contract_id=ids.setdefault(item.owner, uuid4()),
            project_id=None,
            ticket_id=ids.setdefault(item.ticket, uuid4()) if item.ticket else None,
            owner_code=item.owner,
            owner_name=f"Contract {item.owner}",
            order_reference="",
            ticket_code=item.ticket,
            ticket_title=item.ticket,
            kind="product" if item.minutes is None else "time",
            description=item.key,
            worked_on=DAY,
            period_start=None,
            period_end=None,
            unit="C62" if item.minutes is None else "HUR",
            surcharge_percent=Decimal(item.surcharge) if item.surcharge else None,
            tax_code_id=self.tax_codes.get(item.tax.code),
            taxed=item.tax != UNTAXED,
            work_type_id=None,
            wage_percent=None,
            layout_id=None,
            **priced(item, source.currency),
        )


def priced(item: Item, currency: str) -> dict[str, Decimal]:
    """Return quantity, price, discount and net as the product records them."""
    price = Decimal(item.price)
    if item.minutes is None:
        return price_item(Decimal(item.quantity), price, Decimal(item.discount), currency)
    billed = bill_minutes(item.minutes, price, currency)
    return {
        "quantity": billed["quantity"],
        "unit_price": price,
        "discount_percent": Decimal(0),
        "net": billed["net"],
    }


def units(amount: Decimal, currency: str) -> int:
    """Return an amount in minor units; finer than that is an error."""
    exact = Fraction(amount) * 10 ** DECIMALS[currency]
    assert exact.denominator == 1, f"{amount} {currency} is finer than the minor unit"
    return int(exact.numerator)


def expected(source: Source) -> Reckoned:
    """Reckon a source independently."""
    return reckon(
        source.items,
        currency=source.currency,
        policy=source.policy,
        level=source.level,
        surcharged=source.surcharged,
    )


def found(source: Source, keys: dict[UUID, str], invoice: NewInvoice) -> Reckoned:
    """Write what the product composed in the terms of the oracle."""
    currency = source.currency
    ordinary = [line for line in invoice.lines if line.type is not LineType.SURCHARGE]
    return Reckoned(
        credit_note=invoice.kind.value == "381",
        items={
            keys[one.charge_id]: units(one.amount, currency)
            for line in ordinary
            for one in line.sources
        },
        lines={
            frozenset(keys[one.charge_id] for one in line.sources): units(line.net, currency)
            for line in ordinary
        },
        surcharges={
            line.tax_code: units(line.net, currency)
            for line in invoice.lines
            if line.type is LineType.SURCHARGE
        },
        subtotals={
            (tax.category, Fraction(tax.rate)): Subtotal(
                units(tax.taxable, currency), units(tax.tax, currency)
            )
            for tax in invoice.taxes
        },
        net=units(invoice.net, currency),
        tax=units(invoice.tax, currency),
        total=units(invoice.total, currency),
    )


def _plan_key(source: Source) -> tuple[str, bool]:
    return source.level, source.surcharged


def _plan(source: Source) -> Plan:
    compressed = source.level == "compressed"
    return Plan(
        origin="project",
        invoice_date=DAY,
        collect=Collect.CONTRACT,
        level=LineLevel.ENTRY if compressed else LineLevel(source.level),
        compress=compressed,
        surcharge=source.surcharged,
    )
