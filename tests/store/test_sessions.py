"""What a tenant's session may hold, and what is left on a connection afterwards."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bordereau.catalog.tables import Customer
from bordereau.errors import Forbidden
from bordereau.store import (
    Database,
    TenantSession,
    new_tenant_id,
    tenant_id_of,
    tenant_ids,
)
from bordereau.tenancy.tables import ApiKey, AuditEvent, Tenant, User
from bordereau.values.ids import TenantId

NewTenant = Callable[..., TenantId]


def customer(code: str = "C1") -> Customer:
    return Customer(code=code, name="Ada", country="BE")


@pytest.fixture
def stranger(database: Database, new_tenant: NewTenant) -> TenantId:
    """Another tenant, with one customer."""
    other = new_tenant(database)
    with database.tenant(other) as session:
        session.add(customer())
    return other


def test_a_new_row_gets_the_sessions_tenant(session: TenantSession) -> None:
    added = customer()
    session.add(added)
    session.flush()
    assert added.tenant_id == session.tenant_id


def test_a_session_cannot_be_given_another_tenant(session: TenantSession) -> None:
    with pytest.raises(AttributeError):
        session.tenant_id = TenantId(1)  # type: ignore[misc]


def test_a_row_of_another_tenant_is_refused_before_the_database_is_asked(
    session: TenantSession, stranger: TenantId
) -> None:
    row = customer()
    row.tenant_id = stranger
    session.add(row)
    with pytest.raises(Forbidden) as refusal:
        session.flush()
    assert refusal.value.code == "OTHER_TENANT"


def test_an_object_of_another_tenant_is_refused_when_it_is_changed_here(
    session: TenantSession, database: Database, stranger: TenantId
) -> None:
    with database.tenant(stranger) as theirs:
        found = theirs.scalars(select(Customer)).one()
    session.add(found)
    found.name = "taken"
    with pytest.raises(Forbidden):
        session.flush()


def test_a_foreign_key_cannot_name_another_tenants_row(
    session: TenantSession, database: Database, stranger: TenantId
) -> None:
    """Foreign keys are checked without row security, so the tenant is part of the key."""
    with database.tenant(stranger) as theirs:
        user = User(email="eve@example.com", name="Eve", rights=[])
        theirs.add(user)
    session.add(ApiKey(user_id=user.id, name="stolen", secret_sha256="0"))  # noqa: S106 - no secret
    with pytest.raises(IntegrityError, match="api_key_user_id_fk"):
        session.flush()


def test_two_tenants_may_use_the_same_code(session: TenantSession, stranger: TenantId) -> None:
    session.add(customer("C1"))
    session.flush()
    assert [c.code for c in session.scalars(select(Customer))] == ["C1"]


def test_two_sessions_hold_two_objects_for_the_same_id(
    database: Database, tenant_id: TenantId, stranger: TenantId
) -> None:
    shared = uuid4()
    for owner, name in ((tenant_id, "mine"), (stranger, "theirs")):
        with database.tenant(owner) as session:
            session.add(Customer(id=shared, code="S", name=name, country="BE"))
    for owner, name in ((tenant_id, "mine"), (stranger, "theirs")):
        with database.tenant(owner) as session:
            found = session.scalars(select(Customer).where(Customer.id == shared)).one()
            assert found.name == name


def test_a_pooled_connection_forgets_its_tenant(
    fresh_database: Database, new_tenant: NewTenant
) -> None:
    tenant = new_tenant(fresh_database)
    with fresh_database.tenant(tenant) as session:
        session.add(customer())
        used = session.scalar(text("select pg_backend_pid()"))
    with fresh_database.engine.connect() as connection:
        assert connection.scalar(text("select pg_backend_pid()")) == used
        assert connection.scalar(text("select count(*) from customer")) == 0
        assert connection.scalar(text("select count(*) from tenant")) == 0


def test_a_session_names_its_tenant_again_in_each_transaction(session: TenantSession) -> None:
    session.add(customer())
    session.commit()
    assert session.scalar(text("select count(*) from customer")) == 1
    session.rollback()
    assert session.scalar(text("select count(*) from customer")) == 1


def test_an_error_undoes_the_whole_transaction(database: Database, tenant_id: TenantId) -> None:
    def fail() -> None:
        with database.tenant(tenant_id) as session:
            session.add(customer())
            session.flush()
            session.execute(text("select 1 / 0"))

    with pytest.raises(DBAPIError, match="division by zero"):
        fail()
    with database.tenant(tenant_id) as session:
        assert session.scalars(select(Customer)).all() == []


def test_rows_are_readable_after_the_session(database: Database, tenant_id: TenantId) -> None:
    with database.tenant(tenant_id) as session:
        added = customer()
        session.add(added)
    assert added.name == "Ada"


def test_an_operator_sees_no_tenants_rows_even_on_a_spoilt_connection(
    fresh_database: Database, new_tenant: NewTenant
) -> None:
    tenant = new_tenant(fresh_database)
    with fresh_database.tenant(tenant) as session:
        session.add(customer())
        session.execute(text("select set_config('app.tenant', :t, false)"), {"t": str(tenant)})
    with fresh_database.operator() as operator:
        assert operator.scalar(text("select count(*) from customer")) == 0


def test_an_operator_lists_and_finds_tenants(
    fresh_database: Database, new_tenant: NewTenant
) -> None:
    first = new_tenant(fresh_database, slug="acme")
    second = new_tenant(fresh_database, slug="zenith")
    with fresh_database.operator() as operator:
        assert tenant_ids(operator) == [first, second]
        assert tenant_id_of(operator, "zenith") == second
        assert tenant_id_of(operator, "nobody") is None
        assert new_tenant_id(operator) > second


def test_a_tenant_can_neither_list_nor_find_tenants(
    session: TenantSession, stranger: TenantId
) -> None:
    slug = f"tenant-{stranger}"
    assert tenant_ids(session) == []
    assert tenant_id_of(session, slug) is None
    assert session.scalars(select(Tenant.id)).all() == [session.tenant_id]


def test_a_tenant_cannot_make_another_tenant(session: TenantSession) -> None:
    taken = new_tenant_id(session)
    facts = {"region": "BE", "currency": "EUR", "time_zone": "UTC"}
    session.add(Tenant(id=taken, slug="mine-too", name="Mine too", **facts))
    with pytest.raises(DBAPIError, match="row-level security"):
        session.flush()


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_event set actor = 'somebody else'",
        "delete from audit_event",
        "truncate audit_event",
        "truncate customer",
        "alter table customer disable row level security",
        "alter table customer no force row level security",
        "drop policy tenant on customer",
        "create policy mine on customer using (true)",
        "create table public.mine (id int)",
        "set role bordereau_test_owner",
        "alter role current_user bypassrls",
    ],
)
def test_the_application_may_not(session: TenantSession, statement: str) -> None:
    session.add(AuditEvent(actor="ada", action="login", subject="user"))
    session.flush()
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        session.execute(text(statement))


def test_values_do_not_appear_in_a_database_error(session: TenantSession) -> None:
    session.add_all([Customer(code="C", name=name, country="BE") for name in ("Ada", "Bob")])
    with pytest.raises(IntegrityError) as error:
        session.flush()
    assert "Ada" not in str(error.value)
    assert "Bob" not in str(error.value)
