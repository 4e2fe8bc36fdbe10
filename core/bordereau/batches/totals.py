"""Live totals of a batch (rows A13 to A19): what the present selection would make, per currency.

Two statements, however large the batch is. They follow the rules of composing (same collection,
same lines, same rounding), and a test holds the two together.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any

from babel.numbers import list_currencies
from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    null,
    select,
    union_all,
    values,
)

from bordereau.batches.selection import owner_column, selected, with_choices
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import TaxCode
from bordereau.charges.tables import Charge
from bordereau.contract import LineType
from bordereau.invoices.billables import (
    bucket,
    instalment_id,
    joined,
    tax_code_id,
    taxed,
)
from bordereau.invoices.references import UNTAXED
from bordereau.invoices.rules.collection import Collect
from bordereau.invoices.rules.grouping import LineLevel
from bordereau.invoices.tables import Allocation, Invoice, InvoiceLine
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau.values.money import minor_unit

_NOTHING = SimpleNamespace(charges=0, tickets=0, minutes=0)
_INVOICE = ("administration_id", "customer_id", "currency", "bucket")
Rows = Select[*tuple[Any, ...]]
_USUAL = 2  # decimals of most currencies


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """The totals of one currency.

    Attributes:
        invoices: how many would be created (A13).
        billable: before tax, with surcharges (A16).
        surcharge: the part of it that surcharge lines make.
        tax: the sum of the taxes of the invoices (A17).
        total: billable amount and tax (A19).

    """

    currency: str
    invoices: int
    billable: Decimal
    surcharge: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The details of a batch.

    Attributes:
        tickets: distinct tickets with something in the batch that is not yet billed (A14).
        minutes: exact minutes worked, before any rounding (A15).
        charges: how many are selected.

    """

    charges: int
    tickets: int
    minutes: int
    currencies: tuple[CurrencyTotals, ...]

    @property
    def invoices(self) -> int:
        """How many invoices would be created, in all currencies."""
        return sum(one.invoices for one in self.currencies)


def totals(session: TenantSession, batch: Batch) -> Totals:
    """Return the totals of what is selected now, or of the invoices once the batch is run."""
    if batch.state == "selecting":
        per_line = select(Administration.id).where(Administration.tax_policy == "line").limit(1)
        by_line = session.scalar(per_line) is not None
        rows = session.execute(_amounts(batch, by_line=by_line)).all()
        counts = rows[0] if rows else _NOTHING
    else:
        rows = session.execute(_amounts_of_invoices(batch)).all()
        counts = session.execute(_counts_of_invoices(batch)).one()
    return Totals(
        charges=int(counts.charges),
        tickets=counts.tickets,
        minutes=int(counts.minutes),
        currencies=tuple(_of_currency(row) for row in rows),
    )


def _of_currency(row: Any) -> CurrencyTotals:
    unit = Decimal(1).scaleb(-minor_unit(row.currency))
    net, surcharge, tax = (one.quantize(unit) for one in (row.net, row.surcharge, row.tax))
    return CurrencyTotals(row.currency, row.invoices, net, surcharge, tax, net + tax)


def _picked(batch: Batch, *, by_line: bool) -> CTE:
    """Add up the selected charges that share an owner, a work type and a tax code.

    That leaves a fraction of the rows for the joins that follow; `by_line` keeps lines apart.
    """
    keys = [
        Charge.administration_id,
        Charge.customer_id,
        Charge.currency,
        owner_column(batch).label("owner_id"),
        Charge.work_type_id,
        Charge.tax_code_id,
        Charge.ticket_id,
    ]
    keys += [instalment_id().label("alone")] if batch.source == "projects" else []
    keys += [_line_key(batch).label("line_key")] if by_line else []
    query = select(
        *keys,
        func.count().label("charges"),
        func.sum(Charge.minutes).label("minutes"),
        func.sum(Charge.net).label("net"),
        func.sum(Charge.net * Charge.surcharge_percent).label("surcharge"),
    ).select_from(Charge)
    return with_choices(query, batch).where(selected(batch)).group_by(*keys).cte("picked")


class _Owned:
    """The columns of what was picked, named as those of charges are."""

    def __init__(self, batch: Batch, picked: CTE) -> None:
        nothing = cast(null(), Uuid)
        self._columns = picked.c
        self.contract_id = picked.c.owner_id if batch.source == "contracts" else nothing
        self.project_id = picked.c.owner_id if batch.source == "projects" else nothing
        self.alone = picked.c.get("alone", nothing)
        self.line_key = picked.c.get("line_key", cast(null(), Text))

    def __getattr__(self, name: str) -> Any:
        return self._columns[name]


def _priced(batch: Batch, picked: CTE) -> CTE:
    """Join what decides the invoice and the tax of what was picked."""
    digits, of = _digits(), _Owned(batch, picked)
    tax_id = case((taxed(), tax_code_id(of)), else_=null())
    item = func.coalesce(cast(of.work_type_id, Text), "")
    tax = func.coalesce(TaxCode.code, "")
    query = joined(
        select(
            of.administration_id,
            of.customer_id,
            of.currency,
            bucket(Collect(batch.collect), of, of.alone).label("bucket"),
            TaxCode.id.label("tax_id"),
            func.coalesce(TaxCode.category, UNTAXED.category.value).label("category"),
            func.coalesce(TaxCode.rate, UNTAXED.rate).label("rate"),
            case(
                (Administration.tax_policy == "line", of.line_key + item + tax), else_=null()
            ).label("line_key"),
            Administration.tax_policy,
            Administration.surcharge_work_type_id,
            func.coalesce(digits.c.digits, 2).label("digits"),
            of.net,
            of.surcharge,
        ).select_from(picked),
        of,
    )
    return (
        query.join(Administration, Administration.id == of.administration_id)
        .outerjoin(TaxCode, TaxCode.id == tax_id)
        .outerjoin(digits, digits.c.currency == of.currency)
        .cte("priced")
    )


