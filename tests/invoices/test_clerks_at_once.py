"""Clerks who change the same credit note at the same time wait for each other, in one order."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from time import monotonic, sleep

import pytest
from sqlalchemy import select, text
from tests.fixtures.shop import Shop
from tests.invoices.credited import billed, credit

from bordereau.invoices import price_to_zero
from bordereau.invoices.tables import Invoice
from bordereau.store import Database, TenantSession
from bordereau.values.ids import TenantId

WAITING = text(
    "select count(*) from pg_locks where not granted"
    " and pg_backend_pid() = any(pg_blocking_pids(pid))"
)


def wait_until_held_up(session: TenantSession) -> None:
    """Wait until somebody waits for what this session holds."""
    end = monotonic() + 10
    while not session.scalar(WAITING):
        assert monotonic() < end, "nobody waits"
        sleep(0.02)


@pytest.mark.row("B29")
def test_price_zero_on_a_credit_note_waits_for_its_invoice_first(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    invoice, _ = billed(shop, "100", "50")
    note = credit(shop, invoice)
    invoice_id, note_id, line_id = invoice.id, note.id, shop.lines(note)[0].id
    shop.session.commit()

    def bring_to_zero() -> Decimal:
        with database.tenant(tenant_id) as session:
            return price_to_zero(session, note_id, line_id, actor=shop.clerk).net

    def hold(session: TenantSession, held: object) -> None:
        query = select(Invoice.id).where(Invoice.id == held)
        session.execute(query.with_for_update(nowait=True))

    with ThreadPoolExecutor(1) as pool:
        with database.tenant(tenant_id) as session:
            hold(session, invoice_id)
            done = pool.submit(bring_to_zero)
            wait_until_held_up(session)
            hold(session, note_id)
        assert done.result(timeout=10) == 50
