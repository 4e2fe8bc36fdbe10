"""Stored secrets open only in their place."""

import base64
import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from bordereau.errors import SetupError
from bordereau.tenancy import KeyRing, SecretSettings
from bordereau.values.ids import TenantId

ONE, TWO = TenantId(1), TenantId(2)
NO_SETTINGS = SecretSettings(secret_keys=None)


def settings(**keys: bytes) -> SecretSettings:
    text = ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in keys.items())
    return SecretSettings(secret_keys=SecretStr(text))


def test_a_secret_comes_back_in_its_place(tmp_path: Path) -> None:
    ring = KeyRing.load(tmp_path, NO_SETTINGS)
    sealed = ring.seal(ONE, "xero.refresh_token", "s3cret €")
    assert "s3cret" not in sealed
    assert ring.open(ONE, "xero.refresh_token", sealed) == "s3cret €"


def test_a_secret_copied_elsewhere_stays_shut(tmp_path: Path) -> None:
    ring = KeyRing.load(tmp_path, NO_SETTINGS)
    sealed = ring.seal(ONE, "xero.refresh_token", "s3cret")
    key_id, nonce, text = json.loads(sealed)
    spoilt = json.dumps([key_id, nonce, text[:-2] + ("00" if text[-2:] != "00" else "01")])
    for tenant, field, blob in (
        (TWO, "xero.refresh_token", sealed),
        (ONE, "xero.client_secret", sealed),
        (ONE, "xero.refresh_token", spoilt),
    ):
        with pytest.raises(SetupError) as refused:
            ring.open(tenant, field, blob)
        assert refused.value.code == "SECRET_UNREADABLE"


def test_the_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = KeyRing.load(tmp_path / "data", NO_SETTINGS)
    second = KeyRing.load(tmp_path / "data", NO_SETTINGS)
    assert first.keys == second.keys
    assert (tmp_path / "data" / "secret.keys").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.keys"]


def test_keys_can_be_changed_and_old_secrets_wrapped_anew(tmp_path: Path) -> None:
    old, new = b"a" * 32, b"b" * 32
    sealed = KeyRing.load(tmp_path, settings(k1=old)).seal(ONE, "f", "s")
    both = KeyRing.load(tmp_path, settings(k2=new, k1=old))
    wrapped = both.rewrap(ONE, "f", sealed)
    assert both.rewrap(ONE, "f", wrapped) == wrapped
    only_new = KeyRing.load(tmp_path, settings(k2=new))
    assert only_new.open(ONE, "f", wrapped) == "s"
    with pytest.raises(SetupError) as refused:
        only_new.open(ONE, "f", sealed)
    assert refused.value.code == "SECRET_KEY_MISSING"


@pytest.mark.parametrize("text", ["k1", "k1:short", "k1:!!!", ","])
def test_keys_that_cannot_be_read_stop_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(SetupError) as refused:
        KeyRing.load(tmp_path, SecretSettings(secret_keys=SecretStr(text)))
    assert refused.value.code == "SECRET_KEYS_INVALID"


def test_a_key_ring_does_not_print_its_keys(tmp_path: Path) -> None:
    assert repr(KeyRing.load(tmp_path, settings(k1=b"a" * 32))) == "KeyRing(k1)"
