"""Secrets at rest: AES-256-GCM, bound to the tenant and the field they belong to.

A sealed secret that is copied to another tenant or another field cannot be opened there. The key
ring may hold old keys, so that keys can be changed: seal with the first, open with any, `rewrap`.
"""

import base64
import binascii
import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bordereau.errors import SetupError
from bordereau.values.ids import TenantId

KEY_FILE = "secret.keys"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class SecretSettings(BaseSettings):
    """Where the keys come from, if not from the generated file."""

    model_config = SettingsConfigDict(env_prefix="BORDEREAU_", frozen=True, extra="ignore")

    secret_keys: SecretStr | None = Field(
        default=None,
        description="Keys that seal stored secrets, newest first: id:base64 of 32 bytes, "
        "separated by commas. Without it a key file is made in the data folder.",
    )


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys by their ids, newest first."""

    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.keys)})"

    @classmethod
    def load(cls, data_dir: Path, settings: SecretSettings | None = None) -> Self:
        """Read the keys from the settings or the key file, which is made when it is missing.

        Raises:
            SetupError: SECRET_KEYS_INVALID.

        """
        given = (settings or SecretSettings()).secret_keys
        text = given.get_secret_value() if given else _key_file(data_dir / KEY_FILE)
        return cls(_parse(text))

    def seal(self, tenant_id: TenantId, field: str, secret: str) -> str:
        """Encrypt a secret for its place, for instance the field `<connection id>.token`."""
        key_id, key = next(iter(self.keys.items()))
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, secret.encode(), _place(key_id, tenant_id, field))
        return json.dumps([key_id, nonce.hex(), sealed.hex()])

    def open(self, tenant_id: TenantId, field: str, sealed: str) -> str:
        """Decrypt a secret in its place.

        Raises:
            SetupError: SECRET_KEY_MISSING, the key is not on the ring; SECRET_UNREADABLE, it was
                sealed for another place or was changed.

        """
        key_id, nonce, text = json.loads(sealed)
        if key_id not in self.keys:
            raise SetupError(
                "SECRET_KEY_MISSING",
                f"The key {key_id} that sealed a secret is not known here.",
                hint="Add it to BORDEREAU_SECRET_KEYS, or restore the key file.",
            )
        place = _place(key_id, tenant_id, field)
        try:
            opened = AESGCM(self.keys[key_id]).decrypt(
                bytes.fromhex(nonce), bytes.fromhex(text), place
            )
        except InvalidTag as error:
            raise SetupError(
                "SECRET_UNREADABLE",
                "A stored secret does not belong to this place, or was changed.",
                hint="Enter it again.",
            ) from error
        return opened.decode()

    def rewrap(self, tenant_id: TenantId, field: str, sealed: str) -> str:
        """Return the secret sealed with the newest key; unchanged, if it already is."""
        if json.loads(sealed)[0] == next(iter(self.keys)):
            return sealed
        return self.seal(tenant_id, field, self.open(tenant_id, field, sealed))


def _place(key_id: str, tenant_id: TenantId, field: str) -> bytes:
    return f"{key_id}|{tenant_id}|{field}".encode()


def _key_file(path: Path) -> str:
    """Read the key file; where it is missing, the process that makes it first wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = f"k1:{base64.b64encode(os.urandom(_KEY_BYTES)).decode()}\n"
        descriptor, fresh = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it with mode 600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        Path(fresh).unlink()
    return path.read_text(encoding="utf-8")


def _parse(text: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for part in text.replace("\n", ",").split(","):
        if not part.strip():
            continue
        key_id, _, encoded = part.strip().partition(":")
        try:
            keys[key_id] = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            keys[key_id] = b""
    if not keys or any(len(key) != _KEY_BYTES for key in keys.values()):
        raise SetupError(
            "SECRET_KEYS_INVALID",
            "The keys for stored secrets cannot be read.",
            hint="Each is id:base64 of 32 bytes; separate them by commas.",
        )
    return keys
