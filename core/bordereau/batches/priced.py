"""What was picked, with the invoice it goes to and the tax that applies: a step of the totals."""

from functools import cache
from typing import Any

from babel.numbers import list_currencies
from sqlalchemy import ARRAY, CTE, Integer, Text, case, cast, func, literal, null, select

from bordereau.batches.picked import Owned
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import TaxCode
from bordereau.invoices.composing.billables import bucket, joined, tax_code_id, taxed
from bordereau.invoices.composing.references import UNTAXED
from bordereau.invoices.rules.collection import Collect
from bordereau.tenancy.tables import Administration
from bordereau.values.money import minor_unit

_USUAL = 2  # decimals of most currencies


def priced(batch: Batch, rows: CTE) -> CTE:
    """Join what decides the invoice and the tax of what was picked.

    Every join is an outer one, also where a row cannot be missing: the planner takes an inner
    join with rows it knows nothing of for a strong filter, and then goes on row by row.
    """
    digits, of = _digits(), Owned(batch, rows)
    tax_id = case((taxed(), tax_code_id(of)), else_=null())
    item = func.coalesce(cast(of.work_type_id, Text), "")
    tax = func.coalesce(TaxCode.code, "")
    per_line = Administration.tax_policy == "line"
    query = joined(
        select(
            of.administration_id,
            of.customer_id,
            of.currency,
            bucket(Collect(batch.collect), of, of.alone).label("bucket"),
            TaxCode.id.label("tax_id"),
            func.coalesce(TaxCode.category, UNTAXED.category.value).label("category"),
            func.coalesce(TaxCode.rate, UNTAXED.rate).label("rate"),
            case((per_line, of.line_key + item + tax), else_=null()).label("line_key"),
            Administration.tax_policy,
            Administration.surcharge_work_type_id,
            func.coalesce(digits.c.digits, _USUAL).label("digits"),
            of.net,
            of.surcharge,
        ).select_from(rows),
        of,
    )
    return (
        query.outerjoin(Administration, Administration.id == of.administration_id)
        .outerjoin(TaxCode, TaxCode.id == tax_id)
        .outerjoin(digits, digits.c.currency == of.currency)
        .cte("priced")
    )


def _digits() -> Any:
    """Return a table of the currencies whose smallest amount is not a hundredth."""
    codes, digits = zip(*_odd_currencies(), strict=True)
    table = func.unnest(literal(list(codes), ARRAY(Text)), literal(list(digits), ARRAY(Integer)))
    return table.table_valued("currency", "digits").render_derived(name="odd_currency")


@cache
def _odd_currencies() -> list[tuple[str, int]]:
    found = ((code, minor_unit(code)) for code in sorted(list_currencies()))
    return [(code, digits) for code, digits in found if digits != _USUAL]
