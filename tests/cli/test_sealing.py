"""Changing the key of stored secrets at the command line."""

import base64

from tests.fixtures.commands import Commands, Desk


def test_secrets_go_over_to_the_newest_key_of_all_accounts(commands: Commands, desk: Desk) -> None:
    words = ("--set", "host=127.0.0.1", "--set", "port=1", "--set", "tls=none")
    login = ("--set", "sender=a@b.example", "--set", "username=me", "--set", "password=secret")
    made = desk.data("connection", "add", "delivery", "email", *words, *login, "--name", "Sealed")
    old = (commands.folder / "data" / "secret.keys").read_text(encoding="utf-8").strip()
    new = f"k2:{base64.b64encode(b'n' * 32).decode()}"
    both = {"BORDEREAU_SECRET_KEYS": f"{new},{old}"}
    assert commands.run("reseal", env=both).err.startswith("Sealed anew: ")
    assert commands.run("reseal", env=both).err == "Sealed anew: 0\n"
    with_old = desk.run("connection", "check", made["id"])
    assert with_old.err.startswith("SECRET_KEY_MISSING The key k2 ")
    with_new = desk.run("connection", "check", made["id"], env={"BORDEREAU_SECRET_KEYS": new})
    assert with_new.err.startswith("It does not work: ")  # it could be built, but nobody listens
    back = {"BORDEREAU_SECRET_KEYS": f"{old},{new}"}
    assert commands.run("reseal", env=back).code == 0
