"""What a link shows: issued invoices of its customer or project, and no other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.fixtures.shop import Shop

from bordereau.catalog.tables import Customer, Project
from bordereau.contract import from_canonical
from bordereau.errors import NotFound
from bordereau.invoices import document_of, void_invoice
from bordereau.invoices.tables import Invoice
from bordereau.portal import Scope, shared_invoice, shared_invoices
from bordereau.store import Database, TenantSession
from bordereau.values.ids import TenantId

pytestmark = pytest.mark.row("B63")


def scope_of(shop: Shop, owner: Customer | Project) -> Scope:
    kind = "c" if isinstance(owner, Customer) else "p"
    return Scope(shop.session.tenant_id, kind, owner.id, datetime.now(UTC) + timedelta(days=1))


def shown(session: TenantSession, scope: Scope) -> list[UUID]:
    return [one.id for one in shared_invoices(session, scope)]


def hidden(session: TenantSession, scope: Scope, invoice: Invoice) -> bool:
    with pytest.raises(NotFound):
        shared_invoice(session, scope, invoice.id)
    return invoice.id not in shown(session, scope)


def bill_contracts(shop: Shop, customer: Customer, count: int = 1) -> list[Invoice]:
    for _ in range(count):
        shop.charge(shop.contract(customer))
    return [one for one in shop.issue() if one.customer_id == customer.id]


def test_an_invoice_is_shown_as_it_was_issued(shop: Shop) -> None:
    customer = shop.customer()
    (invoice,) = bill_contracts(shop, customer)
    scope = scope_of(shop, customer)
    (listed,) = shared_invoices(shop.session, scope)
    assert (listed.number, listed.total) == (invoice.number, invoice.total)
    found = shared_invoice(shop.session, scope, invoice.id)
    assert (found.text, found.sha256) == (invoice.document, invoice.document_sha256)
    assert from_canonical(found.text) == document_of(shop.session, invoice.id)


def test_the_invoice_of_another_customer_is_not_there(shop: Shop) -> None:
    (invoice,) = bill_contracts(shop, shop.customer())
    assert hidden(shop.session, scope_of(shop, shop.customer()), invoice)


def test_proposals_and_drafts_are_not_there(shop: Shop) -> None:
    customer = shop.customer()
    shop.charge(shop.contract(customer))
    (proposal,) = shop.invoices(shop.run())
    assert proposal.state == "proposed"
    assert hidden(shop.session, scope_of(shop, customer), proposal)
    shop.charge(shop.contract(customer))
    (draft,) = shop.invoices(shop.generate())
    assert draft.state == "draft"
    assert hidden(shop.session, scope_of(shop, customer), draft)


def test_a_voided_invoice_is_no_longer_there(shop: Shop) -> None:
    customer = shop.customer()
    (invoice,) = bill_contracts(shop, customer)
    assert shown(shop.session, scope_of(shop, customer)) == [invoice.id]
    void_invoice(shop.session, invoice.id, reason="Mistake", actor=shop.clerk)
    assert hidden(shop.session, scope_of(shop, customer), invoice)


def test_a_project_shows_its_own_invoices_alone(shop: Shop) -> None:
    customer = shop.customer()
    first, second = (shop.project(customer, invoice_separately=True) for _ in range(2))
    for project in (first, second):
        shop.charge(project)
    issued = {one.project_id: one for one in shop.issue(source="projects")}
    scope = scope_of(shop, first)
    assert shown(shop.session, scope) == [issued[first.id].id]
    assert hidden(shop.session, scope, issued[second.id])
    assert len(shown(shop.session, scope_of(shop, customer))) == 2


def test_a_list_goes_on_after_the_last_seen_newest_first(shop: Shop) -> None:
    customer = shop.customer()
    ids = [one.id for one in bill_contracts(shop, customer, 5)]
    scope, seen = scope_of(shop, customer), list[UUID]()
    assert len(ids) == 5
    while found := shared_invoices(shop.session, scope, after=seen[-1] if seen else None, limit=2):
        assert len(found) <= 2
        seen += [one.id for one in found]
    assert seen == sorted(ids, reverse=True)


def test_a_scope_shows_nothing_in_a_session_of_another_tenant(
    shop: Shop, database: Database, new_tenant: Callable[..., TenantId]
) -> None:
    customer = shop.customer()
    (invoice,) = bill_contracts(shop, customer)
    shop.session.commit()
    scope = scope_of(shop, customer)
    with database.tenant(new_tenant(database)) as stranger:
        assert hidden(stranger, scope, invoice)
