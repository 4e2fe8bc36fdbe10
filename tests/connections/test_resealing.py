"""Going over to a new key: every stored secret is sealed anew, and the old key can go."""

import pytest

from bordereau.connections import Connections, reseal
from bordereau.errors import SetupError
from bordereau.store import TenantSession
from bordereau.tenancy import Actor, KeyRing

OLD, NEW = ("test", b"s" * 32), ("next", b"n" * 32)
SETTINGS = {"host": "far.example", "token": "hunter2", "second": "two"}


def test_the_old_key_can_go_when_every_secret_is_sealed_with_the_new_one(
    session: TenantSession, connections: Connections, actor: Actor
) -> None:
    row = connections.add(session, actor, key="safe", kind="destination", settings=SETTINGS)
    plain = connections.add(
        session, actor, key="safe", kind="destination", name="Two", settings=SETTINGS
    )
    both, new = KeyRing(dict([NEW, OLD])), KeyRing(dict([NEW]))
    with pytest.raises(SetupError) as early:
        Connections(connections.host, new).build(session, row)
    assert early.value.code == "SECRET_KEY_MISSING"
    assert [reseal(session, both), reseal(session, both)] == [4, 0]
    for one in (row, plain):
        config = Connections(connections.host, new).build(session, one).config
        assert config.token.get_secret_value() == "hunter2"


def test_nothing_is_sealed_anew_while_a_key_is_missing(
    session: TenantSession, connections: Connections, actor: Actor
) -> None:
    row = connections.add(session, actor, key="safe", kind="destination", settings=SETTINGS)
    before = dict(row.secrets)
    with pytest.raises(SetupError) as refused:
        reseal(session, KeyRing(dict([NEW])))
    assert refused.value.code == "SECRET_KEY_MISSING"
    assert row.secrets == before
