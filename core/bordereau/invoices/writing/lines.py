"""The lines of a draft written anew (rows A43, B19, B29).

Taking an automatic line out puts its charges back on the to-bill list; a price of 0 keeps them
billed at nil.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete

from bordereau.contract import DocumentKind, LineType
from bordereau.errors import Refused
from bordereau.invoices.composing.amounts import Sums, sums, turned
from bordereau.invoices.composing.payment import split_again
from bordereau.invoices.composing.proposal import NewInvoice, NewLine
from bordereau.invoices.composing.references import References, Tax, load_references
from bordereau.invoices.composing.surcharges import Base, surcharges
from bordereau.invoices.credits.items import credited_items
from bordereau.invoices.credits.left import check_left, creditable, credited_by_item
from bordereau.invoices.credits.notes import credit_sums, store_items
from bordereau.invoices.credits.surcharges import with_shares
from bordereau.invoices.plumbing import ordered_ids
from bordereau.invoices.stored import load
from bordereau.invoices.storing import store_parts, store_taxes
from bordereau.invoices.tables import Invoice, InvoiceLine, InvoiceTax
from bordereau.invoices.writing.inputs import LineInput, read_lines
from bordereau.invoices.writing.sources import with_sources
from bordereau.store import TenantSession
from bordereau.values.tax import TaxCategory


def replace_lines(session: TenantSession, invoice: Invoice, typed: Sequence[LineInput]) -> None:
    """Write the lines of a draft anew, with its sums, taxes, surcharges and payment split.

    Raises:
        Refused: SURCHARGE_COMPUTED, or as `payment.split_again`; on a credit note
            CREDIT_LINE_TYPED, CREDIT_LINE_TAX, CREDIT_TOO_LARGE or REOPEN_NEEDS_WHOLE.
        Invalid: as `inputs.read_lines`.

    """
    old = load(session, [invoice.id])[invoice.id]
    if old.original_id is not None:
        _credit_lines(session, invoice, old, typed)
    else:
        _invoice_lines(session, invoice, old, typed)


def _credit_lines(
    session: TenantSession, invoice: Invoice, old: NewInvoice, typed: Sequence[LineInput]
) -> None:
    known = {line.id: line for line in old.lines if line.id}
    _refuse_strange(typed, known)
    lines = read_lines(typed, known, load_references(session), invoice.currency)
    found = creditable(session, old.original_id or invoice.id, without=invoice.id)
    items = credited_items(session, invoice.id, lines, found)
    before = credited_by_item(session, [invoice.id]) | _by_line(old.lines)
    now = {one.allocation_id: one.amount for one in items} | _by_line(lines)
    lines = with_shares(found, lines, before, now)
    totals = credit_sums(lines, found)
    check_left(found, lines, totals)
    _store(session, invoice, replace(old, lines=lines, taxes=totals.taxes), totals)
    store_items(session, invoice.id, items)


def _by_line(lines: Iterable[NewLine]) -> dict[UUID, Decimal]:
    """Return what lines of a credit note take back, by the line that they credit."""
    return {line.credits_line_id: line.net for line in lines if line.credits_line_id}


def _refuse_strange(typed: Iterable[LineInput], known: Mapping[UUID, NewLine]) -> None:
    """Refuse a line of a credit note that takes back nothing, or another tax than was charged.

    Otherwise an amount or a tax would be left of the invoice that no credit note can take back.

    Raises:
        Refused: CREDIT_LINE_TYPED or CREDIT_LINE_TAX.

    """
    for one in typed:
        line = known.get(one.id) if one.id else None
        if one.id is None or (line is not None and line.credits_line_id is None):
            raise Refused(
                "CREDIT_LINE_TYPED",
                f"{one.name!r} takes back no line of the invoice that is credited.",
                hint="Lower the lines of the credit note, or write what is added on an invoice.",
            )
        if line is not None and line.tax_code_id != one.tax_code_id:
            raise Refused(
                "CREDIT_LINE_TAX",
                f"{one.name!r} gives back the tax that was charged and no other.",
                hint="Leave the tax code; credit the line and write a new one for another tax.",
            )


def _invoice_lines(
    session: TenantSession, invoice: Invoice, old: NewInvoice, typed: Sequence[LineInput]
) -> None:
    references = load_references(session)
    known = {line.id: line for line in old.lines if line.id}
    # The copy of a replaced invoice has no charges to compute a surcharge from: it is typed there.
    computed = invoice.origin in {"batch", "project"}
    made = {
        key: line for key, line in known.items() if computed and line.type is LineType.SURCHARGE
    }
    wanted = [one for one in typed if one.id not in made]
    _refuse_changed([one for one in typed if one.id in made], known)
    lines = read_lines(wanted, known, references, invoice.currency)
    sign = -1 if old.kind is DocumentKind.CREDIT_NOTE else 1
    lines = with_sources(session, invoice, lines, sign)
    seller = references.administrations[invoice.administration_id]
    if made:
        ids = {_tax_of(line): key for key, line in made.items()}
        again = _surcharges(invoice, lines, references, sign)
        lines += (replace(line, id=ids.get(_tax_of(line))) for line in again)
    added = sums(lines, invoice.tax_policy, invoice.currency)
    kind, lines, totals = turned(lines, added, old.kind)
    invoice.kind = kind.value
    if invoice.payment_split:
        invoice.payment_split = split_again(
            session,
            invoice.payment_split,
            lines,
            kind,
            seller,
            invoice.currency,
            invoice.buyer["name"],
        )
    _store(session, invoice, replace(old, lines=lines, taxes=totals.taxes), totals)


def _refuse_changed(typed: Iterable[LineInput], known: Mapping[UUID, NewLine]) -> None:
    """Refuse another amount for a line that is computed from the others.

    Raises:
        Refused: SURCHARGE_COMPUTED.

    """
    for one in typed:
        line = known[one.id] if one.id else None
        if line and (one.quantity, one.unit_price, one.discount) != (
            line.quantity,
            line.unit_price,
            line.discount,
        ):
            raise Refused(
                "SURCHARGE_COMPUTED",
                f"The surcharge {line.name} follows from the lines that it is computed from.",
                hint="Change those lines, or take it back with a credit note.",
            )


def _surcharges(
    invoice: Invoice, lines: Sequence[NewLine], references: References, sign: int
) -> Iterable[NewLine]:
    """Make the surcharge lines anew from what the charges add now."""
    bases = (
        Base(sign * one.amount, one.surcharge_percent, _tax_of(line))
        for line in lines
        for one in line.sources
    )
    seller = references.administrations[invoice.administration_id]
    return surcharges(bases, seller, references, invoice.currency)


def _tax_of(line: NewLine) -> Tax:
    category = TaxCategory(line.tax_category)
    return Tax(line.tax_code_id, line.tax_code, category, line.tax_rate, line.exemption)


def _store(session: TenantSession, invoice: Invoice, made: NewInvoice, totals: Sums) -> None:
    """Write lines and taxes anew; lines keep their ids."""
    for part in (InvoiceLine, InvoiceTax):
        session.execute(
            delete(part).where(part.invoice_id == invoice.id),
            execution_options={"synchronize_session": "fetch"},
        )
    invoice.net, invoice.tax, invoice.total = totals.net, totals.tax, totals.total
    store_parts(session, [(invoice.id, made.lines)], ordered_ids())
    store_taxes(session, [made])
