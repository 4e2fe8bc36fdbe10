"""Run: reserving the charges, once, in few statements, and taking that back."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select
from tests.fixtures.shop import TODAY, Shop, amounts

from bordereau.batches import get_batch, remove_invoice, run, select_again
from bordereau.charges import Charge, reopen_ticket
from bordereau.errors import Conflict, Invalid, NotFound, Refused
from bordereau.invoices.tables import Allocation, Invoice, InvoiceLine
from bordereau.store import Database
from bordereau.values.ids import TenantId, uuid7


@pytest.mark.row("A36")
def test_a_batch_without_a_name_cannot_be_run(shop: Shop) -> None:
    shop.charge(shop.contract())
    with pytest.raises(Invalid) as refusal:
        shop.run(name="  ")
    assert (refusal.value.code, refusal.value.where) == ("BATCH_NAME_MISSING", "name")


def test_a_batch_in_which_nothing_is_selected_cannot_be_run(shop: Shop) -> None:
    shop.charge(shop.contract(), ready_on=date(2027, 1, 1))
    with pytest.raises(Refused) as refusal:
        shop.run()
    assert refusal.value.code == "NOTHING_SELECTED"


@pytest.mark.row("A37")
def test_run_reserves_the_charges_and_proposes_invoices(shop: Shop) -> None:
    contract = shop.contract(order_reference="PO 7")
    charge = shop.charge(contract, "40")
    batch = shop.run()
    (invoice,) = shop.invoices(batch)
    assert (invoice.state, invoice.number, invoice.contract_id) == ("proposed", None, contract.id)
    assert (invoice.net, invoice.tax, invoice.total) == amounts("40 8 48")
    assert (invoice.issue_date, invoice.due_date) == (TODAY, date(2026, 12, 20))
    assert invoice.order_reference == "PO 7"
    assert shop.state(charge) == "reserved"
    assert (batch.state, len(batch.preview_hash)) == ("run", 64)


def test_a_batch_is_run_once(shop: Shop) -> None:
    shop.charge(shop.contract())
    batch = shop.run()
    with pytest.raises(Conflict) as refusal:
        run(shop.session, batch, actor=shop.clerk)
    assert refusal.value.code == "BATCH_RUN"


@pytest.mark.row("A37")
def test_two_batches_never_take_the_same_charge(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    contract = shop.contract()
    for _ in range(40):
        shop.charge(contract)
    ids = [shop.open(name=name).id for name in "abcd"]
    shop.session.commit()

    def attempt(batch_id: object) -> str:
        with database.tenant(tenant_id) as session:
            batch = get_batch(session, batch_id)  # type: ignore[arg-type]
            try:
                run(session, batch, actor=shop.clerk)
            except Refused as refusal:
                return refusal.code
            return "run"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(attempt, ids))
    assert outcomes == ["NOTHING_SELECTED"] * 3 + ["run"]
    batches = shop.session.execute(select(Charge.batch_id, func.count()).group_by(Charge.batch_id))
    assert [row[1] for row in batches] == [40]


def test_a_ticket_opened_again_while_its_batch_is_run_keeps_its_work_out(
    shop: Shop, database: Database, tenant_id: TenantId
) -> None:
    customer = shop.customer()
    contract = shop.contract(customer)
    ticket = shop.books.ticket(customer, contract)
    shop.charge(contract, ticket_id=ticket.id)
    batch_id = shop.open().id
    shop.session.commit()

    def attempt() -> str:
        with database.tenant(tenant_id) as session:
            with pytest.raises(Refused) as refusal:
                run(session, get_batch(session, batch_id), actor=shop.clerk)
            return refusal.value.code

    with ThreadPoolExecutor(1) as pool, database.tenant(tenant_id) as session:
        reopen_ticket(session, shop.clerk, ticket.id)
        running = pool.submit(attempt)
        wait([running], timeout=0.5)
        assert not running.done()  # it waits for whoever changes charges
        session.commit()
        assert running.result(30) == "NOTHING_SELECTED"


@pytest.mark.row("A38")
def test_a_removed_invoice_gives_its_charges_back(shop: Shop) -> None:
    first, second = shop.charge(shop.contract()), shop.charge(shop.contract())
    batch = shop.run()
    before = batch.preview_hash
    invoice = next(one for one in shop.invoices(batch) if one.contract_id == first.contract_id)
    assert remove_invoice(shop.session, batch, invoice.id, actor=shop.clerk) == 1
    assert [shop.state(one) for one in (first, second)] == ["closed", "reserved"]
    assert batch.preview_hash != before
    with pytest.raises(NotFound):
        remove_invoice(shop.session, batch, invoice.id, actor=shop.clerk)
    with pytest.raises(NotFound):
        remove_invoice(shop.session, batch, uuid7(), actor=shop.clerk)


def test_selecting_again_releases_everything_and_keeps_the_choices(shop: Shop) -> None:
    charge = shop.charge(shop.contract())
    batch = select_again(shop.session, shop.run(), actor=shop.clerk)
    assert (batch.state, shop.state(charge), shop.invoices(batch)) == ("selecting", "closed", [])


def test_a_charge_can_be_billed_from_its_very_day_on(shop: Shop) -> None:
    shop.charge(shop.contract(), "1", ready_on=TODAY)
    shop.charge(shop.contract(), "2", ready_on=TODAY + timedelta(days=1))
    assert [one.net for one in shop.invoices(shop.run())] == [1]


def statements_of_a_run(shop: Shop, database: Database, contracts: int) -> int:
    for _ in range(contracts):
        contract = shop.contract()
        shop.charge(contract)
        shop.charge(contract)
    batch = shop.open(name=str(contracts))
    counted: list[int] = []

    def note(*_: object) -> None:
        counted.append(1)

    event.listen(database.engine, "before_cursor_execute", note)
    run(shop.session, batch, actor=shop.clerk)
    event.remove(database.engine, "before_cursor_execute", note)
    return len(counted)


def test_the_statements_of_a_run_do_not_grow_with_its_invoices(
    shop: Shop, database: Database
) -> None:
    assert statements_of_a_run(shop, database, 30) == statements_of_a_run(shop, database, 2)


def test_a_run_keeps_neither_charges_nor_invoices_in_memory(shop: Shop) -> None:
    for _ in range(5):
        shop.charge(shop.contract())
    batch = shop.open()
    shop.session.expunge_all()
    run(shop.session, batch, actor=shop.clerk)
    kinds = {type(row) for row in shop.session.identity_map.values()}
    assert not kinds & {Charge, Invoice, InvoiceLine, Allocation}
