"""Invoices as documents of the contract: built from their rows, or read as they were issued."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import aliased

from bordereau.catalog.tables import Contract, Project
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
from bordereau.invoices.plumbing import CHUNK, among, chunked, trim
from bordereau.invoices.tables import Invoice, InvoiceLine, InvoiceTax
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id
from bordereau.values.money import round_amount

PREFIX = "inv"


class Parts(NamedTuple):
    """The rows that make one document."""

    header: Row[Any]
    lines: Sequence[Row[Any]]
    taxes: Sequence[Row[Any]]


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


def load_sellers(session: TenantSession) -> dict[UUID, Administration]:
    """Read the administrations; a tenant has a few."""
    return {one.id: one for one in session.scalars(select(Administration))}


def read_parts(session: TenantSession, invoice_ids: Collection[UUID]) -> dict[UUID, Parts]:
    """Read the rows of some invoices in three statements, however many they are."""
    if not invoice_ids:
        return {}
    lines: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for line in session.execute(_lines(invoice_ids)):
        lines[line.invoice_id].append(line)
    taxes: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for tax in session.execute(_taxes(invoice_ids)):
        taxes[tax.invoice_id].append(tax)
    headers = session.execute(_headers(invoice_ids))
    return {row.id: Parts(row, lines[row.id], taxes[row.id]) for row in headers}


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


def _headers(invoice_ids: Collection[UUID]) -> Any:
    original = aliased(Invoice)
    return (
        select(
            *(column for column in Invoice.__table__.c if column.name != "document"),
            func.coalesce(Contract.code, "").label("contract_code"),
            func.coalesce(Project.code, "").label("project_code"),
            original.number.label("original_number"),
            original.issue_date.label("original_date"),
        )
        .select_from(Invoice)
        .outerjoin(Contract, _linked(Contract, Invoice.contract_id))
        .outerjoin(Project, _linked(Project, Invoice.project_id))
        .outerjoin(original, _linked(original, Invoice.original_id))
        .where(among(Invoice.id, invoice_ids))
    )


def _lines(invoice_ids: Collection[UUID]) -> Any:
    return (
        select(*InvoiceLine.__table__.c)
        .where(among(InvoiceLine.invoice_id, invoice_ids))
        .order_by(InvoiceLine.invoice_id, InvoiceLine.position)
    )


def _taxes(invoice_ids: Collection[UUID]) -> Any:
    return (
        select(*InvoiceTax.__table__.c)
        .where(among(InvoiceTax.invoice_id, invoice_ids))
        .order_by(InvoiceTax.invoice_id, InvoiceTax.category, InvoiceTax.rate)
    )


def _linked(target: Any, column: Any) -> Any:
    return and_(target.tenant_id == Invoice.tenant_id, target.id == column)
