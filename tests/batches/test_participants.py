"""Course participants are billed like project lines (row B66)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.fixtures.books import Books

from bordereau.batches import Options, generate, open_batch, run, totals
from bordereau.batches.owners import list_owners
from bordereau.charges.tables import Charge
from bordereau.invoices.tables import Invoice
from bordereau.store import TenantSession
from bordereau.tenancy import Actor

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
    assert (owner.name, owner.selected_balance) == (customer.name, Decimal(490))
    assert totals(session, batch).currencies[0].total == Decimal("592.90")
    generate(session, run(session, batch, actor=ANNA), batch.preview_hash, actor=ANNA)
    assert session.scalars(select(Invoice.total)).all() == [Decimal("592.90")]
    states = session.scalars(select(Charge.state).where(Charge.kind == "participant"))
    assert set(states) == {"billed"}
    again = open_batch(session, actor=ANNA, source="participants", as_of=date(2026, 11, 21))
    assert list_owners(session, again).owners == ()
