"""Wrong usage: exit code 2, help that names the commands, and never a traceback."""

import pytest
from tests.fixtures.commands import Commands


@pytest.mark.parametrize(
    "words",
    [
        ("fly",),
        ("demo", "--colour"),
        ("batch", "create"),
        ("batch", "create", "November"),
        ("batch", "create", "November", "-t", "demo", "--collect", "planet"),
        ("batch", "create", "November", "-t", "demo", "--as-of", "tomorrow"),
        (
            "account",
            "open",
            "x",
            "--name",
            "X",
            "--region",
            "FR",
            "--time-zone",
            "Z",
            "--plan",
            "?",
        ),
        ("worker", "--processes", "0"),
    ],
)
def test_words_that_are_not_understood_end_with_code_2(
    commands: Commands, words: tuple[str, ...]
) -> None:
    said = commands.run(*words)
    assert (said.code, said.out) == (2, "")
    assert "Usage:" in said.err
    assert "Traceback" not in said.err


def test_help_lists_every_command(commands: Commands) -> None:
    said = commands.run("--help")
    assert said.code == 0
    for name in (
        *("demo", "serve", "worker", "migrate", "doctor", "stop", "plugins", "import", "rate"),
        *("account", "connection", "batch"),
    ):
        assert f" {name} " in said.out


def test_the_version_is_that_of_the_package(commands: Commands) -> None:
    assert commands.script("--version").out == "bordereau 0.1.0\n"


def test_a_setting_that_cannot_be_read_is_named(commands: Commands) -> None:
    said = commands.run("account", "list", env={"BORDEREAU_POOL_SIZE": "many"})
    assert said.code == 1
    assert said.err.startswith("SETTINGS_INVALID pool_size")
    assert "BORDEREAU_POOL_SIZE" in said.err
