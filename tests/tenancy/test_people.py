"""Users, rights, actors and API keys."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bordereau.errors import Conflict, Forbidden, Invalid, NotFound
from bordereau.store import Database, TenantSession
from bordereau.tenancy import (
    ALLOWS,
    ROLES,
    Actor,
    Right,
    authenticate,
    change_rights,
    issue_key,
    revoke_key,
    set_active,
)
from bordereau.tenancy.tables import ApiKey, User
from bordereau.tenancy.users import add_user
from bordereau.values.ids import TenantId, uuid7

OWNER = Actor.installation("owner")


@pytest.fixture
def clerk(database: Database, tenant_id: TenantId) -> User:
    with database.tenant(tenant_id) as session:
        return add_user(session, OWNER, email="clerk@msp.example", name="Clara", roles=["clerk"])


def key_of(database: Database, tenant_id: TenantId, user: User, **options: datetime) -> str:
    with database.tenant(tenant_id) as session:
        return issue_key(session, OWNER, user_id=user.id, name="test", **options).text


def test_every_right_says_what_it_allows() -> None:
    assert set(ALLOWS) == set(Right)
    assert ROLES["administrator"] == set(Right)
    assert ROLES["reader"] == {Right.READ}


@pytest.mark.row("B9")
def test_the_four_actions_on_cost_lines_are_four_rights() -> None:
    leader = ROLES["leader"]
    four = {"approve", "undo_approval", "report_ready", "cancel_reporting"}
    assert four <= leader
    assert four & ROLES["clerk"] == {"report_ready", "cancel_reporting"}


def test_an_actor_without_the_right_is_refused() -> None:
    actor = Actor("reader@msp.example", frozenset({"read"}))
    actor.must("read")
    with pytest.raises(Forbidden) as refused:
        actor.must(Right.FINALISE)
    assert refused.value.code == "RIGHT_MISSING"
    assert refused.value.details == {"right": "finalise"}


def test_a_user_has_the_rights_of_the_roles_and_more(session: TenantSession) -> None:
    user = add_user(
        session, OWNER, email="a@msp.example", name="A", roles=["reader"], rights=["post"]
    )
    assert user.rights == ["post", "read"]
    change_rights(session, OWNER, user.id, ["read"])
    assert user.rights == ["read"]
    with pytest.raises(Conflict):
        add_user(session, OWNER, email="a@msp.example", name="B")


def test_unknown_roles_rights_and_users_are_refused(session: TenantSession) -> None:
    with pytest.raises(Invalid, match="role"):
        add_user(session, OWNER, email="b@msp.example", name="B", roles=["king"])
    with pytest.raises(Invalid, match="right"):
        add_user(session, OWNER, email="b@msp.example", name="B", rights=["everything"])
    with pytest.raises(NotFound):
        change_rights(session, OWNER, uuid7(), [])
    with pytest.raises(NotFound):
        issue_key(session, OWNER, user_id=uuid7(), name="x")
    with pytest.raises(NotFound):
        revoke_key(session, OWNER, uuid7())


def test_a_key_tells_who_calls(database: Database, tenant_id: TenantId, clerk: User) -> None:
    text_of_key = key_of(database, tenant_id, clerk)
    assert text_of_key.startswith(f"bdr_{tenant_id}_")
    found, actor = authenticate(database, text_of_key)
    assert found == tenant_id
    assert (actor.name, actor.user_id) == ("clerk@msp.example", clerk.id)
    assert actor.may("batch")
    assert not actor.may("administer")


def test_rights_taken_from_a_user_are_gone_from_the_keys_at_once(
    database: Database, tenant_id: TenantId, clerk: User
) -> None:
    key = key_of(database, tenant_id, clerk)
    with database.tenant(tenant_id) as session:
        change_rights(session, OWNER, clerk.id, ["read"])
    assert authenticate(database, key)[1].rights == {"read"}


def test_a_dump_of_the_database_holds_no_usable_key(
    database: Database, tenant_id: TenantId, clerk: User
) -> None:
    key = key_of(database, tenant_id, clerk)
    secret = key.rpartition("_")[2]
    with database.tenant(tenant_id) as session:
        rows = session.execute(text("select to_jsonb(k)::text from api_key k")).scalars().all()
    assert rows
    assert not any(secret in row for row in rows)
    assert secret not in repr(key_id_of(key))


def key_id_of(key: str) -> str:
    return key.split("_")[2]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: "",
        lambda key: "bdr_1",
        lambda key: key[:-1] + ("0" if key[-1] != "0" else "1"),
        lambda key: key.replace(key_id_of(key), uuid7().hex),
        lambda key: "bdr_999999_" + key.split("_", 2)[2],
        lambda key: key + "\n",
    ],
)
def test_a_wrong_key_is_refused_without_saying_why(
    database: Database, tenant_id: TenantId, clerk: User, spoil: object
) -> None:
    key = key_of(database, tenant_id, clerk)
    assert callable(spoil)
    with pytest.raises(Forbidden) as refused:
        authenticate(database, spoil(key))
    assert refused.value.code == "KEY_INVALID"


def test_a_key_of_one_tenant_opens_no_other(
    database: Database, tenant_id: TenantId, clerk: User, new_tenant: object
) -> None:
    assert callable(new_tenant)
    other = new_tenant(database)
    key = key_of(database, tenant_id, clerk)
    with pytest.raises(Forbidden):
        authenticate(database, key.replace(f"bdr_{tenant_id}_", f"bdr_{other}_"))


def test_expired_revoked_and_inactive_keys_do_not_work(
    database: Database, tenant_id: TenantId, clerk: User
) -> None:
    now = datetime.now(UTC)
    expired = key_of(database, tenant_id, clerk, expires_at=now - timedelta(seconds=1))
    later = key_of(database, tenant_id, clerk, expires_at=now + timedelta(hours=1))
    with pytest.raises(Forbidden):
        authenticate(database, expired)
    authenticate(database, later)
    with database.tenant(tenant_id) as session:
        issued = issue_key(session, OWNER, user_id=clerk.id, name="gone")
        revoke_key(session, OWNER, issued.id)
    with pytest.raises(Forbidden):
        authenticate(database, issued.text)
    with database.tenant(tenant_id) as session:
        set_active(session, OWNER, clerk.id, active=False)
    with pytest.raises(Forbidden):
        authenticate(database, later)


def test_the_last_use_of_a_key_is_noted(
    database: Database, tenant_id: TenantId, clerk: User
) -> None:
    authenticate(database, key_of(database, tenant_id, clerk))
    with database.tenant(tenant_id) as session:
        assert session.query(ApiKey).one().last_used_at is not None


def test_only_an_administrator_manages_people(session: TenantSession) -> None:
    reader = Actor("reader", frozenset({"read"}))
    for act in (
        lambda: add_user(session, reader, email="c@msp.example", name="C"),
        lambda: issue_key(session, reader, user_id=uuid7(), name="x"),
        lambda: revoke_key(session, reader, uuid7()),
        lambda: set_active(session, reader, uuid7(), active=True),
    ):
        with pytest.raises(Forbidden):
            act()
