"""The selected charges of a batch, added up in one pass: the ground of its totals.

What shares owner, ticket, work type and tax code becomes one row, and only then are owners'
choices, contracts and taxes looked up: that leaves a fraction of the rows for every join.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Numeric,
    Text,
    Uuid,
    cast,
    func,
    literal,
    null,
    select,
)

from bordereau.batches.selection import (
    decided,
    own_choice,
    owner_column,
    ready,
    with_owner_choices,
)
from bordereau.batches.tables import Batch
from bordereau.charges.tables import Charge
from bordereau.invoices.composing.billables import instalment_id
from bordereau.invoices.rules.grouping import LineLevel


def picked(batch: Batch, *, by_line: bool) -> CTE:
    """Return the selected charges added up; `by_line` keeps the lines of an invoice apart.

    Columns: those that decide invoice and tax, `owner_id`, and charges, minutes, net; of projects
    also `alone`, the id of an instalment, and `surcharge`, the sum of net times percent.
    """
    sums = _sums(batch, by_line=by_line)
    query = with_owner_choices(select(sums), batch, sums.c.owner_id)
    return query.where(decided(batch, sums.c.own_choice)).cte("picked")


def _sums(batch: Batch, *, by_line: bool) -> Any:
    """Add up everything that is ready."""
    keys = [
        Charge.administration_id,
        Charge.customer_id,
        Charge.currency,
        owner_column(batch).label("owner_id"),
        Charge.work_type_id,
        Charge.tax_code_id,
        Charge.ticket_id,
        own_choice(batch).label("own_choice"),
    ]
    sums = [
        func.count().label("charges"),
        func.sum(Charge.minutes).label("minutes"),
        func.sum(Charge.net).label("net"),
    ]
    if batch.source == "projects":
        keys.append(instalment_id().label("alone"))
        sums.append(func.sum(Charge.net * Charge.surcharge_percent).label("surcharge"))
    if by_line:
        keys.append(_line_key(batch).label("line_key"))
    query = select(*keys, *sums).select_from(Charge).where(ready(batch))
    return query.group_by(*(key.key for key in keys)).subquery("sums")


def _line_key(batch: Batch) -> ColumnElement[str]:
    """Return what the charges of one line share; it matters only where tax is per line."""
    owner, single = cast(owner_column(batch), Text), cast(Charge.id, Text)
    if batch.compress:
        return literal("")
    if batch.line_level == LineLevel.ENTRY or batch.source == "participants":
        return single
    if batch.line_level == LineLevel.TICKET:
        return func.coalesce(owner + cast(Charge.ticket_id, Text), single)
    return func.coalesce(owner, single)


class Owned:
    """The columns of `picked`, named as those of charges are, for what reads either of them."""

    def __init__(self, batch: Batch, rows: CTE) -> None:
        nothing = cast(null(), Uuid)
        self._columns = rows.c
        self.contract_id = rows.c.owner_id if batch.source == "contracts" else nothing
        self.project_id = rows.c.owner_id if batch.source == "projects" else nothing
        self.surcharge = rows.c.get("surcharge", cast(null(), Numeric))
        self.alone = rows.c.get("alone", nothing)
        self.line_key = rows.c.get("line_key", cast(null(), Text))

    def __getattr__(self, name: str) -> Any:
        return self._columns[name]
