"""Looking after an installation: doctor, migrate, plugins, serve, worker, stop."""

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.commands import Commands, Shown, address_in, until

from bordereau.store.roles import Role, plain_url

OWNER = Role("bordereau_test_owner", "bordereau")
APP = Role("bordereau_test_app", "bordereau")
NOWHERE = {"BORDEREAU_DATABASE_URL": "postgresql://app:secret-word@127.0.0.1:1/bordereau"}


@pytest.fixture
def own_server(postgres: Any) -> Iterator[dict[str, str]]:
    """The settings for an empty database on a server of one's own, with its two roles."""
    name = f"bordereau_test_{os.getpid()}_own"
    postgres.create(name)
    yield {
        "BORDEREAU_DATABASE_URL": plain_url(postgres.url(APP, name)),
        "BORDEREAU_OWNER_DATABASE_URL": plain_url(postgres.url(OWNER, name)),
    }
    postgres.drop(name)


def test_the_doctor_finds_nothing_wrong_with_a_ready_installation(
    commands: Commands, demo: Shown
) -> None:
    said = commands.run("doctor")
    assert (said.code, said.out, said.err) == (0, "Everything is ready.\n", "")
    assert commands.run("doctor", "--json").data == []


def test_a_database_that_does_not_answer_is_named_without_its_password(commands: Commands) -> None:
    doctor = commands.run("doctor", env=NOWHERE)
    assert doctor.code == 1
    assert doctor.out.startswith("DATABASE_UNREACHABLE")
    assert "Check BORDEREAU_DATABASE_URL" in doctor.out
    other = commands.run("account", "list", env=NOWHERE)
    assert other.code == 1
    assert other.err.startswith("DATABASE_UNREACHABLE")
    assert "secret-word" not in doctor.out + doctor.err + other.err
    assert "Traceback" not in other.err


def test_a_named_database_must_be_migrated_first_and_only_its_owner_can(
    commands: Commands, own_server: dict[str, str]
) -> None:
    without_owner = {"BORDEREAU_DATABASE_URL": own_server["BORDEREAU_DATABASE_URL"]}
    before = commands.run("doctor", "--json", env=without_owner)
    refused = commands.run("account", "list", env=without_owner)
    no_owner = commands.run("migrate", env=without_owner)
    migrated = commands.run("migrate", env=own_server)
    again = commands.run("migrate", env=own_server)
    after = commands.run("doctor", env=without_owner)
    assert (before.code, before.data[0]["code"]) == (1, "NOT_MIGRATED")
    assert (refused.code, refused.err.split()[0]) == (1, "NOT_MIGRATED")
    assert (no_owner.code, no_owner.err.split()[0]) == (1, "OWNER_URL_MISSING")
    assert (migrated.code, migrated.err) == (0, "The database is up to date.\n")
    assert (again.code, after.code, after.out) == (0, 0, "Everything is ready.\n")


def test_plugins_are_listed_and_a_broken_one_is_left_out_with_its_reason(
    commands: Commands, tmp_path: Path
) -> None:
    broken = tmp_path / "bordereau_broken-1.0.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Name: bordereau-broken\nVersion: 1.0\n", encoding="utf-8")
    (broken / "entry_points.txt").write_text(
        "[bordereau]\nbroken = bordereau_broken\n", encoding="utf-8"
    )
    (tmp_path / "bordereau_broken.py").write_text("raise RuntimeError('no luck')", encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH", ""))))
    said = commands.script("plugins", "--json", env={"PYTHONPATH": path})
    found = {one["name"]: one for one in said.data}
    assert said.code == 0
    assert found["email"]["offers"] == ["email"]
    assert found["pdf"]["distribution"] == "bordereau"
    assert found["broken"]["reason"] == "RuntimeError: no luck"
    doctor = commands.script("doctor", "--json", env={"PYTHONPATH": path})
    assert [one["code"] for one in doctor.data] == ["PLUGIN_LEFT_OUT"]
    assert doctor.code == 0  # everything else works


def test_a_plugin_can_be_skipped(commands: Commands) -> None:
    said = commands.run("plugins", env={"BORDEREAU_SKIP_PLUGINS": "csv", "COLUMNS": "100"})
    assert "email" in said.out
    assert "csv" not in said.out


def test_the_server_answers_is_found_busy_by_a_second_and_ends_when_asked(
    commands: Commands, demo: Shown, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    server = commands.start("serve", "--port", "0", log=log)
    try:
        address = until(lambda: address_in(log))
        with urllib.request.urlopen(f"{address}/health", timeout=60) as answer:  # noqa: S310 - our own http
            assert json.load(answer) == {"status": "ok"}
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{address}/api/v1/account", timeout=60)  # noqa: S310
        second = commands.run("serve", "--port", address.rpartition(":")[2])
        assert second.code == 1
        assert second.err.splitlines()[-2].startswith("ADDRESS_UNUSABLE")
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    assert "Traceback" not in log.read_text(encoding="utf-8")


def test_a_worker_that_is_killed_is_replaced_and_ends_when_asked(
    commands: Commands, demo: Shown, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    parent = commands.start("worker", log=log)
    try:
        until(lambda: "working in" in log.read_text(encoding="utf-8"))
        (first,) = children(parent.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: log.read_text(encoding="utf-8").count("working in") == 2)
        (second,) = children(parent.pid)
        assert second != first
    finally:
        parent.terminate()
        assert parent.wait(60) == 0
    assert not Path(f"/proc/{second}").exists()


def test_the_embedded_database_stops_and_comes_back_when_it_is_needed(
    commands: Commands, demo: Shown
) -> None:
    running = Path(commands.env["BORDEREAU_DATA_DIR"], "postgres", "postmaster.pid")
    assert commands.run("account", "list").code == 0
    assert running.exists()
    assert commands.run("stop").err == "The embedded PostgreSQL is stopped.\n"
    assert not running.exists()
    assert commands.run("stop").code == 0
    listed = commands.run("account", "list", "--json").data
    assert demo.summary["account"] in [one["slug"] for one in listed]


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]
