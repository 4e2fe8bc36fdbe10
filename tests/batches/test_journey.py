"""The whole way of a batch, from ready charges to numbered invoices."""

from decimal import Decimal

from sqlalchemy import select
from tests.fixtures.shop import Shop

from bordereau.batches import finalise, totals
from bordereau.invoices.documents import documents_of
from bordereau.invoices.tables import Invoice
from bordereau.store import Database
from bordereau.values.ids import TenantId


def test_ready_charges_become_numbered_invoices(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    for net in ("100", "250.50"):
        contract = shop.contract()
        ticket = shop.books.ticket(shop.customer(), contract)
        shop.books.charge(contract, net, ticket_id=ticket.id, minutes=90)
        shop.books.charge(contract, "10")
    batch = shop.open()
    before = totals(shop.session, batch)
    assert (before.invoices, before.tickets, before.minutes) == (2, 2, 180)
    (euro,) = before.currencies
    assert (euro.billable, euro.tax, euro.total) == (
        Decimal("370.50"),
        Decimal("74.10"),
        Decimal("444.60"),
    )
    batch = shop.generate()
    after = totals(shop.session, batch)
    assert after.currencies == before.currencies
    shop.session.commit()
    done = finalise(database, tenant_id, batch.id, actor=shop.clerk, on_issued=lambda *_: None)
    assert (done.invoices, done.totals) == (2, {"EUR": Decimal("444.60")})
    (numbers,) = done.ranges
    assert (numbers.first, numbers.last) == ("F2026-00001", "F2026-00002")
    ids = shop.session.scalars(select(Invoice.id)).all()
    for _, document in documents_of(shop.session, ids):
        assert document.number
        assert document.totals.total == document.totals.net + document.totals.tax
