"""The plugin host: what it takes in, what it leaves out, and what it says about it."""

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from bordereau.connections.host import Host
from bordereau.contract import Context, Delivery, Destination, Renderer
from bordereau.errors import Invalid, NotFound

GOOD = """
from bordereau.contract import Artifact, Destination, DeliveryResult, Outcome, hookimpl

class Ledger(Destination):
    key = "ledger"
    title = "Ledger"

    def build(self, consignment):
        return Artifact(name="ledger.txt", media_type="text/plain", content=b"x")

    def export(self, consignment):
        for item in consignment.items:
            yield DeliveryResult(delivery_id=item.delivery_id, outcome=Outcome.CREATED)

@hookimpl
def bordereau_destinations():
    return [Ledger]
"""
Install = Callable[..., EntryPoint]


def only_failure(*points: EntryPoint) -> str:
    host = Host.discover(points, skip=())
    assert host.plugins() == []
    assert host.kind(Destination) == {}
    (failure,) = host.failures.values()
    return failure.reason


def test_the_built_in_plugins_come_through_the_same_door() -> None:
    host = Host.discover()
    offered = {plugin.name: plugin for plugin in host.plugins()}
    assert {"archive", "csv", "email"} <= offered.keys()
    assert offered["csv"].distribution == "bordereau"
    assert [capability.key for capability in offered["csv"].capabilities] == ["csv"]
    assert {"archive", "email"} <= host.kind(Delivery).keys()
    assert host.channel("csv") is host.kind(Destination)["csv"]


def test_a_third_party_plugin_is_listed_with_where_it_comes_from(install: Install) -> None:
    host = Host.discover([install("ledger", GOOD, distribution="acme-ledger")], skip=())
    (plugin,) = host.plugins()
    assert (plugin.name, plugin.distribution, plugin.version) == ("ledger", "acme-ledger", "1.2")
    assert list(host.kind(Destination)) == ["ledger"]
    assert host.kind(Renderer) == {}
    assert host.failures == {}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("def (", "SyntaxError"),
        ("value = 1", "has no hook"),
        (GOOD.replace("def bordereau_dest", "def bordereau_dset"), "bordereau_dsetinations"),
        (GOOD.replace("destinations():", "destinations(tenant):"), "tenant"),
        (GOOD.replace("return [Ledger]", "return Ledger"), "must return a list"),
        (GOOD.replace("return [Ledger]", "return [Ledger, 7]"), "7, offered in"),
        (GOOD.replace("return [Ledger]", "return [str]"), "is no Destination class"),
        (GOOD.replace("bordereau_destinations", "bordereau_deliveries"), "is no Delivery class"),
        (GOOD.replace("    def export", "    def send"), "lacks export"),
        (GOOD.replace('key = "ledger"', "api_version = 2"), "speaks API version 2"),
        (GOOD.replace('key = "ledger"', 'key = "My Ledger"'), "needs a key"),
        (GOOD.replace('key = "ledger"', ""), "needs a key"),
        (GOOD.replace('title = "Ledger"', ""), "needs a title"),
        (GOOD.replace('title = "Ledger"', 'title = "L"; config_model = dict'), "config_model"),
        (GOOD.replace('title = "Ledger"', 'title = "L"; completes = "exported"'), "which fact"),
        (
            GOOD.replace("import Artifact", "import Features, Artifact").replace(
                'title = "Ledger"', 'title = "L"; features = Features(can_find=True)'
            ),
            "has no find()",
        ),
        (GOOD.replace("[Ledger]", "[Ledger, Ledger]"), "key ledger of Ledger is taken by Ledger"),
    ],
)
def test_a_broken_plugin_is_left_out_with_its_reason(
    install: Install, source: str, reason: str
) -> None:
    assert reason in only_failure(install("ledger", source))


