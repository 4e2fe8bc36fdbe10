"""An issued invoice never changes: the database refuses it, column by column."""

from typing import Any

import pytest
from sqlalchemy import Table, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from tests.fixtures.shop import Shop

from bordereau.invoices.tables import Invoice, InvoiceLine, InvoiceTax
from bordereau.store import Database
from bordereau.values.ids import TenantId, uuid7

FREE = {"state", "status", "version"}
PARTS = (InvoiceLine, InvoiceTax)


def changed(column: Any) -> Any:
    """Return an expression for another value of any column."""
    if isinstance(column.type, JSONB):
        return {"changed": True}
    kind = column.type.python_type
    if column.name in {"id", "tenant_id"} or column.name.endswith("_id"):
        return 999 if kind is int else uuid7()
    if kind is list:
        return ["changed"]
    if kind is str:
        return func.coalesce(column, "") + "x"
    if kind.__name__ in {"date", "datetime"}:
        return func.coalesce(column, func.now()) + text("interval '1 day'")
    return func.coalesce(column, 0) + 1


def refused(shop: Shop, statement: Any) -> None:
    with pytest.raises(DBAPIError, match="INVOICE_NUMBERED"), shop.session.begin_nested():
        shop.session.execute(statement, execution_options={"synchronize_session": False})


def columns(model: Any) -> list[str]:
    table: Table = model.__table__
    return [column.name for column in table.columns]


@pytest.mark.row("B29")
@pytest.mark.parametrize("name", sorted(set(columns(Invoice)) - FREE))
def test_no_column_of_an_issued_invoice_can_be_changed(shop: Shop, name: str) -> None:
    shop.charge(shop.contract())
    shop.issue()
    refused(shop, update(Invoice).values({name: changed(Invoice.__table__.c[name])}))


def test_an_issued_invoice_may_be_voided_but_never_reopened(shop: Shop) -> None:
    shop.charge(shop.contract())
    shop.issue()
    refused(shop, update(Invoice).values(state="draft"))
    shop.session.execute(update(Invoice).values(state="voided", status="paid"))
    refused(shop, update(Invoice).values(state="issued"))


@pytest.mark.parametrize("model", [Invoice, *PARTS])
def test_nothing_of_an_issued_invoice_can_be_deleted(shop: Shop, model: Any) -> None:
    shop.charge(shop.contract())
    shop.issue()
    refused(shop, delete(model))


@pytest.mark.parametrize("model", PARTS)
def test_parts_of_an_issued_invoice_can_be_neither_changed_nor_added(
    shop: Shop, model: Any
) -> None:
    shop.charge(shop.contract())
    shop.issue()
    shop.charge(shop.contract())
    batch = shop.generate(name="draft")
    issued, draft = (shop.invoices()[0].id, shop.invoices(batch)[0].id)
    key = "net" if model is InvoiceLine else "taxable"
    refused(shop, update(model).where(model.invoice_id == issued).values({key: 1}))
    shop.session.execute(update(model).where(model.invoice_id == draft).values({key: 1}))
    other = {"position": 9} if model is InvoiceLine else {"category": "E"}
    for source, target in ((issued, draft), (draft, issued)):
        moved = update(model).where(model.invoice_id == source)
        refused(shop, moved.values(invoice_id=target, **other))


@pytest.mark.parametrize(
    "table", ["invoice", "invoice_line", "invoice_tax", "allocation", "series"]
)
def test_even_the_owner_of_the_tables_cannot_empty_them(database: Database, table: str) -> None:
    engine = database.owner_engine()
    with engine.connect() as owner, pytest.raises(DBAPIError, match="TRUNCATE_REFUSED"):
        owner.execute(text(f"truncate {table} cascade"))
    engine.dispose()


def test_a_series_that_gave_numbers_never_goes_back(shop: Shop) -> None:
    shop.charge(shop.contract())
    shop.issue()
    for change in ("next = 1", "first = 5", "kind = '999'"):
        with pytest.raises(DBAPIError, match="SERIES_USED"), shop.session.begin_nested():
            shop.session.execute(
                text(f"update series set {change} where kind = '380'")  # noqa: S608
            )
    with pytest.raises(DBAPIError, match="SERIES_USED"), shop.session.begin_nested():
        shop.session.execute(text("delete from series"))


def test_another_tenant_does_not_see_the_invoice_at_all(
    shop: Shop, database: Database, new_tenant: Any
) -> None:
    shop.charge(shop.contract())
    shop.issue()
    shop.session.commit()
    stranger: TenantId = new_tenant(database)
    with database.tenant(stranger) as session:
        assert session.scalar(select(func.count()).select_from(Invoice)) == 0
