"""Live totals: they are the totals of the invoices that a run makes."""

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.fixtures.shop import Shop

from bordereau.batches import choose_charges, choose_owners, remove_invoice, run, totals
from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Contract, Project
from bordereau.charges import Charge
from bordereau.invoices.rules.collection import Collect, Source, invoice_count


@pytest.mark.row("A13", "A14", "A15", "A16", "A17", "A19")
def test_the_details_of_a_batch_count_what_is_selected(shop: Shop) -> None:
    customer = shop.customer()
    contract = shop.contract(customer)
    ticket = shop.books.ticket(customer, contract)
    for minutes in (16, 22):
        shop.charge(
            contract,
            "25.06",
            kind="time",
            minutes=minutes,
            billable_minutes=30,
            ticket_id=ticket.id,
        )
    shop.charge(shop.contract(customer), "100")
    shop.charge(contract, "900", ready_on=date(2027, 1, 1))
    found = totals(shop.session, shop.open())
    assert (found.invoices, found.tickets, found.minutes, found.charges) == (2, 1, 38, 3)
    (euro,) = found.currencies
    assert (euro.billable, euro.tax, euro.total) == (
        Decimal("150.12"),
        Decimal("30.02"),
        Decimal("180.14"),
    )


def test_an_empty_selection_has_empty_totals(shop: Shop) -> None:
    found = totals(shop.session, shop.open())
    assert (found.invoices, found.tickets, found.minutes, found.currencies) == (0, 0, 0, ())


@pytest.mark.row("A6")
def test_totals_are_kept_apart_by_currency_and_rounded_to_its_unit(shop: Shop) -> None:
    contract = shop.contract()
    shop.charge(contract, "10.10")
    shop.charge(contract, "1001", currency="JPY")
    shop.charge(contract, "1.2345", currency="KWD")
    found = {one.currency: one for one in totals(shop.session, shop.open()).currencies}
    assert {key: str(one.tax) for key, one in found.items()} == {
        "EUR": "2.02",
        "JPY": "200",
        "KWD": "0.247",
    }
    assert all(one.invoices == 1 for one in found.values())


def fill(shop: Shop, chance: random.Random, *, projects: bool) -> None:
    """Make customers with everything that changes how charges share an invoice and its taxes."""
    sellers = [shop.seller, shop.books.administration(tax_policy="line")]
    surcharge = shop.books.work_type(tax_code_id=shop.tax.id, name="Overhead")
    for seller in sellers:
        seller.surcharge_work_type_id = surcharge.id
    taxes = [shop.tax, shop.books.tax_code("5.5"), shop.books.tax_code("21")]
    works = [None, shop.books.work_type(tax_code_id=taxes[2].id)]
    for _ in range(4):
        customer = shop.customer()
        for _ in range(3):
            seller = chance.choice(sellers)
            owner: Contract | Project
            if projects:
                owner = shop.books.project(
                    customer, seller, invoice_separately=chance.random() < 0.3
                )
            else:
                owner = shop.books.contract(
                    customer, seller, tax_code_id=shop.tax.id, taxable=chance.random() < 0.7
                )
            tickets = [None, shop.books.ticket(customer, None), shop.books.ticket(customer, None)]
            for _ in range(6):
                work, ticket = chance.choice(works), chance.choice(tickets)
                shop.charge(
                    owner,
                    str(Decimal(chance.randint(-2000, 9999)) / 100),
                    tax_code=chance.choice(taxes).id,
                    work_type_id=work.id if work else None,
                    ticket_id=ticket.id if ticket else None,
                    currency=chance.choice(["EUR", "EUR", "USD"]),
                    kind="instalment" if projects and chance.random() < 0.1 else "expense",
                    surcharge_percent=chance.choice([None, Decimal(5)]) if projects else None,
                )
    shop.session.flush()


def sources(shop: Shop) -> Iterator[Source]:
    """Say of each charge what the rule of collection looks at."""
    query = select(Charge, Project.invoice_separately).outerjoin(
        Project, Project.id == Charge.project_id
    )
    for charge, separate in shop.session.execute(query):
        assert charge.customer_id
        yield Source(
            administration_id=charge.administration_id,
            currency=charge.currency,
            customer_id=charge.customer_id,
            contract_id=charge.contract_id,
            project_id=charge.project_id,
            separate=bool(separate),
            instalment_id=charge.id if charge.kind == "instalment" else None,
        )


@pytest.mark.row("A13", "A16", "A17", "A19")
@pytest.mark.parametrize("level", ["contract", "ticket", "entry"])
@pytest.mark.parametrize("collect", ["customer", "contract", "project"])
@pytest.mark.parametrize("seed", [1, 2])
def test_totals_before_the_run_equal_the_invoices_after_it(
    shop: Shop, level: str, collect: str, seed: int
) -> None:
    projects = collect == "project" or seed == 2
    if projects and collect == "contract":
        collect = "project"
    fill(shop, random.Random(seed), projects=projects)  # noqa: S311 - not a secret
    batch: Batch = shop.open(
        source="projects" if projects else "contracts",
        collect=collect,
        line_level=level,
        compress=seed == 2 and level == "entry",
    )
    before = totals(shop.session, batch)
    assert before.invoices == invoice_count(sources(shop), Collect(collect))
    after = totals(shop.session, run(shop.session, batch, actor=shop.clerk))
    assert before == after
    assert before.invoices > 4


def test_removing_a_proposed_invoice_lowers_the_totals(shop: Shop) -> None:
    shop.charge(shop.contract(), "10")
    shop.charge(shop.contract(), "20")
    batch = shop.run()
    first = shop.invoices(batch)[0]
    remove_invoice(shop.session, batch, first.id, actor=shop.clerk)
    (euro,) = totals(shop.session, batch).currencies
    assert (euro.invoices, euro.billable) == (1, 30 - first.net)


def test_totals_count_the_choices_of_owners_and_of_single_charges(shop: Shop) -> None:
    kept, dropped = shop.contract(), shop.contract()
    ticket = shop.books.ticket(shop.customer(), None)
    left_out = shop.charge(kept, "10", ticket_id=ticket.id)
    shop.charge(kept, "20", ticket_id=ticket.id)
    wanted = shop.charge(dropped, "40", ticket_id=ticket.id)
    shop.charge(dropped, "80")
    batch = shop.open()
    choose_owners(shop.session, batch, [dropped.id], ticked=False, actor=shop.clerk)
    choose_charges(shop.session, batch, [left_out.id], ticked=False, actor=shop.clerk)
    choose_charges(shop.session, batch, [wanted.id], ticked=True, actor=shop.clerk)
    found = totals(shop.session, batch)
    assert (found.charges, found.tickets, found.invoices) == (2, 1, 2)
    assert found.currencies[0].billable == 60
    assert totals(shop.session, run(shop.session, batch, actor=shop.clerk)) == found
