"""A tenant's connections: settings are checked, secrets sealed, names taken once."""

from typing import Any

import pytest
from sqlalchemy import select, text

from bordereau.connections import Connections
from bordereau.connections.tables import Connection
from bordereau.errors import Conflict, Forbidden, Invalid, NotFound, SetupError
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor
from bordereau.tenancy.tables import AuditEvent

SETTINGS = {"host": "far.example", "token": "hunter2"}


def add(session: TenantSession, connections: Connections, actor: Actor, **more: Any) -> Connection:
    values = {"kind": "destination", "key": "safe", "settings": SETTINGS} | more
    return connections.add(session, actor, **values)


def built(session: TenantSession, connections: Connections, row: Connection) -> Any:
    return connections.build(session, row)


def test_a_secret_is_sealed_and_comes_back_only_in_the_capability(
    session: TenantSession, connections: Connections, actor: Actor
) -> None:
    row = add(session, connections, actor)
    assert row.settings == {"host": "far.example"}
    stored = session.execute(text("select connection::text from connection")).scalar_one()
    audited = session.scalars(select(AuditEvent.details)).all()
    assert "hunter2" not in stored + repr(audited) + repr(row.secrets)
    safe = built(session, connections, row)
    assert safe.config.token.get_secret_value() == "hunter2"
    assert (safe.context.connection, safe.context.root) == ("Safe", None)
    assert safe.context.tenant.startswith("tenant-")


def test_a_secret_that_is_not_given_stays_and_an_empty_one_is_forgotten(
    session: TenantSession, connections: Connections, actor: Actor
) -> None:
    row = add(session, connections, actor, settings=SETTINGS | {"second": "two"})
    connections.change(session, actor, row.id, settings={"host": "other.example"})
    config = built(session, connections, row).config
    assert (config.host, config.token.get_secret_value()) == ("other.example", "hunter2")
    connections.change(session, actor, row.id, settings={"host": "other.example", "second": ""})
    assert set(row.secrets) == {"token"}
    with pytest.raises(Invalid) as caught:
        connections.change(session, actor, row.id, settings={"host": "x", "token": ""})
    assert caught.value.code == "SETTINGS_INVALID"


def test_a_sealed_secret_is_of_no_use_elsewhere(
    session: TenantSession, connections: Connections, actor: Actor
) -> None:
    row = add(session, connections, actor)
    thief = add(session, connections, actor, name="Thief")
    thief.secrets = dict(row.secrets)
    with pytest.raises(SetupError) as caught:
        connections.build(session, thief)
    assert caught.value.code == "SECRET_UNREADABLE"


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"host": ""} | {"token": "t"}, "host"),
        ({"token": "t"}, "host"),
        (SETTINGS | {"port": "many"}, "port"),
        (SETTINGS | {"colour": "red"}, "colour"),
        ({"host": "far.example"}, "token"),
    ],
)
def test_settings_are_checked_by_the_plugin_and_never_quoted(
    session: TenantSession,
    connections: Connections,
    actor: Actor,
    settings: dict[str, Any],
    where: str,
) -> None:
    with pytest.raises(Invalid) as caught:
        add(session, connections, actor, settings=settings)
    assert (caught.value.code, caught.value.where) == ("SETTINGS_INVALID", where)
    assert "hunter2" not in str(caught.value)
    assert connections.list(session) == []


def test_names_are_taken_once_and_old_views_refused(
    session: TenantSession, connections: Connections, actor: Actor
) -> None:
    row = add(session, connections, actor)
    with pytest.raises(Conflict) as caught:
        add(session, connections, actor)
    assert caught.value.code == "NAME_TAKEN"
    other = add(session, connections, actor, name="Other")
    connections.change(session, actor, other.id, version=1, automatic=True)
    with pytest.raises(Conflict) as caught:
        connections.change(session, actor, other.id, version=1, automatic=False)
    assert caught.value.code == "CHANGED_MEANWHILE"
    assert [each.name for each in connections.list(session)] == ["Other", row.name]
    connections.remove(session, actor, row.id)
    assert [each.name for each in connections.list(session)] == ["Other"]


def test_only_administrators_change_connections(
    session: TenantSession, connections: Connections
) -> None:
    clerk = Actor("clerk@example.com", frozenset({"deliver"}))
    with pytest.raises(Forbidden) as caught:
        add(session, connections, clerk)
    assert caught.value.code == "RIGHT_MISSING"


def test_another_tenant_does_not_see_a_connection(
    database: Database,
    session: TenantSession,
    new_tenant: Any,
    connections: Connections,
    actor: Actor,
) -> None:
    row = add(session, connections, actor)
    session.commit()
    with database.tenant(new_tenant(database)) as stranger:
        assert connections.list(stranger) == []
        with pytest.raises(NotFound):
            connections.get(stranger, row.id)
