"""Connections at the command line."""

import pytest
from tests.fixtures.commands import Desk


def test_a_secret_is_read_from_standard_input_and_never_shown(desk: Desk) -> None:
    words = ("--set", "host=127.0.0.1", "--set", "tls=none", "--set", "sender=a@b.example")
    login = ("--set", "username=me", "--set", "password=-")
    made = desk.run(
        "connection", "add", "delivery", "email", *words, *login, "--json", typed="hunter2\n"
    )
    assert made.code == 0, made.err
    assert made.data["settings"]["host"] == "127.0.0.1"
    listed = desk.run("connection", "list", "--json")
    assert made.data["id"] in [one["id"] for one in listed.data]
    assert "hunter2" not in made.out + made.err + listed.out


def test_a_connection_that_cannot_work_is_told_by_the_check(desk: Desk) -> None:
    words = ("--set", "host=127.0.0.1", "--set", "port=1", "--set", "tls=none")
    sender = ("--set", "sender=a@b.example", "--name", "Nobody")
    made = desk.data("connection", "add", "delivery", "email", *words, *sender)
    said = desk.run("connection", "check", made["id"])
    assert said.code == 1
    assert said.err.startswith("It does not work: ")
    assert "Nobody" in desk.run("connection", "list", env={"COLUMNS": "150"}).out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("delivery", "pigeon"), "NOT_FOUND"),
        (("delivery", "email"), "SETTINGS_INVALID"),
        (("delivery", "archive", "--set", "folder"), "SETTING_UNREADABLE"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    desk: Desk, words: tuple[str, ...], code: str
) -> None:
    said = desk.run("connection", "add", *words, "--name", "Misfit")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{code} ")


def test_a_connection_that_is_not_there_is_named(desk: Desk) -> None:
    said = desk.run("connection", "check", "con_1")
    assert (said.code, said.err) == (1, "NOT_FOUND There is no connection con_1.\n")
