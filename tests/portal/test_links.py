"""Links to the portal: who may make one, what it shows, and that no other text opens anything."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.fixtures.books import Books

from bordereau.catalog.tables import Customer
from bordereau.errors import Forbidden, Invalid, NotFound
from bordereau.portal import LONGEST, Scope, make_link, open_link
from bordereau.portal.scope import sign
from bordereau.store import Database
from bordereau.tenancy import Actor, KeyRing, Right
from bordereau.tenancy.tables import AuditEvent
from bordereau.values.ids import TenantId, public_id, uuid7

SHARER = Actor("sharer@exemple.example", frozenset({Right.SHARE}))
OLD, NEW = ("k1", b"1" * 32), ("k2", b"2" * 32)
KEYS = KeyRing(dict([OLD]))


def days(number: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=number)


@pytest.fixture
def customer(database: Database, tenant_id: TenantId) -> Customer:
    """A customer that other transactions see."""
    with database.tenant(tenant_id) as session:
        return Books(session).customer()


@pytest.fixture
def link(database: Database, tenant_id: TenantId, customer: Customer) -> str:
    """A link of ten days for the customer."""
    with database.tenant(tenant_id) as session:
        return make_link(session, SHARER, KEYS, customer_id=customer.id, expires_at=days(10))


def refused(database: Database, text: str, keys: KeyRing = KEYS) -> tuple[str, str]:
    with pytest.raises(Forbidden) as refusal:
        open_link(database, keys, text)
    return refusal.value.code, refusal.value.message


@pytest.mark.row("B63")
def test_a_link_says_whose_invoices_it_shows_and_until_when(
    database: Database, tenant_id: TenantId, customer: Customer, link: str
) -> None:
    scope = open_link(database, KEYS, link)
    assert (scope.tenant_id, scope.kind, scope.owner_id) == (tenant_id, "c", customer.id)
    assert timedelta(days=9.9) < scope.expires_at - datetime.now(UTC) <= timedelta(days=10)


def test_making_a_link_needs_the_right_to_share(books: Books) -> None:
    reader = Actor("reader@exemple.example", frozenset(Right) - {Right.SHARE})
    with pytest.raises(Forbidden) as refusal:
        make_link(books.session, reader, KEYS, customer_id=books.customer().id, expires_at=days(1))
    assert refusal.value.details == {"right": "share"}


def test_making_a_link_is_in_the_audit_trail_without_the_link(books: Books) -> None:
    project = books.project(books.customer(), books.administration())
    until = days(1)
    text = make_link(books.session, SHARER, KEYS, project_id=project.id, expires_at=until)
    event = books.session.scalars(select(AuditEvent)).one()
    assert (event.actor, event.action) == (SHARER.name, "portal.link")
    assert event.subject == public_id("prj", project.id)
    assert event.details == {"expires_at": until.replace(microsecond=0).isoformat()}
    assert text.rpartition("_")[2] not in str(event.details)


@pytest.mark.parametrize("until", [timedelta(seconds=-1), LONGEST + timedelta(minutes=1)])
def test_a_link_ends_in_the_future_and_after_ninety_days_at_most(
    books: Books, until: timedelta
) -> None:
    end = datetime.now(UTC) + until
    with pytest.raises(Invalid) as refusal:
        make_link(books.session, SHARER, KEYS, customer_id=books.customer().id, expires_at=end)
    assert (refusal.value.code, refusal.value.where) == ("LINK_TERM", "expires_at")


@pytest.mark.parametrize("named", [(), ("customer_id", "project_id")])
def test_a_link_is_for_one_customer_or_for_one_project(
    books: Books, named: tuple[str, ...]
) -> None:
    customer = books.customer()
    project = books.project(customer, books.administration())
    owners = {"customer_id": customer.id, "project_id": project.id}
    given = {name: owners[name] for name in named}
    with pytest.raises(Invalid) as refusal:
        make_link(books.session, SHARER, KEYS, **given, expires_at=days(1))
    assert refusal.value.code == "LINK_SCOPE"


def test_there_is_no_link_for_a_customer_of_another_tenant(
    database: Database, customer: Customer, new_tenant: Callable[..., TenantId]
) -> None:
    with database.tenant(new_tenant(database)) as session, pytest.raises(NotFound):
        make_link(session, SHARER, KEYS, customer_id=customer.id, expires_at=days(1))


@pytest.mark.row("B63")
def test_no_part_of_a_link_can_be_changed(
    database: Database, link: str, new_tenant: Callable[..., TenantId]
) -> None:
    _, tenant_id, _, owner, expiry, mac = link.split("_")
    later = str(int(expiry) + 1)
    changed: dict[str, Any] = {
        "tenant": link.replace(f"_{tenant_id}_", f"_{new_tenant(database)}_", 1),
        "kind": link.replace("_c_", "_p_"),
        "owner": link.replace(owner, uuid7().hex),
        "expiry": link.replace(expiry, later),
        "mac": link.replace(mac, mac[:-1] + ("0" if mac[-1] != "0" else "1")),
        "case": link.upper(),
        "longer": f"{link}0",
        "line": f"{link}\n",
        "digits": link.replace(expiry, re.sub("[0-9]", "٣", expiry)),
        "nothing": "",
    }
    for name, text in changed.items():
        assert text != link, name
        assert refused(database, text) == ("LINK_INVALID", "This link is not valid."), name


def test_a_link_that_has_expired_opens_nothing(
    database: Database, tenant_id: TenantId, customer: Customer
) -> None:
    ended = sign(Scope(tenant_id, "c", customer.id, days(-1)), KEYS)
    assert refused(database, ended)[0] == "LINK_EXPIRED"
    forged = ended[:-1] + ("0" if ended[-1] != "0" else "1")
    assert refused(database, forged)[0] == "LINK_INVALID"


def test_a_signed_link_for_nobody_is_as_invalid_as_a_forged_one(
    database: Database, tenant_id: TenantId
) -> None:
    nobody = sign(Scope(tenant_id, "c", uuid7(), days(1)), KEYS)
    assert refused(database, nobody) == refused(database, "bdp_1")


def test_a_link_stays_valid_while_its_key_is_on_the_ring(
    database: Database, customer: Customer, link: str
) -> None:
    assert open_link(database, KeyRing(dict([NEW, OLD])), link).owner_id == customer.id
    assert refused(database, link, KeyRing(dict([NEW])))[0] == "LINK_INVALID"


def test_a_new_link_is_signed_with_the_newest_key(
    database: Database, tenant_id: TenantId, customer: Customer
) -> None:
    text = sign(Scope(tenant_id, "c", customer.id, days(1)), KeyRing(dict([NEW, OLD])))
    assert open_link(database, KeyRing(dict([NEW])), text).owner_id == customer.id
    assert refused(database, text)[0] == "LINK_INVALID"