def _line_key(batch: Batch) -> ColumnElement[str]:
    """Return what the charges of one line share; it matters only where tax is per line."""
    owner, single = cast(owner_column(batch), Text), cast(Charge.id, Text)
    if batch.compress:
        return literal("")
    if batch.line_level == LineLevel.ENTRY:
        return single
    if batch.line_level == LineLevel.TICKET:
        return func.coalesce(owner + cast(Charge.ticket_id, Text), single)
    return func.coalesce(owner, single)


def _amounts(batch: Batch, *, by_line: bool) -> Rows:
    """Add up: charges to lines, lines to taxes, taxes to invoices, invoices to currencies."""
    all_picked = _picked(batch, by_line=by_line)
    picked = _priced(batch, all_picked)
    invoice = [picked.c[name] for name in _INVOICE]
    tax = [picked.c[name] for name in ("category", "rate", "tax_policy", "digits")]
    lines: Any = select(
        *invoice, *tax, func.sum(picked.c.net).label("net"), literal(Decimal(0)).label("surcharge")
    ).group_by(*invoice, *tax, picked.c.line_key)
    if batch.source == "projects":
        lines = union_all(lines, _surcharges(picked, [*invoice, *tax]))
    parts = lines.cte("parts")
    keys = [parts.c[name] for name in _INVOICE]
    rate, digits = parts.c.rate / 100, parts.c.digits
    once = func.round(func.sum(parts.c.net) * rate, digits)
    each = func.sum(func.round(parts.c.net * rate, digits))
    taxes = (
        select(
            *keys,
            func.sum(parts.c.net).label("net"),
            func.sum(parts.c.surcharge).label("surcharge"),
            case((parts.c.tax_policy == "line", each), else_=once).label("tax"),
        )
        .group_by(*keys, parts.c.category, parts.c.rate, parts.c.tax_policy, digits)
        .cte("taxes")
    )
    invoices = (
        select(
            taxes.c.currency,
            *(func.sum(taxes.c[name]).label(name) for name in ("net", "surcharge", "tax")),
        )
        .group_by(*(taxes.c[name] for name in _INVOICE))
        .cte("invoices")
    )
    return (
        select(
            invoices.c.currency,
            func.count().label("invoices"),
            *(func.sum(invoices.c[name]).label(name) for name in ("net", "surcharge", "tax")),
            *_counts(all_picked),
        )
        .group_by(invoices.c.currency)
        .order_by(invoices.c.currency)
    )


def _counts(picked: CTE) -> tuple[Any, ...]:
    """Return what is counted over all currencies, the same in every row."""
    wanted = (
        func.sum(picked.c.charges).label("charges"),
        func.count(picked.c.ticket_id.distinct()).label("tickets"),
        func.coalesce(func.sum(picked.c.minutes), 0).label("minutes"),
    )
    return tuple(select(one).scalar_subquery().label(one.name) for one in wanted)


def _surcharges(picked: CTE, keys: list[Any]) -> Rows:
    """Select the surcharge lines: one for each VAT rate group of an invoice, rounded once."""
    amount = func.round(func.sum(picked.c.surcharge) / 100, picked.c.digits)
    return (
        select(*keys, amount, amount)
        .where(picked.c.surcharge.is_not(None), picked.c.surcharge_work_type_id.is_not(None))
        .group_by(*keys, picked.c.tax_id)
    )


def _amounts_of_invoices(batch: Batch) -> Rows:
    sign = case((Invoice.kind == "381", -1), else_=1)
    surcharge = (
        select(func.sum(InvoiceLine.net))
        .where(InvoiceLine.invoice_id == Invoice.id, InvoiceLine.type == LineType.SURCHARGE.value)
        .scalar_subquery()
    )
    return (
        select(
            Invoice.currency,
            func.count().label("invoices"),
            func.sum(Invoice.net * sign).label("net"),
            func.coalesce(func.sum(surcharge * sign), 0).label("surcharge"),
            func.sum(Invoice.tax * sign).label("tax"),
        )
        .where(Invoice.batch_id == batch.id, Invoice.state != "voided")
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )


def _counts_of_invoices(batch: Batch) -> Rows:
    """Count what stands behind the invoices; a ticket that was billed is no longer unbilled."""
    unbilled = case((Charge.state == "reserved", Charge.ticket_id), else_=null())
    return (
        select(
            func.count().label("charges"),
            func.count(unbilled.distinct()).label("tickets"),
            func.coalesce(func.sum(Charge.minutes), 0).label("minutes"),
        )
        .select_from(Invoice)
        .join(Allocation, _same_invoice())
        .join(Charge, _same(Charge, Allocation.charge_id))
        .where(Invoice.batch_id == batch.id)
    )


def _same_invoice() -> Any:
    return and_(Allocation.tenant_id == Invoice.tenant_id, Allocation.invoice_id == Invoice.id)


def _same(target: Any, key: Any) -> Any:
    return target.id == key


@cache
def _digits() -> Any:
    """Return a table of the currencies whose smallest amount is not a hundredth."""
    odd = {code: minor_unit(code) for code in list_currencies() if minor_unit(code) != _USUAL}
    table = values(column("currency", Text), column("digits", Integer), name="odd_currency")
    return table.data(sorted(odd.items()))
