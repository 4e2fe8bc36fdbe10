"""Many rows in one statement that is planned once, whatever their number."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, TableValuedAlias, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from bordereau.store import TenantSession

Columns = Mapping[InstrumentedAttribute[Any], Sequence[object]]
"""A value per row for each column, all in the same order."""

QUIET = {"synchronize_session": False}  # objects in the session are not refreshed


def update_each(
    session: TenantSession, key: InstrumentedAttribute[Any], columns: Columns, **same: object
) -> None:
    """Set columns of the rows named by `key`; objects in the session are not refreshed.

    Args:
        session: the transaction.
        key: the column that names the rows; `columns` holds its values too.
        columns: what each row gets.
        same: what every row gets, by the name of the column.

    """
    rows = _table(columns)
    own = {each.key: rows.c[each.key] for each in columns if each is not key}
    session.execute(
        update(key.class_).where(key == rows.c[key.key]).values(**own, **same),
        execution_options=QUIET,
    )


def insert_missing(session: TenantSession, columns: Columns) -> None:
    """Insert rows of one table for the session's tenant; those that are there are left alone."""
    [table] = {each.class_ for each in columns}
    rows = _table(columns)
    names = ["tenant_id", *(each.key for each in columns)]
    values = select(literal(int(session.tenant_id)), *(rows.c[each.key] for each in columns))
    session.execute(insert(table).from_select(names, values).on_conflict_do_nothing())


def _table(columns: Columns) -> TableValuedAlias:
    """Write lists of equal length as a table that a statement can read."""
    arrays = [literal(list(values), ARRAY(each.type)) for each, values in columns.items()]
    names = [column(each.key, each.type) for each in columns]
    return func.unnest(*arrays).table_valued(*names, name="row").render_derived()