def test_a_broken_plugin_stops_no_other(install: Install, caplog: pytest.LogCaptureFixture) -> None:
    broken, good = install("broken", "1 / 0"), install("ledger", GOOD)
    host = Host.discover([broken, good], skip=())
    assert [plugin.name for plugin in host.plugins()] == ["ledger"]
    assert host.failures["broken"].reason == "ZeroDivisionError: division by zero"
    assert host.failures["broken"].distribution == "x-broken"
    assert "Plugin broken of x-broken is left out" in caplog.text


def test_a_plugin_is_taken_in_whole_or_not_at_all(
    install: Install, bordereau_context: Context
) -> None:
    source = GOOD + "\n@hookimpl\ndef bordereau_deliveries():\n    return [Ledger]\n"
    host = Host.discover([install("ledger", source)], skip=())
    assert host.kind(Destination) == {}
    with pytest.raises(NotFound):
        host.build(Destination, "ledger", {}, bordereau_context)


def test_nobody_takes_the_key_of_a_built_in(install: Install) -> None:
    thief = install("aaa", GOOD.replace('"ledger"', '"csv"'), distribution="aaa")
    host = Host.discover([thief, *entry_points(group="bordereau", name="csv")], skip=())
    assert host.kind(Destination)["csv"].__module__ == "bordereau_csv.destination"
    assert host.failures["aaa"].reason == (
        "The key csv of Ledger is taken by CsvFile of plugin csv."
    )


def test_nobody_takes_the_name_of_a_built_in(install: Install) -> None:
    twin = install("csv", GOOD, distribution="aaa")
    host = Host.discover([twin, *entry_points(group="bordereau", name="csv")], skip=())
    assert [plugin.distribution for plugin in host.plugins()] == ["bordereau"]
    assert host.failures["csv of aaa"].reason == "There is a plugin csv already."


def test_a_delivery_and_a_destination_cannot_share_a_key(install: Install) -> None:
    thief = install("aaa", GOOD.replace('"ledger"', '"email"'), distribution="aaa")
    host = Host.discover([thief, *entry_points(group="bordereau", name="email")], skip=())
    assert "email" not in host.kind(Destination)
    assert "taken by Email" in host.failures["aaa"].reason


def test_the_environment_names_plugins_to_skip(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = [install("ledger", GOOD), *entry_points(group="bordereau", name="csv")]
    monkeypatch.setenv("BORDEREAU_SKIP_PLUGINS", "ledger, email")
    assert [plugin.name for plugin in Host.discover(points).plugins()] == ["csv"]


def test_settings_are_checked_when_a_capability_is_built(
    bordereau_context: Context, tmp_path: Path
) -> None:
    host = Host.discover()
    channel = host.build(Destination, "csv", {"folder": str(tmp_path)}, bordereau_context)
    assert channel.context is bordereau_context
    with pytest.raises(Invalid) as refusal:
        host.build(Destination, "csv", {"delimiter": "dot", "colour": 1}, bordereau_context)
    assert refusal.value.code == "SETTINGS_INVALID"
    assert [field["where"] for field in refusal.value.details["fields"]] == [
        "folder",
        "delimiter",
        "colour",
    ]


def test_a_refused_password_is_not_quoted(bordereau_context: Context) -> None:
    settings = {"host": "mail.example", "sender": "a@b.example", "password": ["hunter2"]}
    with pytest.raises(Invalid) as refusal:
        Host.discover().build(Delivery, "email", settings, bordereau_context)
    assert refusal.value.where == "password"
    assert "hunter2" not in repr(refusal.value.details) + str(refusal.value)
    assert refusal.value.__cause__ is refusal.value.__context__ is None


def test_an_unknown_key_is_not_found(bordereau_context: Context) -> None:
    host = Host.discover()
    with pytest.raises(NotFound, match="There is no channel sage"):
        host.channel("sage")
    with pytest.raises(NotFound, match="There is no delivery csv"):
        host.build(Delivery, "csv", {}, bordereau_context)
