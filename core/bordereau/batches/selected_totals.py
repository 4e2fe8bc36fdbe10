"""The totals of what is selected before it is run, as one statement.

It follows the rules of composing: same collection, same lines, same rounding. Amounts go up step
by step: charges to lines, lines to taxes, taxes to invoices, invoices to currencies.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, Select, case, func, literal, select, true, union_all

from bordereau.batches.picked import picked
from bordereau.batches.priced import priced
from bordereau.batches.tables import Batch

Rows = Select[*tuple[Any, ...]]
_INVOICE = ("administration_id", "customer_id", "currency", "bucket")


def totals_of_selection(batch: Batch, *, by_line: bool) -> Rows:
    """Select one row per currency: invoices, net, surcharge, tax, and the counts of them all.

    Args:
        batch: what it is selected in.
        by_line: whether an administration rounds its tax line by line.

    """
    rows, projects = picked(batch, by_line=by_line), batch.source == "projects"
    lines = _lines(priced(batch, rows), projects=projects, by_line=by_line)
    taxes = _taxes(lines, by_line=by_line)
    invoices, counts = _invoices(taxes), _counts(rows)
    return (
        select(
            invoices.c.currency,
            invoices.c.invoices,
            func.sum(taxes.c.net).label("net"),
            func.sum(taxes.c.surcharge if projects else Decimal(0)).label("surcharge"),
            func.sum(taxes.c.tax).label("tax"),
            *counts.c,
        )
        .select_from(taxes)
        .join(invoices, invoices.c.currency == taxes.c.currency)
        .join(counts, true())
        .group_by(*invoices.c, *counts.c)
        .order_by(invoices.c.currency)
    )


def _lines(rows: CTE, *, projects: bool, by_line: bool) -> CTE:
    """Add the amounts of each line up, where lines are rounded, and add the surcharge lines."""
    keys = [rows.c[name] for name in _keys(by_line=by_line)]
    lines: Any = select(*keys, rows.c.net)
    if by_line:
        lines = select(*keys, func.sum(rows.c.net).label("net"))
        lines = lines.group_by(*keys, rows.c.line_key)
    if projects:
        nothing = literal(Decimal(0)).label("surcharge")
        lines = union_all(lines.add_columns(nothing), _surcharges(rows, keys))
    made: CTE = lines.cte("lines")
    return made


def _keys(*, by_line: bool) -> tuple[str, ...]:
    """Name what the amounts of one tax of one invoice share."""
    return (*_INVOICE, "category", "rate", "digits", *(("tax_policy",) if by_line else ()))


def _surcharges(rows: CTE, keys: list[Any]) -> Rows:
    """Select the surcharge lines: one for each VAT rate group of an invoice, rounded once."""
    amount = func.round(func.sum(rows.c.surcharge) / 100, rows.c.digits)
    return (
        select(*keys, amount, amount)
        .where(rows.c.surcharge.is_not(None), rows.c.surcharge_work_type_id.is_not(None))
        .group_by(*keys, rows.c.tax_id)
    )


def _taxes(lines: CTE, *, by_line: bool) -> CTE:
    """Compute the taxes of each invoice, rounded once or line by line."""
    keys = [lines.c[name] for name in _keys(by_line=by_line)]
    rate, digits = lines.c.rate / 100, lines.c.digits
    tax: Any = func.round(func.sum(lines.c.net) * rate, digits)
    if by_line:
        each = func.sum(func.round(lines.c.net * rate, digits))
        tax = case((lines.c.tax_policy == "line", each), else_=tax)
    net = [func.sum(lines.c[name]).label(name) for name in ("net", "surcharge") if name in lines.c]
    return select(*keys, *net, tax.label("tax")).group_by(*keys).cte("taxes")


def _invoices(taxes: CTE) -> CTE:
    """Count the invoices of each currency; their amounts need no adding up one by one."""
    each = select(*(taxes.c[name] for name in _INVOICE)).distinct().subquery("invoice")
    counted = select(each.c.currency, func.count().label("invoices"))
    return counted.group_by(each.c.currency).cte("invoices")


def _counts(rows: CTE) -> Any:
    """Count over all currencies; in one row, so that it stands beside every currency."""
    return select(
        func.sum(rows.c.charges).label("charges"),
        func.count(rows.c.ticket_id.distinct()).label("tickets"),
        func.coalesce(func.sum(rows.c.minutes), 0).label("minutes"),
    ).cte("counts")
