"""Putting the workload into an account: the part that no benchmark counts."""

from collections.abc import Iterator
from typing import Any

from bordereau.catalog.tables import Contract, Customer, Ticket
from bordereau.charges.tables import Charge
from bordereau.store import Database, copy_rows
from bordereau_api.bench.ids import charge_id, contract_id, customer_id, ticket_id
from bordereau_api.bench.shop import Shop
from bordereau_api.bench.workload import (
    CURRENCY,
    FEE,
    PERIOD,
    PERIOD_END,
    RECORDED,
    STANDARD,
    Template,
    extra,
)

CHUNK = 1_000


MINUTES = 60


def fill(database: Database, shop: Shop, amount: int) -> None:
    """Write what `amount` invoices are made of, but for the fees, which rating computes."""
    fill_owners(database, shop, amount)
    for numbers in chunks(amount):
        with database.tenant(shop.tenant_id) as session:
            rows = (
                charge_row(shop, number, position, template)
                for number in numbers
                for position, template in enumerate(RECORDED, 2)
            )
            copy_rows(session, Charge, CHARGE_COLUMNS, rows)


def fill_owners(database: Database, shop: Shop, amount: int) -> None:
    """Write customers, each with a contract and a resolved ticket."""
    for numbers in chunks(amount):
        with database.tenant(shop.tenant_id) as session:
            copy_rows(session, Customer, _CUSTOMERS, map(_customer, numbers))
            contracts = (_contract(number, shop) for number in numbers)
            copy_rows(session, Contract, _CONTRACTS, contracts)
            copy_rows(session, Ticket, _TICKETS, map(_ticket, numbers))


def chunks(amount: int, size: int = CHUNK) -> Iterator[range]:
    """Yield the numbers from 1 to `amount`, so many at a time."""
    for first in range(1, amount + 1, size):
        yield range(first, min(first + size, amount + 1))


def charge_row(
    shop: Shop,
    number: int,
    position: int,
    template: Template,
    *,
    owner: int | None = None,
    state: str = "closed",
) -> tuple[Any, ...]:
    """Return a charge in the order of `CHARGE_COLUMNS`.

    Args:
        shop: the account.
        number: of the invoice; it decides the quantity.
        position: of the line; 1 is the fee.
        template: the line.
        owner: the number of the customer, if it is not that of the invoice.
        state: of the charge.

    """
    owner = number if owner is None else owner
    quantity = template.base + extra(number)
    timed = template.kind == "time"
    return (
        charge_id(number, position),
        template.kind,
        f"bench:{number}:{position}",
        shop.administration_id,
        customer_id(owner),
        contract_id(owner),
        ticket_id(owner) if timed else None,
        shop.tax_codes[template.rate.code],
        PERIOD,
        PERIOD,
        PERIOD_END,
        template.description,
        template.unit,
        quantity,
        int(quantity * MINUTES) if timed else None,
        template.price,
        quantity * template.price,  # whole cents for every quantity of the workload
        CURRENCY,
        state,
        PERIOD_END,
    )


CHARGE_COLUMNS = (
    "id", "kind", "source_key", "administration_id", "customer_id", "contract_id", "ticket_id",
    "tax_code_id", "worked_on", "period_start", "period_end", "description", "unit", "quantity",
    "minutes", "unit_price", "net", "currency", "state", "ready_on",
)  # fmt: skip


_CUSTOMERS = (
    "id", "code", "name", "street", "postcode", "city", "country", "email", "language",
)  # fmt: skip


_CONTRACTS = (
    "id", "code", "name", "customer_id", "administration_id", "type", "start", "end",
    "billing_period", "tax_code_id", "terms",
)  # fmt: skip


_TICKETS = ("id", "code", "title", "customer_id", "contract_id", "status")


def _customer(number: int) -> tuple[Any, ...]:
    return (
        customer_id(number),
        f"C{number:07d}",
        f"Client {number:07d} SARL",
        f"{number % 200 + 1} avenue du Test",
        f"{10_000 + number % 80_000:05d}",
        "Lyon",
        "FR",
        f"client{number}@exemple.example",
        "fr",
    )


def _contract(number: int, shop: Shop) -> tuple[Any, ...]:
    return (
        contract_id(number),
        f"K{number:07d}",
        f"Contrat {number:07d}",
        customer_id(number),
        shop.administration_id,
        "RetainerFlatFee",
        PERIOD,
        PERIOD.replace(year=PERIOD.year + 3),
        "Monthly",
        shop.tax_codes[STANDARD.code],
        {"quantity": str(FEE.base + extra(number)), "rate": str(FEE.price)},
    )


def _ticket(number: int) -> tuple[Any, ...]:
    return (
        ticket_id(number),
        f"T{number:07d}",
        f"Ticket {number:07d}",
        customer_id(number),
        contract_id(number),
        "Resolved",
    )
