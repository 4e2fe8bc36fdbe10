"""What tests of typed invoices share: lines as people type them, written or changed."""

from decimal import Decimal
from typing import Any

from tests.fixtures.shop import Shop

from bordereau.invoices import InvoiceInput, LineInput, edit_invoice, write_invoice
from bordereau.invoices.tables import Invoice, InvoiceLine


def typed(shop: Shop, **values: Any) -> LineInput:
    usual: dict[str, Any] = {
        "name": "Advice",
        "unit_price": Decimal(100),
        "tax_code_id": shop.tax.id,
    }
    return LineInput(**(usual | values))


def write(shop: Shop, *lines: LineInput, **values: Any) -> Invoice:
    return write_invoice(
        shop.session,
        values.pop("customer", None) or shop.customer().id,
        InvoiceInput(lines=lines or [typed(shop)], **values),
        actor=shop.clerk,
    )


def edit(shop: Shop, invoice: Invoice, **values: Any) -> Invoice:
    return edit_invoice(
        shop.session,
        invoice.id,
        InvoiceInput(**values),
        version=invoice.version,
        actor=shop.clerk,
    )


def as_typed(shop: Shop, invoice: Invoice) -> list[LineInput]:
    return [
        LineInput(
            id=line.id,
            name=line.name,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            discount=line.discount,
            tax_code_id=line.tax_code_id,
            item_code=line.item_code,
        )
        for line in shop.lines(invoice)
    ]


def kept(line: InvoiceLine, **values: Any) -> LineInput:
    """Return a line as it is, but for these values."""
    names = ("id", "name", "quantity", "unit_price", "discount", "tax_code_id", "item_code")
    return LineInput(**({name: getattr(line, name) for name in names} | values))
