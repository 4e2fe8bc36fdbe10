"""Accounts, users and keys at the command line."""

import pytest
from tests.fixtures.commands import Commands


def test_an_account_is_opened_once_with_the_currency_of_its_country(commands: Commands) -> None:
    words = ("account", "open", "alpen", "--name", "Alpen [red]AG", "--region", "CH")
    first = commands.run(*words, "--time-zone", "Europe/Zurich")
    assert (first.code, first.out) == (0, "")
    listed = commands.run("account", "list", "--json").data
    assert {
        "slug": "alpen",
        "name": "Alpen [red]AG",
        "currency": "CHF",
        "time_zone": "Europe/Zurich",
        "plan": "trial",
    } in listed
    shown = commands.run("account", "list", env={"COLUMNS": "100"})
    assert "Alpen [red]AG" in shown.out
    again = commands.run(*words, "--time-zone", "Europe/Zurich")
    assert again.code == 1
    assert again.err.startswith("SLUG_TAKEN")
    assert "Choose another short name." in again.err


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        (("Ça va", "FR", "Europe/Paris"), "SLUG_INVALID", "slug"),
        (("good", "ZZ", "Europe/Paris"), "REGION_UNKNOWN", "region"),
        (("good", "FR", "Europe/Atlantis"), "TIME_ZONE_UNKNOWN", "time_zone"),
    ],
)
def test_what_cannot_be_an_account_is_refused_with_code_place_and_hint(
    commands: Commands, given: tuple[str, str, str], code: str, where: str
) -> None:
    slug, region, zone = given
    said = commands.run(
        "account", "open", slug, "--name", "X", "--region", region, "--time-zone", zone
    )
    assert said.code == 1
    assert said.err.startswith(f"{code} ")
    assert f"where: {where}" in said.err
    assert "Traceback" not in said.err


def test_a_key_is_shown_alone_on_standard_output_and_the_user_is_made_once(
    commands: Commands, demo: object
) -> None:
    words = ("account", "key", "--tenant", "demo", "--email", "nora@example.org")
    first, second = commands.run(*words), commands.run(*words)
    assert (first.code, second.code) == (0, 0)
    for said in (first, second):
        assert said.out.startswith("bdr_")
        assert len(said.out.splitlines()) == 1
    assert first.out != second.out
    given = commands.run(*words, "--role", "reader")
    assert given.code == 1
    assert given.err.startswith("USER_HAS_RIGHTS")


def test_an_unknown_role_or_account_is_refused(commands: Commands, demo: object) -> None:
    words = ("account", "key", "--email", "otto@example.org")
    role = commands.run(*words, "--tenant", "demo", "--role", "king")
    account = commands.run(*words, "--tenant", "nobody")
    assert (role.code, account.code) == (1, 1)
    assert role.err.startswith("ROLE_UNKNOWN")
    assert account.err.startswith("NOT_FOUND There is no account nobody.")
