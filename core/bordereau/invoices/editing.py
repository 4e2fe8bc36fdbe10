"""Changing drafts: everything can be changed until there is a number (rows A43, B21, B29).

Taking an automatic line out puts its charges back on the to-bill list; a price of 0 keeps them
billed at nil. Prices are never looked up again; the server computes every sum.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, select

from bordereau.charges import Charge, release
from bordereau.contract import DocumentKind, LineType
from bordereau.errors import Refused
from bordereau.invoices.amounts import Sums, sums, turned
from bordereau.invoices.crediting import Item, credit_sums, store_items
from bordereau.invoices.credits import check_left, creditable
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.finding import get_invoice, must_allow, must_be_version
from bordereau.invoices.inputs import InvoiceInput, LineInput, read_lines
from bordereau.invoices.payment import split_again
from bordereau.invoices.plumbing import among, ordered_ids
from bordereau.invoices.proposal import NewInvoice, NewLine
from bordereau.invoices.references import References, Tax, load_references
from bordereau.invoices.rules.allowed import InvoiceAction
from bordereau.invoices.shares import shared_out
from bordereau.invoices.stored import load
from bordereau.invoices.storing import store_parts, store_taxes
from bordereau.invoices.surcharges import Base, surcharges
from bordereau.invoices.tables import Allocation, CreditedItem, Invoice, InvoiceLine, InvoiceTax
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.values.ids import public_id
from bordereau.values.tax import TaxCategory

_HEAD = (
    "issue_date", "due_date", "period_start", "period_end", "language", "buyer_reference",
    "order_reference", "layout_id",
)  # fmt: skip


def edit_invoice(
    session: TenantSession, invoice_id: UUID, typed: InvoiceInput, *, version: int, actor: Actor
) -> Invoice:
    """Change a draft; every sum is computed again.

    Args:
        session: the tenant's session.
        invoice_id: the draft.
        typed: what to change; lines, if given, are all lines in their order.
        version: the version that the person has seen.
        actor: who changes it.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such invoice.
        Conflict: STALE_VERSION, or INVOICE_PROPOSED.
        Refused: as `rules.allowed`, for instance INVOICE_NUMBERED or EDITING_OFF; CREDIT_TOO_LARGE
            or REOPEN_NEEDS_WHOLE on a credit note.
        Invalid: as `inputs.read_lines`.

    """
    actor.must(Right.EDIT_INVOICE)
    _lock_original(session, invoice_id)
    invoice = get_invoice(session, invoice_id, lock=True)
    must_be_version(invoice, version)
    must_allow(session, invoice, InvoiceAction.EDIT)
    for name in _HEAD:
        if (value := getattr(typed, name)) is not None:
            setattr(invoice, name, value)
    if typed.buyer is not None:
        invoice.buyer = asdict(typed.buyer)
    if typed.notes is not None:
        invoice.notes = list(typed.notes)
    if typed.lines is not None:
        _replace_lines(session, invoice, typed.lines)
    invoice.version += 1
    session.flush()
    record_audit(session, actor, "invoice.edit", public_id(PREFIX, invoice_id))
    return invoice


def _lock_original(session: TenantSession, invoice_id: UUID) -> None:
    """Hold the invoice that a credit note takes back, so that its notes are changed in turn."""
    original = select(Invoice.original_id).where(Invoice.id == invoice_id).scalar_subquery()
    session.execute(select(Invoice.id).where(Invoice.id == original).with_for_update())


def _replace_lines(session: TenantSession, invoice: Invoice, typed: Sequence[LineInput]) -> None:
    old = load(session, [invoice.id])[invoice.id]
    references = load_references(session)
    known = {line.id: line for line in old.lines if line.id}
    # The copy of a replaced invoice has no charges to compute a surcharge from: it is typed there.
    computed = invoice.origin in {"batch", "project"}
    made = {key for key, line in known.items() if computed and line.type is LineType.SURCHARGE}
    wanted = [one for one in typed if one.id not in made]
    lines = read_lines(wanted, known, references, invoice.currency)
    sign = -1 if old.kind is DocumentKind.CREDIT_NOTE and old.original_id is None else 1
    lines = _with_sources(session, invoice, lines, sign)
    items: list[Item] = []
    if old.original_id is not None:
        items = _credited(session, invoice, lines)
        totals = _credit_totals(session, invoice, old.original_id, lines)
    else:
        if made:
            lines += _surcharges(session, invoice, lines, references, sign)
        found = sums(lines, invoice.tax_policy, invoice.currency)
        kind, lines, totals = turned(lines, found, old.kind)
        invoice.kind = kind.value
        if invoice.payment_split:
            seller = references.administrations[invoice.administration_id]
            invoice.payment_split = split_again(
                invoice.payment_split, lines, seller, invoice.currency
            )
    _store(session, invoice, replace(old, lines=lines, taxes=totals.taxes), totals)
    store_items(session, invoice.id, items)


def _with_sources(
    session: TenantSession, invoice: Invoice, lines: Sequence[NewLine], sign: int
) -> list[NewLine]:
    """Give lines the charges that stood behind them, and free those of lines that are gone."""
    behind: dict[UUID, list[tuple[UUID, Decimal]]] = defaultdict(list)
    rows = session.execute(
        select(Allocation.line_id, Allocation.charge_id, Allocation.amount)
        .where(Allocation.invoice_id == invoice.id)
        .order_by(Allocation.id)
    )
    for row in rows:
        behind[row.line_id].append((row.charge_id, row.amount))
    shared = []
    for line in lines:
        charges = behind.pop(line.id, []) if line.id else []
        amounts = shared_out([one[1] for one in charges], sign * line.net, invoice.currency)
        sources = tuple(zip((one[0] for one in charges), amounts, strict=True))
        shared.append(replace(line, sources=sources))
    gone = [charge_id for charges in behind.values() for charge_id, _ in charges]
    if gone:
        release(session, among(Charge.id, gone))
    return shared


def _surcharges(
    session: TenantSession,
    invoice: Invoice,
    lines: Sequence[NewLine],
    references: References,
    sign: int,
) -> Iterable[NewLine]:
    """Make the surcharge lines anew from what the charges add now."""
    ids = [charge_id for line in lines for charge_id, _ in line.sources]
    query = select(Charge.id, Charge.surcharge_percent).where(among(Charge.id, ids))
    percents = {row.id: row.surcharge_percent for row in session.execute(query)}
    bases = (
        Base(sign * amount, percents[charge_id], _tax_of(line))
        for line in lines
        for charge_id, amount in line.sources
    )
    seller = references.administrations[invoice.administration_id]
    return surcharges(bases, seller, references, invoice.currency)


def _tax_of(line: NewLine) -> Tax:
    category = TaxCategory(line.tax_category)
    return Tax(line.tax_code_id, line.tax_code, category, line.tax_rate, line.exemption)


def _credited(session: TenantSession, invoice: Invoice, lines: Sequence[NewLine]) -> list[Item]:
    """Return the items of a credit note at the amounts that its lines have now."""
    rows: dict[UUID, list[Item]] = defaultdict(list)
    query = select(
        CreditedItem.line_id,
        CreditedItem.allocation_id,
        CreditedItem.amount,
        CreditedItem.reopen,
    ).where(CreditedItem.invoice_id == invoice.id)
    for row in session.execute(query):
        rows[row.line_id].append(Item._make(row))
    items = []
    for line in lines:
        mine = rows.get(line.id, []) if line.id else []
        shares = shared_out([one.amount for one in mine], line.net, invoice.currency)
        for one, share in zip(mine, shares, strict=True):
            if one.reopen and share != one.amount:
                raise Refused(
                    "REOPEN_NEEDS_WHOLE",
                    "A charge that becomes billable again is credited as a whole.",
                    hint="Leave the amount, or draft the credit note again without reopening.",
                )
            items.append(one._replace(amount=share))
    return [one for one in items if one.amount]


def _credit_totals(
    session: TenantSession, invoice: Invoice, original_id: UUID, lines: Sequence[NewLine]
) -> Sums:
    found = creditable(session, original_id, without=invoice.id)
    totals = credit_sums(lines, found)
    check_left(found, lines, totals)
    return totals


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
