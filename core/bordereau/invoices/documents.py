"""Invoices as documents of the contract: built from their rows, or read as they were issued."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from bordereau.contract import (
    Document,
    DocumentKind,
    Line,
    LineType,
    Party,
    Payment,
    PaymentSplit,
    Period,
    Preceding,
    TaxSubtotal,
    Totals,
    from_canonical,
)
from bordereau.contract.canonical import read
from bordereau.errors import NotFound
from bordereau.invoices.document_reading import Parts, load_sellers, read_parts
from bordereau.invoices.plumbing import CHUNK, chunked, trim
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession, among
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id
from bordereau.values.money import round_amount

PREFIX = "inv"


def document_of(session: TenantSession, invoice_id: UUID) -> Document:
    """Return an invoice as issued, or as it would be issued now, then without a number.

    Raises:
        NotFound: there is no such invoice.

    """
    for _, document in documents_of(session, [invoice_id]):
        return document
    raise NotFound("invoice", public_id(PREFIX, invoice_id))


def documents_of(
    session: TenantSession, invoice_ids: Iterable[UUID]
) -> Iterator[tuple[UUID, Document]]:
    """Yield the documents of invoices in the order of the ids, reading a thousand at a time."""
    sellers: dict[UUID, Administration] = {}
    for chunk in chunked(invoice_ids, CHUNK):
        issued = select(Invoice.id, Invoice.document).where(
            among(Invoice.id, chunk), Invoice.document.is_not(None)
        )
        stored = {row.id: row.document for row in session.execute(issued)}
        open_ones = read_parts(session, [one for one in chunk if one not in stored])
        sellers = sellers or load_sellers(session)
        for invoice_id in chunk:
            if invoice_id in stored:
                yield invoice_id, from_canonical(stored[invoice_id])
            elif parts := open_ones.get(invoice_id):
                yield invoice_id, build(parts, sellers[parts.header.administration_id], "")


def build(parts: Parts, seller: Administration, number: str) -> Document:
    """Return the document of an invoice."""
    header = parts.header
    currency = header.currency
    total = round_amount(header.total, currency)
    preceding = (
        (Preceding(number=header.original_number, issue_date=header.original_date),)
        if header.original_number
        else ()
    )
    return Document(
        id=public_id(PREFIX, header.id),
        kind=DocumentKind(header.kind),
        number=number,
        issue_date=header.issue_date,
        due_date=header.due_date,
        currency=currency,
        language=header.language,
        tax_policy=header.tax_policy,
        seller=seller.party(),
        buyer=read(Party, header.buyer),
        buyer_reference=header.buyer_reference,
        order_reference=header.order_reference,
        contract_reference=header.contract_code,
        project_reference=header.project_code,
        period=_period(header.period_start, header.period_end),
        preceding=preceding,
        notes=tuple(header.notes),
        payment=_payment(header, seller, number),
        lines=tuple(_line(line, currency) for line in parts.lines),
        taxes=tuple(_tax(tax, currency) for tax in parts.taxes),
        totals=Totals(
            net=round_amount(header.net, currency),
            tax=round_amount(header.tax, currency),
            total=total,
            payable=total,
        ),
    )


def _payment(header: Row[Any], seller: Administration, number: str) -> Payment:
    split = read(PaymentSplit, header.payment_split) if header.payment_split else None
    return Payment(
        terms=seller.payment_terms,
        iban=seller.iban,
        bic=seller.bic,
        account_name=seller.name if seller.iban else "",
        reference=number,
        split=split,
    )


def _line(line: Row[Any], currency: str) -> Line:
    return Line(
        id=str(line.position),
        type=LineType(line.type),
        name=line.name,
        description=line.description,
        headings=tuple(line.headings),
        quantity=trim(line.quantity),
        unit=line.unit,
        unit_price=trim(line.unit_price),
        discount=round_amount(line.discount, currency) if line.discount else Decimal(0),
        net=round_amount(line.net, currency),
        tax_category=line.tax_category,
        tax_rate=trim(line.tax_rate),
        tax_code=line.tax_code,
        period=_period(line.period_start, line.period_end),
        item_code=line.item_code,
        account=line.account,
    )


def _tax(tax: Row[Any], currency: str) -> TaxSubtotal:
    return TaxSubtotal(
        category=tax.category,
        rate=trim(tax.rate),
        taxable=round_amount(tax.taxable, currency),
        tax=round_amount(tax.tax, currency),
        exemption=tax.exemption,
    )


def _period(start: Any, end: Any) -> Period | None:
    return Period(start=start, end=end) if start and end else None
