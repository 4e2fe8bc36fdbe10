"""Course participants are billed like project lines (row B66)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.fixtures.books import Books

from bordereau.batches import Options, choose_owners, generate, open_batch, run, totals
from bordereau.batches.owners import list_owners
from bordereau.charges.tables import Charge
from bordereau.errors import Refused
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import public_id

ANNA = Actor.installation("anna")


@pytest.mark.row("B66")
def test_a_participant_is_billed_to_the_customer_and_leaves_the_list(
    session: TenantSession, books: Books
) -> None:
    administration, customer = books.administration(), books.customer()
    tax = books.tax_code("21")
    project = books.project(customer, administration)
    for net in ("245", "245"):
        books.charge(project, net, kind="participant", project_id=None, tax_code=tax.id)
    books.charge(project, "999", tax_code=tax.id)
    batch = open_batch(
        session,
        actor=ANNA,
        source="participants",
        as_of=date(2026, 11, 21),
        options=Options(name="Courses"),
    )
    (owner,) = list_owners(session, batch).owners
    (balance,) = owner.balances
    assert (owner.name, balance.selected_balance) == (customer.name, Decimal(490))
    assert totals(session, batch).currencies[0].total == Decimal("592.90")
    generate(session, run(session, batch, actor=ANNA), batch.preview_hash, actor=ANNA)
    assert session.scalars(select(Invoice.total)).all() == [Decimal("592.90")]
    states = session.scalars(select(Charge.state).where(Charge.kind == "participant"))
    assert set(states) == {"billed"}
    again = open_batch(session, actor=ANNA, source="participants", as_of=date(2026, 11, 21))
    assert list_owners(session, again).owners == ()


@pytest.mark.row("A13", "B66")
@pytest.mark.parametrize("level", ["contract", "ticket", "entry"])
def test_participants_are_taxed_line_by_line_before_the_run_as_after_it(
    session: TenantSession, books: Books, level: str
) -> None:
    administration, customer = books.administration(tax_policy="line"), books.customer()
    tax = books.tax_code("20")
    project = books.project(customer, administration)
    for _ in range(3):
        books.charge(project, "0.13", kind="participant", project_id=None, tax_code=tax.id)
    batch = open_batch(
        session,
        actor=ANNA,
        source="participants",
        as_of=date(2026, 11, 21),
        options=Options(name="Courses", line_level=level),
    )
    before = totals(session, batch)
    assert before.currencies[0].tax == Decimal("0.09")
    assert totals(session, run(session, batch, actor=ANNA)) == before


@pytest.mark.row("B66")
def test_a_locked_customer_of_participants_is_named_as_one(
    session: TenantSession, books: Books
) -> None:
    customer = books.customer()
    project = books.project(customer, books.administration())
    books.charge(
        project, kind="participant", project_id=None, ready_on=date(2026, 12, 1), state="open"
    )
    batch = open_batch(session, actor=ANNA, source="participants", as_of=date(2026, 11, 21))
    with pytest.raises(Refused, match="this customer can be billed") as refusal:
        choose_owners(session, batch, [customer.id], ticked=True, actor=ANNA)
    assert refusal.value.details == {"owners": [public_id("cus", customer.id)]}
