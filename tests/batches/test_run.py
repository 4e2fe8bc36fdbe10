"""Run: reserving, and the proposed invoices."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta
from decimal import Decimal

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


@pytest.mark.row("A39")
def test_contracts_of_one_customer_make_one_invoice_or_one_each(shop: Shop) -> None:
    customer = shop.customer()
    for _ in range(2):
        shop.charge(shop.contract(customer), "10")
    batch = shop.run()
    assert [one.net for one in shop.invoices(batch)] == [10, 10]
    select_again(shop.session, batch, actor=shop.clerk)
    (consolidated,) = shop.invoices(shop.run(collect="customer"))
    assert consolidated.net == 20
    assert consolidated.contract_id is None


@pytest.mark.row("A39", "A6")
def test_administrations_and_currencies_never_share_an_invoice(shop: Shop) -> None:
    customer, other = shop.customer(), shop.books.administration()
    contract = shop.contract(customer)
    shop.charge(contract, "1")
    shop.charge(contract, "2", currency="USD")
    elsewhere = shop.books.contract(customer, other, tax_code_id=shop.tax.id)
    shop.charge(elsewhere, "3")
    found = shop.invoices(shop.run(collect="customer"))
    assert sorted(f"{one.net:.0f} {one.currency}" for one in found) == ["1 EUR", "2 USD", "3 EUR"]


@pytest.mark.row("B18")
def test_projects_are_collected_per_customer_or_per_project(shop: Shop) -> None:
    customer = shop.customer()
    for separate in (False, False, True):
        shop.charge(shop.project(customer, invoice_separately=separate), "10")
    batch = shop.run(source="projects", collect="customer")
    assert sorted(one.net for one in shop.invoices(batch)) == [10, 20]
    select_again(shop.session, batch, actor=shop.clerk)
    per_project = shop.run(source="projects", collect="project")
    assert [one.net for one in shop.invoices(per_project)] == [10, 10, 10]


@pytest.mark.row("A40")
def test_the_line_level_decides_the_lines_and_never_the_total(shop: Shop) -> None:
    customer = shop.customer()
    contract = shop.contract(customer, name="Support")
    tickets = [shop.books.ticket(customer, contract, title=f"Ticket {n}") for n in (1, 2)]
    for ticket in tickets:
        for net in ("33.33", "0.01"):
            shop.charge(contract, net, ticket_id=ticket.id, description=f"Work {net}")
    shop.charge(contract, "5", description="Cable")
    shown = {}
    for level in ("contract", "ticket", "entry"):
        batch = shop.run(line_level=level)
        (invoice,) = shop.invoices(batch)
        assert (invoice.net, invoice.total) == (Decimal("71.68"), Decimal("86.02"))
        shown[level] = [(one.headings, one.name, one.net) for one in shop.lines(invoice)]
        select_again(shop.session, batch, actor=shop.clerk)
    assert shown["contract"] == [([], "Support", Decimal("71.68"))]
    assert sorted(shown["ticket"]) == [
        (["Support"], "Cable", Decimal(5)),
        (["Support"], "Ticket 1", Decimal("33.34")),
        (["Support"], "Ticket 2", Decimal("33.34")),
    ]
    assert (["Support", "Ticket 1"], "Work 33.33", Decimal("33.33")) in shown["entry"]
    assert len(shown["entry"]) == 5


@pytest.mark.row("A18")
def test_only_taxable_contracts_are_taxed_also_on_a_consolidated_invoice(shop: Shop) -> None:
    customer = shop.customer()
    shop.charge(shop.contract(customer, name="taxed"), "100")
    shop.charge(shop.contract(customer, name="untaxed", taxable=False), "50")
    (invoice,) = shop.invoices(shop.run(collect="customer"))
    assert (invoice.net, invoice.tax) == amounts("150 20")
    rates = {one.headings[0]: one.tax_rate for one in shop.lines(invoice)}
    assert rates == {"taxed": 20, "untaxed": 0}


def test_a_taxable_contract_without_a_tax_code_is_refused_by_name(shop: Shop) -> None:
    shop.charge(shop.contract(code="K77", tax_code_id=None))
    with pytest.raises(Refused, match="K77") as refusal:
        shop.run()
    assert refusal.value.code == "TAX_CODE_MISSING"


def test_the_tax_of_a_charge_wins_over_its_work_type_and_its_contract(shop: Shop) -> None:
    reduced, half = shop.books.tax_code("5.5"), shop.books.tax_code("10")
    work = shop.books.work_type(tax_code_id=half.id)
    contract = shop.contract()
    shop.charge(contract, "1", tax_code=reduced.id, work_type_id=work.id, description="own")
    shop.charge(contract, "2", work_type_id=work.id, description="work")
    shop.charge(contract, "4", description="contract")
    (invoice,) = shop.invoices(shop.run())
    assert {one.name: one.tax_rate for one in shop.lines(invoice)} == {
        "own": Decimal("5.5"),
        "work": 10,
        "contract": 20,
    }


def test_a_negative_invoice_becomes_a_credit_note_of_positive_amounts(shop: Shop) -> None:
    contract = shop.contract()
    shop.charge(contract, "-30", kind="adjustment")
    shop.charge(contract, "10", quantity=2, unit_price=5)
    (credit,) = shop.invoices(shop.run())
    assert credit.kind == "381"
    assert (credit.net, credit.tax, credit.total) == amounts("20 4 24")
    assert sorted((one.quantity, one.unit_price, one.net) for one in shop.lines(credit)) == [
        amounts("-2 5 -10"),
        amounts("1 30 30"),
    ]
    allocated = shop.session.scalars(select(Allocation.amount).order_by(Allocation.amount))
    assert list(allocated) == [-30, 10]


def test_prices_and_discounts_of_a_line_give_its_amount(shop: Shop) -> None:
    contract = shop.contract()
    shop.charge(contract, "18", quantity=4, unit_price=5, discount_percent=10, description="a")
    shop.charge(contract, "33.33", quantity=1, unit_price=100, description="b")
    (invoice,) = shop.invoices(shop.run())
    lines = {one.name: one for one in shop.lines(invoice)}
    assert (lines["a"].quantity, lines["a"].unit_price, lines["a"].discount) == amounts("4 5 2")
    assert (lines["b"].quantity, lines["b"].unit_price) == amounts("1 33.33")


@pytest.mark.row("B22")
def test_a_distance_sale_is_never_billed_automatically(shop: Shop) -> None:
    project = shop.project(shop.customer(name="Maria", distance_selling=True))
    shop.charge(project)
    with pytest.raises(Refused, match="Maria") as refusal:
        shop.run(source="projects")
    assert refusal.value.code == "DISTANCE_SALE"


@pytest.mark.row("B32")
def test_the_invoice_date_of_the_run_is_that_of_every_invoice(shop: Shop) -> None:
    shop.charge(shop.contract(shop.customer(payment_days=14)))
    shop.charge(shop.contract())
    batch = shop.run(invoice_date=date(2026, 10, 31))
    assert {one.issue_date for one in shop.invoices(batch)} == {date(2026, 10, 31)}
    assert {one.due_date for one in shop.invoices(batch)} == {
        date(2026, 11, 14),
        date(2026, 11, 30),
    }


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
