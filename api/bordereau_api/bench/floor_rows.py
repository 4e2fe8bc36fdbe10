"""The rows that the floor writes, from the workload alone: invoices, lines, taxes, allocations."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from bordereau_api.bench.ids import allocation_id, charge_id, customer_id, invoice_id, line_id
from bordereau_api.bench.shop import Shop
from bordereau_api.bench.workload import AS_OF, CURRENCY, PERIOD, PERIOD_END, Bill

Row = tuple[Any, ...]
Made = Sequence[tuple[int, Bill]]  # each with the number of its invoice

INVOICE_COLUMNS = (
    "id", "origin", "state", "batch_id", "administration_id", "customer_id", "issue_date",
    "period_start", "period_end", "currency", "language", "tax_policy", "net", "tax", "total",
    "buyer",
)  # fmt: skip
LINE_COLUMNS = (
    "id", "invoice_id", "position", "name", "quantity", "unit", "unit_price", "net",
    "tax_code_id", "tax_code", "tax_category", "tax_rate", "period_start", "period_end",
)  # fmt: skip
TAX_COLUMNS = ("invoice_id", "category", "rate", "taxable", "tax")
ALLOCATION_COLUMNS = ("id", "charge_id", "invoice_id", "line_id", "amount")


def invoice_rows(
    shop: Shop, made: Made, state: str, batch: UUID | None, owners: int | None
) -> Iterator[Row]:
    """Yield invoices in a state; with `owners` they are those of so many customers, in turns."""
    for number, one in made:
        customer = customer_id(number if owners is None else number % owners + 1)
        yield (
            invoice_id(number), "batch", state, batch, shop.administration_id, customer, AS_OF,
            PERIOD, PERIOD_END, CURRENCY, "fr", "category", one.net, one.tax, one.total, "{}",
        )  # fmt: skip


def line_rows(shop: Shop, made: Made) -> Iterator[Row]:
    """Yield the lines of the invoices."""
    for number, one in made:
        for position, line in enumerate(one.lines, 1):
            part = line.template
            yield (
                line_id(number, position), invoice_id(number), position, part.description,
                line.quantity, part.unit, part.price, line.net, shop.tax_codes[part.rate.code],
                part.rate.code, "S", part.rate.percent, PERIOD, PERIOD_END,
            )  # fmt: skip


def tax_rows(made: Made) -> Iterator[Row]:
    """Yield the taxes of the invoices."""
    for number, one in made:
        for rate, taxable, tax in one.taxes:
            yield invoice_id(number), "S", rate.percent, taxable, tax


def allocation_rows(made: Made) -> Iterator[Row]:
    """Yield what binds the lines of the invoices to their charges."""
    for number, one in made:
        for position, line in enumerate(one.lines, 1):
            yield (
                allocation_id(number, position), charge_id(number, position),
                invoice_id(number), line_id(number, position), line.net,
            )  # fmt: skip
