"""Whether a connection may be used: its plugin, its state, its check."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bordereau.connections import (
    Connections,
    ask_to_reconnect,
    check,
    disable,
    list_plugins,
    pause,
    set_enabled,
    set_ok,
)
from bordereau.connections.tables import Connection
from bordereau.errors import NotFound, Refused
from bordereau.store import Database, TenantSession
from bordereau.tenancy import Actor
from bordereau.values.ids import TenantId, uuid7

SETTINGS = {"host": "far.example", "token": "hunter2"}


def add(session: TenantSession, connections: Connections, actor: Actor, **more: Any) -> Connection:
    values = {"kind": "destination", "key": "safe", "settings": SETTINGS} | more
    return connections.add(session, actor, **values)


def built(session: TenantSession, connections: Connections, row: Connection) -> Any:
    return connections.build(session, row)


def test_what_is_not_installed_cannot_be_connected(
    session: TenantSession, connections: Connections, actor: Actor
) -> None:
    for kind, key in (("destination", "nowhere"), ("delivery", "safe"), ("spell", "safe")):
        with pytest.raises(NotFound):
            add(session, connections, actor, kind=kind, key=key)
    with pytest.raises(NotFound):
        set_enabled(session, actor, connections.host, "nowhere", enabled=True)


def test_a_plugin_switched_off_builds_nothing_until_it_is_on_again(
    session: TenantSession, connections: Connections, actor: Actor
) -> None:
    row = add(session, connections, actor)
    set_enabled(session, actor, connections.host, "vault", enabled=False)
    with pytest.raises(Refused) as caught:
        connections.build(session, row)
    assert caught.value.code == "PLUGIN_DISABLED"
    [view] = list_plugins(session, connections.host)
    assert (view.enabled, view.offers[0].kind) == (False, "destination")
    assert view.offers[0].form["properties"]["token"]["format"] == "password"
    set_enabled(session, actor, connections.host, "vault", enabled=True)
    assert built(session, connections, row).key == "safe"


def test_a_plugin_that_was_left_out_is_listed_with_its_reason(
    session: TenantSession, connections: Connections
) -> None:
    point = SimpleNamespace(name="broken", dist=None, load=lambda: 1 / 0)
    host = type(connections.host).discover([point], skip=())  # type: ignore[list-item]
    [view] = list_plugins(session, host)
    assert (view.name, view.enabled, view.offers) == ("broken", False, ())
    assert "ZeroDivisionError" in view.reason


def test_states_of_a_connection(
    session: TenantSession, connections: Connections, actor: Actor
) -> None:
    row = add(session, connections, actor)
    until = datetime.now(UTC) + timedelta(hours=1)

    def state() -> tuple[str, datetime | None]:
        session.flush()
        session.refresh(row)
        return row.state, row.paused_until

    pause(session, row.id, until, "too many calls")
    assert state() == ("paused", until)
    assert built(session, connections, row).key == "safe"  # a rest is not a reason to refuse
    ask_to_reconnect(session, row.id, "the token is wrong")
    assert state() == ("reconnect", None)
    with pytest.raises(Refused) as caught:
        connections.build(session, row)
    assert (caught.value.code, caught.value.message) == ("RECONNECT", "the token is wrong")
    pause(session, row.id, until, "too many calls")
    assert state() == ("reconnect", None)  # a person's turn is not overwritten
    set_ok(session, row.id)
    assert state() == ("ok", None)
    disable(session, actor, connections, row.id)
    ask_to_reconnect(session, row.id, "again")
    assert state() == ("disabled", None)
    with pytest.raises(Refused) as caught:
        connections.build(session, row)
    assert caught.value.code == "CONNECTION_DISABLED"


@pytest.mark.parametrize(
    ("token", "state", "told"),
    [
        ("right", "ok", ""),
        ("wrong", "reconnect", "the token is wrong"),
        ("busy", "ok", "come again"),
        ("bug", "reconnect", "The plugin failed: ValueError."),
    ],
)
def test_a_check_asks_the_far_side_and_keeps_the_answer(
    database: Database,
    tenant_id: TenantId,
    connections: Connections,
    actor: Actor,
    token: str,
    state: str,
    told: str,
) -> None:
    with database.tenant(tenant_id) as session:
        row = add(session, connections, actor, settings=SETTINGS | {"token": token})
    assert check(database, connections, tenant_id, row.id) == told
    with database.tenant(tenant_id) as session:
        assert connections.get(session, row.id).state == state
    with pytest.raises(NotFound):
        check(database, connections, tenant_id, uuid7())
