"""Revenue distribution: the revenue of a posted line over months, through suspense (row B64).

Spreading takes the net amount of a line to the suspense account at once. Each month's part comes
back when `book_revenue` reaches its entry date. What is booked is never changed: a part that is
edited afterwards gets an adjustment in its own, still open, period.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, any_, exists, select

from bordereau.errors import Conflict, Invalid, NotFound
from bordereau.invoices.documents import PREFIX
from bordereau.invoices.rules.distribution import Part, distribution, edited
from bordereau.invoices.tables import Invoice, InvoiceLine
from bordereau.ledger.reading import lock_invoices
from bordereau.ledger.rules.entries import Entry, named, set_aside, sign_of
from bordereau.ledger.rules.periods import first_open_day, is_open, months, must_be_open
from bordereau.ledger.rules.sides import CreditBooking, ItemKind
from bordereau.ledger.tables import LedgerEntry, LedgerItem, RevenuePart, RevenueSpread
from bordereau.ledger.writing import hold_open, write_entries
from bordereau.store import TenantSession, copy_rows
from bordereau.tenancy import Actor, Right, record_audit
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import public_id, uuid7
from bordereau.values.money import round_amount, smallest_amount

LINE_PREFIX = "lin"


def spread(
    session: TenantSession,
    line_id: UUID,
    *,
    first: date,
    last: date,
    actor: Actor,
    unit: Decimal | None = None,
    amounts: Mapping[date, Decimal] | None = None,
) -> RevenueSpread:
    """Spread the net amount of an invoice line over months, in equal parts.

    Parts are rounded down to the unit; the last one takes the rest. Those of a credit note are
    negative.

    Args:
        session: the tenant's session.
        line_id: a line of a posted invoice.
        first: any day of the first month.
        last: any day of the last month.
        actor: who spreads.
        unit: what parts are rounded to; by default the smallest amount of the currency.
        amounts: parts that shall differ, by the first day of their month.

    Raises:
        Forbidden: RIGHT_MISSING.
        NotFound: there is no such line.
        Conflict: INVOICE_NOT_POSTED, ALREADY_SPREAD.
        Refused: PERIOD_CLOSED, ACCOUNT_MISSING.
        Invalid: NO_PERIODS, TOO_MANY_PERIODS, ROUNDING_UNIT, UNKNOWN_PERIOD, DISTRIBUTION_SUM,
            AMOUNT_NOT_ROUND.

    """
    actor.must(Right.POST)
    line = _posted_line(session, line_id)
    seller = hold_open(session, [line.administration_id])[line.administration_id]
    net = sign_of(line.kind) * round_amount(line.net, line.currency)
    start, count = months(first, last)
    parts = distribution(net, start, count, _unit(unit, line.currency))
    if amounts:
        parts = edited(parts, checked_amounts(amounts, line.currency))
    must_be_open(start, seller.closed_until)
    made = RevenueSpread(
        id=uuid7(),
        administration_id=seller.id,
        invoice_id=line.invoice_id,
        line_id=line_id,
        account=line.account,
        suspense_account=named(seller.suspense_account, ItemKind.SUSPENSE),
        currency=line.currency,
        net=net,
        unit=_unit(unit, line.currency),
        created_by=actor.name,
    )
    session.add(made)
    session.flush()
    _write_parts(session, made, parts)
    write_entries(session, [_aside(made, line, seller)], actor.name)
    details = {"line": public_id(LINE_PREFIX, line_id), "months": count, "first": str(start)}
    record_audit(session, actor, "revenue.spread", public_id(PREFIX, line.invoice_id), details)
    return made


def checked_amounts(amounts: Mapping[date, Decimal], currency: str) -> dict[date, Decimal]:
    """Return amounts that the currency has coins for.

    Raises:
        Invalid: AMOUNT_NOT_ROUND.

    """
    for period, amount in amounts.items():
        if amount != round_amount(amount, currency):
            raise Invalid(
                "AMOUNT_NOT_ROUND",
                f"{amount} for {period} has more decimals than {currency} has.",
                where="amounts",
            )
    return dict(amounts)


def _unit(unit: Decimal | None, currency: str) -> Decimal:
    smallest = smallest_amount(currency)
    if unit is None:
        return smallest
    if unit > 0 and unit % smallest:
        raise Invalid("ROUNDING_UNIT", f"The unit is a multiple of {smallest}.", where="unit")
    return unit


def _posted_line(session: TenantSession, line_id: UUID) -> Row[Any]:
    """Read a line with the account on which it was posted."""
    invoice_id = session.scalar(select(InvoiceLine.invoice_id).where(InvoiceLine.id == line_id))
    if invoice_id is None:
        raise NotFound("invoice line", public_id(LINE_PREFIX, line_id))
    lock_invoices(session, [invoice_id])
    query: Any = (
        select(
            InvoiceLine.invoice_id,
            InvoiceLine.net,
            Invoice.kind,
            Invoice.number,
            Invoice.currency,
            Invoice.issue_date,
            Invoice.administration_id,
            LedgerItem.account,
            LedgerEntry.entry_date,
            exists(select(RevenueSpread.id).where(RevenueSpread.line_id == line_id)).label(
                "spread"
            ),
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(LedgerEntry, LedgerEntry.invoice_id == Invoice.id)
        .join(LedgerItem, LedgerItem.entry_id == LedgerEntry.id)
        .where(
            InvoiceLine.id == line_id,
            LedgerEntry.kind == "invoice",
            InvoiceLine.id == any_(LedgerItem.line_ids),
        )
    )
    line = session.execute(query).one_or_none()
    if line is None:
        raise Conflict(
            "INVOICE_NOT_POSTED",
            "The invoice has no entry with revenue of this line.",
            hint="Post the invoice first; a line of 0 has no revenue.",
        )
    if line.spread:
        raise Conflict(
            "ALREADY_SPREAD",
            "The revenue of this line is spread already.",
            hint="Change the amounts of its parts.",
        )
    return line


def _aside(made: RevenueSpread, line: Row[Any], seller: Administration) -> Entry:
    """Take the revenue out of the invoice's period, or the first open one if that is closed."""
    day = line.entry_date
    if seller.closed_until is not None and not is_open(day, seller.closed_until):
        day = first_open_day(seller.closed_until)
    return Entry(
        kind="suspense",
        administration_id=seller.id,
        invoice_id=made.invoice_id,
        spread_id=made.id,
        entry_date=day,
        document_date=line.issue_date,
        currency=made.currency,
        items=set_aside(
            made.net,
            made.account,
            made.suspense_account,
            made.line_id,
            CreditBooking(seller.credit_booking),
        ),
    )


def _write_parts(session: TenantSession, made: RevenueSpread, parts: tuple[Part, ...]) -> None:
    """Write all parts in one statement, after which the database checks their sum."""
    columns = ("id", "spread_id", "period", "amount", "entry_date")
    rows = ((uuid7(), made.id, part.period, part.amount, part.period) for part in parts)
    copy_rows(session, RevenuePart, columns, rows)
