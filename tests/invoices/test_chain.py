"""Tampering below the application is found by the check of the series."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url
from tests.fixtures.shop import Shop

from bordereau.invoices import document_of, issue, verify_chain
from bordereau.invoices.tables import Invoice, Series
from bordereau.store.database import with_driver
from bordereau.values.ids import TenantId


@pytest.fixture
def forger(postgres: Any, database: Any) -> Iterator[Any]:
    """A superuser who switches triggers and row security off."""
    name = database.app_url.rsplit("/", 1)[1].split("?")[0]
    url = with_driver(postgres.admin_url)
    engine = create_engine(make_url(url).set(database=name), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("set session_replication_role = replica"))
        yield connection
    engine.dispose()


@pytest.fixture
def series_id(shop: Shop) -> Any:
    """A series with three issued invoices."""
    for net in ("10", "20", "30"):
        shop.charge(shop.contract(), net)
    shop.issue()
    shop.session.commit()
    return shop.session.scalars(select(Series.id).where(Series.kind == "380")).one()


def codes(shop: Shop, series_id: Any) -> set[str]:
    shop.session.rollback()
    return {fault.code for fault in verify_chain(shop.session, series_id).faults}


def test_an_untouched_series_is_sound(shop: Shop, series_id: Any) -> None:
    report = verify_chain(shop.session, series_id)
    assert (report.sound, report.checked, len(report.head)) == (True, 3, 64)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("total = total + 1", "ROW_CHANGED"),
        ("net = net + 1", "ROW_CHANGED"),
        ("tax = tax + 1", "ROW_CHANGED"),
        ("kind = '381'", "ROW_CHANGED"),
        ("number = 'X'", "ROW_CHANGED"),
        ("issue_date = issue_date + 1", "ROW_CHANGED"),
        ("due_date = due_date + 1", "ROW_CHANGED"),
        ("currency = 'USD'", "ROW_CHANGED"),
        ("language = 'xx'", "ROW_CHANGED"),
        ("tax_policy = 'line'", "ROW_CHANGED"),
        ('buyer = buyer || \'{"name": "Someone"}\'', "ROW_CHANGED"),
        ("buyer_reference = 'x'", "ROW_CHANGED"),
        ("order_reference = 'x'", "ROW_CHANGED"),
        ("notes = '{x}'", "ROW_CHANGED"),
        ("period_end = period_end + 1", "ROW_CHANGED"),
        ("customer_id = gen_random_uuid()", "CHAIN_BROKEN"),
        ("sequence = sequence + 100", "NUMBER_MISSING"),
        ("document = replace(document, '12', '13')", "DOCUMENT_CHANGED"),
        ("document = 'x'", "DOCUMENT_CHANGED"),
        ("document_sha256 = 'x'", "DOCUMENT_CHANGED"),
        ("chain = 'x'", "CHAIN_BROKEN"),
    ],
)
def test_a_changed_column_is_found(
    shop: Shop, series_id: Any, forger: Any, tenant_id: TenantId, change: str, code: str
) -> None:
    forger.execute(
        text(
            f"update invoice set {change} where tenant_id = :tenant and sequence = 1"  # noqa: S608
            " and kind = '380'"
        ),
        {"tenant": tenant_id},
    )
    assert code in codes(shop, series_id)


@pytest.mark.parametrize(
    "change",
    [
        "update invoice_line set net = net + 1 where tenant_id = :tenant",
        "update invoice_line set name = 'x' where tenant_id = :tenant",
        "delete from invoice_line where tenant_id = :tenant",
        "update invoice_tax set tax = 0 where tenant_id = :tenant",
    ],
)
def test_a_changed_line_or_tax_is_found(
    shop: Shop, series_id: Any, forger: Any, tenant_id: TenantId, change: str
) -> None:
    forger.execute(text(change), {"tenant": tenant_id})
    assert codes(shop, series_id) == {"ROW_CHANGED"}


@pytest.mark.parametrize(
    ("sequence", "found"),
    [(2, {"NUMBER_MISSING", "CHAIN_BROKEN"}), (3, {"NUMBER_MISSING", "HEAD_CHANGED"})],
)
def test_a_deleted_invoice_is_found(
    shop: Shop, series_id: Any, forger: Any, tenant_id: TenantId, sequence: int, found: set[str]
) -> None:
    forger.execute(
        text("delete from invoice where tenant_id = :tenant and sequence = :sequence"),
        {"tenant": tenant_id, "sequence": sequence},
    )
    assert codes(shop, series_id) == found


def test_two_invoices_that_changed_places_are_found(
    shop: Shop, series_id: Any, forger: Any, tenant_id: TenantId
) -> None:
    swap = "update invoice set sequence = {} where tenant_id = :tenant and sequence = {}"
    for new, old in ((9, 1), (1, 2), (2, 9)):
        forger.execute(text(swap.format(new, old)), {"tenant": tenant_id})
    assert "CHAIN_BROKEN" in codes(shop, series_id)


@pytest.mark.row("B20")
def test_the_document_is_the_one_that_was_issued_whatever_changes_later(
    shop: Shop, series_id: Any
) -> None:
    invoice = shop.invoices()[0]
    before = document_of(shop.session, invoice.id)
    shop.seller.name, shop.seller.iban = "Another name", ""
    shop.session.flush()
    assert document_of(shop.session, invoice.id) == before
    assert before.seller.name != "Another name"
    assert issue(shop.session, [invoice.id]).invoice_ids == ()


def test_the_document_before_the_number_is_the_later_one_without_it(shop: Shop) -> None:
    shop.charge(shop.contract(), "33.10")
    batch = shop.generate()
    (draft,) = shop.invoices(batch)
    preview = document_of(shop.session, draft.id)
    issue(shop.session, [draft.id])
    issued = document_of(shop.session, draft.id)
    assert (preview.number, issued.number) == ("", "F2026-00001")
    payment = replace(issued.payment, reference="")
    assert replace(issued, number="", payment=payment) == preview
    assert shop.session.get_one(Invoice, (draft.tenant_id, draft.id)).document
