"""What tests of credit notes share: to credit an invoice, and to look at its items and charges."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.fixtures.shop import Shop

from bordereau.charges import Charge
from bordereau.invoices import CreditWish, Pick, credit_invoice, creditable, issue
from bordereau.invoices.tables import Allocation, Invoice


def credit(shop: Shop, invoice: Invoice, **wish: Any) -> Invoice:
    return credit_invoice(shop.session, invoice.id, CreditWish(**wish), actor=shop.clerk)


def items(shop: Shop, invoice: Invoice) -> dict[Decimal, UUID]:
    rows = shop.session.execute(
        select(Allocation.amount, Allocation.id).where(Allocation.invoice_id == invoice.id)
    )
    return {row.amount: row.id for row in rows}


def states(shop: Shop) -> list[str]:
    found = shop.session.scalars(
        select(Charge).order_by(Charge.net), execution_options={"populate_existing": True}
    )
    return [one.state for one in found]


def give_back(shop: Shop, invoice: Invoice, **wish: Any) -> Invoice:
    """Credit, and give the credit note its number."""
    note = credit(shop, invoice, **wish)
    issue(shop.session, [note.id])
    return note


def pick(shop: Shop, charge: Charge, amount: str | None = None, *, reopen: bool = False) -> Pick:
    """Choose what stands on an invoice for a charge."""
    query = select(Allocation.id).where(Allocation.charge_id == charge.id, Allocation.live)
    part = None if amount is None else Decimal(amount)
    return Pick(shop.session.scalars(query).one(), part, reopen)


def billed(shop: Shop, *nets: str, **options: Any) -> tuple[Invoice, list[Charge]]:
    """Issue an invoice of charges at these amounts, 20 % tax."""
    contract = shop.contract()
    charges = [shop.charge(contract, net) for net in nets]
    (invoice,) = shop.issue(**options)
    return invoice, charges


def left(shop: Shop, invoice: Invoice) -> tuple[Decimal, Decimal]:
    """Return what of an invoice can still be credited, before and after tax."""
    found = creditable(shop.session, invoice.id)
    return found.net, found.total
